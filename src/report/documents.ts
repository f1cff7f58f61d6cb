/** The JSON documents on stdout, as schemas: `schema/*.schema.json` is made from these. */
import * as z from 'zod';
import { originNames } from '../build/build.js';

const perOrigin = <T extends z.ZodType>(type: T) => z.strictObject({ images: type, resources: type, pages: type });
const count = z.int().min(0);
const bytes = z.int().min(0);

const problemSchema = z.strictObject({
  code: z.string().describe('Stable name of the kind of problem.'),
  severity: z.enum(['error', 'warning', 'note']),
  message: z.string(),
  file: z.string().optional().describe('Path inside the site.'),
  line: z.int().min(1).optional(),
  column: z.int().min(1).optional().describe('In bytes.'),
  hint: z.string().optional(),
});

const plannedObjectSchema = z.strictObject({
  origin: z.enum(originNames),
  key: z.string(),
  action: z.enum(['create', 'update', 'headers', 'keep', 'delete']),
  reason: z.string(),
  drift: z
    .enum(['missing', 'replaced', 'headers'])
    .optional()
    .describe('What the store was found to hold instead of what the record says (--reconcile).'),
  path: z.string().optional().describe('File of the site it is made from.'),
  stage: z.enum(['asset', 'original', 'page', 'last']).optional(),
  size: bytes.optional().describe('Bytes as stored.'),
  digest: z.string().optional().describe('SHA-256 of the content as served, before compression.'),
  headers: z
    .strictObject({
      contentType: z.string(),
      cacheControl: z.string(),
      contentEncoding: z.string().optional(),
      contentDisposition: z.string().optional(),
      contentLanguage: z.string().optional(),
      cacheTags: z.string().optional().describe('For invalidating by tag.'),
    })
    .optional(),
});

/** `publish --json` and `plan --json`. */
export const planDocumentSchema = z.strictObject({
  version: z.literal(1),
  release: z.string().nullable().describe('The release that is live now; null for a plan, which releases nothing.'),
  rollbackOf: z.string().optional().describe('The release that is live again, for a rollback.'),
  changes: z.strictObject({ created: count, updated: count, kept: count, deleted: count }),
  bytes: z.strictObject({ source: bytes, stored: bytes, upload: bytes }),
  invalidations: perOrigin(z.array(z.string())),
  urls: perOrigin(z.string()),
  objects: z.array(plannedObjectSchema),
  problems: z.array(problemSchema),
  cost: z.strictObject({
    puts: count,
    gets: count,
    invalidationPaths: count,
    usd: z.number().min(0),
    usdBeyondFreePaths: z.number().min(0),
  }),
  preview: z
    .strictObject({
      name: z.string(),
      url: z.string().describe('At a host name of its own.'),
      link: z.string().describe('At the address of the pages, by a cookie.'),
    })
    .optional()
    .describe('Where to look at a release that is not live.'),
});

/** `migrate s3://… --json`. */
export const migrationDocumentSchema = z.strictObject({
  version: z.literal(1),
  dryRun: z.boolean(),
  source: z.string(),
  target: z.string(),
  objects: count,
  bytes,
  download: bytes.optional().describe('Bytes to be read because they are compressed; for a dry run.'),
  actions: z.strictObject({ keep: count, headers: count, copy: count, compress: count }),
  batch: z
    .strictObject({
      jobs: count,
      objects: count.describe('That jobs copy; the others are done from here.'),
      usd: z.number().min(0).optional().describe('List price of the jobs and their requests; for a dry run.'),
      failed: count.optional().describe('That a job could not copy: done from here.'),
      trust: z.record(z.string(), z.unknown()).optional().describe('Who may act as the role; for a dry run.'),
      permissions: z.record(z.string(), z.unknown()).optional().describe('What the role may do; for a dry run.'),
    })
    .optional()
    .describe('Jobs of S3 Batch Operations (--batch-role).'),
  skipped: z.record(z.string(), count).describe('Why objects are left out, and how many.'),
  failed: z.array(z.strictObject({ key: z.string(), message: z.string() })),
  audit: z
    .strictObject({
      objects: count,
      wrong: z.array(z.string()),
      wrongCount: count,
      byChecksum: count,
      byReading: count,
      bySize: count,
    })
    .nullable()
    .describe('Everything looked at once more; null when it was not, or not yet.'),
  runs: count.optional().describe('How often the migration was started.'),
  milliseconds: count.optional().describe('Of this run.'),
  estimateError: z.number().optional().describe('Mean error of the remaining time that was told: 0.1 is a tenth.'),
});

/** Every error under `--json`. */
export const errorDocumentSchema = z.strictObject({
  version: z.literal(1),
  error: z.strictObject({
    code: z.string().describe('Stable name; `internal` for a bug.'),
    title: z.string(),
    message: z.string(),
    hint: z.string(),
    docs: z.string().optional().describe('Page that explains the code; absent for a bug.'),
    exitCode: z.int(),
    file: z.string().optional(),
    line: z.int().optional(),
    items: z.array(z.string()).describe('One per affected object.'),
  }),
});

/** `check --json`. */
export const checkDocumentSchema = z.strictObject({
  version: z.literal(1),
  files: count,
  counts: z.strictObject({ error: count, warning: count, note: count }),
  problems: z.array(problemSchema),
});

const provisionAction = z.enum(['create', 'update', 'wait', 'keep', 'remove']);

/** `cdn` and `host`: plan, up, status under `--json`. */
export const provisionDocumentSchema = z.strictObject({
  version: z.literal(1),
  applied: z.boolean().describe('False for a plan or a status, which change nothing.'),
  changes: z
    .record(provisionAction, count)
    .describe('Resources by what the plan does to them: all but `keep` are 0 when there is nothing to do.'),
  resources: z.array(
    z.strictObject({
      kind: z.string(),
      name: z.string(),
      action: provisionAction,
      reason: z.string(),
      id: z.string().optional().describe('As the service knows it; absent when it is not there.'),
      differences: z.array(
        z.strictObject({
          setting: z.string(),
          from: z.string().optional(),
          to: z.string().optional(),
          owner: z.enum(['ours', 'foreign']).describe('`foreign` was made by somebody else and is kept.'),
        }),
      ),
      todo: z.array(z.string()).describe('What a person has to do before it can become ready.'),
      monthlyUsd: z.number().min(0).describe('Fixed price a month; use comes on top.'),
      milliseconds: z.int().min(0).optional(),
    }),
  ),
  monthlyUsd: z.strictObject({ now: z.number().min(0), then: z.number().min(0) }),
  problems: z.array(problemSchema),
});

export type ProvisionDocument = z.infer<typeof provisionDocumentSchema>;
export type PlanDocument = z.infer<typeof planDocumentSchema>;
export type ErrorDocument = z.infer<typeof errorDocumentSchema>;
export type CheckDocument = z.infer<typeof checkDocumentSchema>;
