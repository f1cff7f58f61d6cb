/** A migration of a bucket for programs. */
import type * as z from 'zod';
import type { Audit } from '../migrate/audit.js';
import type { BatchOutcome } from '../migrate/batch/run.js';
import type { BulkOutcome } from '../migrate/bulk.js';
import type { BulkPlan } from '../migrate/planBulk.js';
import type { migrationDocumentSchema } from './documents.js';

type MigrationDocument = z.infer<typeof migrationDocumentSchema>;

/** Jobs of S3 Batch Operations, before there are any. */
export interface ToldBatchPlan {
  readonly jobs: number;
  readonly objects: number;
  readonly usd: number;
  /** IAM documents of the role. */
  readonly trust: object;
  readonly permissions: object;
}

interface Where {
  readonly source: string;
  readonly target: string;
}

export interface ToldBulkPlan extends Where {
  readonly batch?: ToldBatchPlan;
}

export interface ToldMigration extends Where {
  readonly runs: number;
  readonly outcome: BulkOutcome;
  readonly audit: Audit | null;
  readonly jobs?: BatchOutcome;
}

export function describeBulkPlan(
  { source, target, batch }: ToldBulkPlan,
  { survey, actions, download }: BulkPlan,
): MigrationDocument {
  const { objects, bytes, skipped } = survey;
  return {
    version: 1,
    dryRun: true,
    source,
    target,
    objects,
    bytes,
    download,
    actions,
    ...(batch === undefined
      ? {}
      : { batch: { ...batch, trust: { ...batch.trust }, permissions: { ...batch.permissions } } }),
    skipped,
    failed: [],
    audit: null,
  };
}

export function describeMigration({ source, target, runs, outcome, audit, jobs }: ToldMigration): MigrationDocument {
  const { totals, survey, failed, milliseconds, estimateError } = outcome;
  return {
    version: 1,
    dryRun: false,
    source,
    target,
    objects: totals.objects,
    bytes: totals.bytes,
    actions: totals.actions,
    ...(jobs === undefined ? {} : { batch: { jobs: jobs.jobs, objects: jobs.succeeded, failed: jobs.failed } }),
    skipped: survey.skipped,
    failed: [...failed].map(([key, message]) => ({ key, message })),
    audit: audit === null ? null : { ...audit, wrong: [...audit.wrong] },
    runs,
    milliseconds: Math.round(milliseconds),
    ...(estimateError === null ? {} : { estimateError: Math.round(estimateError * 1000) / 1000 }),
  };
}
