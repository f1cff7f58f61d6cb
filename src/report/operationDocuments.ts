/** The JSON documents of the operations after a publish: releases, prune, unlock, check --live. */
import * as z from 'zod';
import { originNames } from '../build/build.js';

const perOrigin = <T extends z.ZodType>(type: T) => z.strictObject({ images: type, resources: type, pages: type });
const count = z.int().min(0);
const bytes = z.int().min(0);
const originName = z.enum(originNames);

/** `releases --json`: newest first. */
export const releasesDocumentSchema = z.strictObject({
  version: z.literal(1),
  live: z.string().nullable().describe('The release visitors see; null before the first publish.'),
  releases: z.array(
    z.strictObject({
      id: z.string(),
      state: z.enum(['live', 'unfinished', 'preview', 'kept']),
      createdAt: z.string(),
      publisher: z.strictObject({
        user: z.string(),
        host: z.string(),
        commit: z.string().optional(),
        committedAt: z.string().optional(),
        run: z.strictObject({ pipeline: z.string(), number: count, attempt: count }).optional(),
      }),
      previous: z.string().nullable().describe('The release that was live before.'),
      rollbackOf: z.string().optional().describe('Made by rolling back to this one.'),
      changes: z
        .strictObject({ created: count, updated: count, removed: count })
        .nullable()
        .describe('Against the one before; null when that is not kept any more.'),
      objects: count,
      bytes: bytes.describe('As stored.'),
      urls: perOrigin(z.string()),
    }),
  ),
});

/** `prune --json`. */
export const pruneDocumentSchema = z.strictObject({
  version: z.literal(1),
  live: z.string().nullable(),
  applied: z.boolean().describe('False for --dry-run.'),
  releases: z.array(z.string()).describe('Cannot be rolled back to any more.'),
  bytes,
  objects: z.array(z.strictObject({ origin: originName, key: z.string(), size: bytes, reason: z.string() })),
});

/** `unlock --json`. */
export const lockDocumentSchema = z.strictObject({
  version: z.literal(1),
  held: z.boolean().describe('Somebody holds the lock now.'),
  removed: z.boolean().describe('It was removed by this command.'),
  holder: z
    .strictObject({ user: z.string(), host: z.string(), since: z.string() })
    .nullable()
    .describe('Who holds it, or held it; null when there is none or it cannot be read.'),
});

/** `maintenance --json`. */
export const maintenanceDocumentSchema = z.strictObject({
  version: z.literal(1),
  closed: z.boolean().describe('Visitors get a message with the status 503 instead of pages.'),
  message: z.string().nullable(),
  changed: z.boolean().describe('It was otherwise before; under --dry-run: it would change.'),
  applied: z.boolean().describe('False for --dry-run and where only the state was asked for.'),
});

/** `check --live --json`. */
export const liveDocumentSchema = z.strictObject({
  version: z.literal(1),
  release: z.string().describe('The live release.'),
  urls: perOrigin(z.string()),
  objects: count.describe('Objects compared with the record.'),
  requests: count.describe('Requests through the CDN.'),
  references: count.describe('Addresses that pages and stylesheets load.'),
  findings: z.array(
    z.strictObject({
      origin: originName,
      key: z.string(),
      url: z.string(),
      retained: z.boolean().describe('Part of earlier releases only.'),
      faults: z.array(z.string()).min(1),
    }),
  ),
  foreign: perOrigin(count).describe('Objects that no release put there.'),
  unfinished: z.array(z.string()).describe('Releases that began and did not finish.'),
});

export type LiveDocument = z.infer<typeof liveDocumentSchema>;
export type ReleasesDocument = z.infer<typeof releasesDocumentSchema>;
export type PruneDocument = z.infer<typeof pruneDocumentSchema>;
export type MaintenanceDocument = z.infer<typeof maintenanceDocumentSchema>;
export type LockDocument = z.infer<typeof lockDocumentSchema>;
