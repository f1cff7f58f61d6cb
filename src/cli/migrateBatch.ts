/** `migrate s3://… --batch-role ARN`: the copies as jobs of S3 Batch Operations. */
import { rm } from 'node:fs/promises';
import type { BatchSettings } from '../aws/batchJobs.js';
import { PublishError } from '../errors.js';
import type { BulkWorld, SettledElsewhere } from '../migrate/bulk.js';
import { countJobs } from '../migrate/batch/groups.js';
import { makeBatchPlan, readBatchPlan } from '../migrate/batch/plan.js';
import { runBatch, type BatchOutcome } from '../migrate/batch/run.js';
import type { BulkPlan } from '../migrate/planBulk.js';
import { priceTable } from '../prices.js';
import type { ToldBatchPlan } from '../report/migrationJson.js';
import type { Invocation } from './action.js';

/** @throws PublishError `usage` where a job cannot do what is wanted. */
export function checkBatch(settings: BatchSettings, smallest: number): void {
  const prefixOf = (prefix: string | undefined) => prefix ?? '';
  const [from, to] = [prefixOf(settings.source.prefix), prefixOf(settings.target.prefix)];
  if (from !== '' && from !== to)
    throw new PublishError('usage', `a job cannot bring ${from}/ to ${to === '' ? 'the root' : `${to}/`}`, {
      hint: 'Jobs keep whole keys: use the same prefix for both, or do without --batch-role.',
    });
  if (!Number.isInteger(smallest) || smallest < 1)
    throw new PublishError('usage', '--batch-smallest must be a number of objects', { hint: 'Such as 1000.' });
}

/** What a dry run tells of the jobs. */
export async function planBatch(settings: BatchSettings, plan: BulkPlan, smallest: number): Promise<ToldBatchPlan> {
  const { makeBatchPolicies } = await import('../aws/index.js');
  const { jobs, objects } = countJobs(plan.groups, { smallest });
  const { batchJob, batchObject, s3Put, s3Get } = priceTable;
  const usd = jobs * (batchJob.usd + 2 * s3Put.usd) + objects * (batchObject.usd + s3Put.usd + s3Get.usd);
  return { jobs, objects, usd, ...makeBatchPolicies(settings) };
}

/** Runs the jobs, or goes on with those of an earlier run. */
export async function copyByJobs(
  settings: BatchSettings,
  folder: string,
  world: BulkWorld,
  { options, terminal }: Invocation,
): Promise<{ readonly outcome: BatchOutcome; readonly elsewhere: SettledElsewhere }> {
  if (options.restart === true) await rm(folder, { recursive: true, force: true });
  const { openBatchService } = await import('../aws/index.js');
  const service = openBatchService(settings);
  const known = await readBatchPlan(folder);
  const plan = known ?? (await makeBatchPlan(world, folder, { smallest: options.batchSmallest ?? 1000 }));
  if (plan.lists.length > 0)
    terminal.note(
      known === null
        ? 'Jobs go on when this command is stopped; the same command finds them again.'
        : 'Going on with the jobs of an earlier run.',
    );
  return runBatch(plan, folder, service, world);
}
