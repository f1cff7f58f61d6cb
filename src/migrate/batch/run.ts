/**
 * Creates the jobs of a plan, waits for them, and says of every object what they did. A run may end anywhere: jobs that
 * were created go on by themselves, and the next run finds them by their ids, or by creating them again under the same
 * name, which gives the same job.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { ObjectKey } from '../../build/build.js';
import { PublishError, hasErrnoCode } from '../../errors.js';
import { compareBytewise } from '../../site/names.js';
import type { BulkWorld, SettledElsewhere } from '../bulk.js';
import { readPlanned, writeWhole, type BatchPlan, type PlannedList, type PlannedObject } from './plan.js';
import type { BatchService } from './ports.js';

export interface BatchOutcome {
  /** What jobs did. */
  readonly jobs: number;
  readonly succeeded: number;
  /** Left to be done from here. */
  readonly failed: number;
}

/** List id -> job id, and how many jobs it had that came to nothing. */
type Jobs = Record<string, { readonly job?: string; readonly lost: number }>;

/** Milliseconds between looks: a job takes minutes to hours. */
const [firstLook, lastLook] = [500, 15_000];

export async function runBatch(
  plan: BatchPlan,
  folder: string,
  service: BatchService,
  { emit, signal }: Pick<BulkWorld, 'emit' | 'signal'>,
): Promise<{ readonly outcome: BatchOutcome; readonly elsewhere: SettledElsewhere }> {
  const started = performance.now();
  const file = join(folder, 'jobs.json');
  const jobs = await readJobs(file);
  const total = plan.lists.reduce((sum, { count }) => sum + count, 0);
  emit({ type: 'phase-started', phase: 'batch', total });
  await createJobs();
  await waitForJobs();
  const failed = new Set<ObjectKey>();
  const whole = new Set<number>();
  let succeeded = 0;
  for (const list of plan.lists) {
    const bad: ObjectKey[] = [];
    let rows = 0;
    for await (const row of service.report(named(list), jobs[list.id]?.job ?? '')) {
      rows++;
      if (!row.succeeded) bad.push(row.key);
    }
    // A report that does not speak of every object says nothing of those it leaves out: they are done from here.
    if (rows !== list.count) continue;
    whole.add(list.id);
    for (const key of bad) failed.add(key);
    succeeded += rows - bad.length;
  }
  emit({ type: 'phase-finished', phase: 'batch', done: succeeded, milliseconds: performance.now() - started });
  return {
    outcome: { jobs: plan.lists.length, succeeded, failed: total - succeeded },
    elsewhere: openElsewhere(folder, ({ k, l }) => l !== undefined && whole.has(l) && !failed.has(k)),
  };

  function named(list: PlannedList): PlannedList {
    const lost = jobs[list.id]?.lost ?? 0;
    return lost === 0 ? list : { ...list, name: `${list.name}-${lost}` };
  }

  async function createJobs(): Promise<void> {
    for (const list of plan.lists) {
      if (jobs[list.id]?.job !== undefined) continue;
      signal.throwIfAborted();
      const keys: ObjectKey[] = [];
      for await (const { k, l } of readPlanned(folder)) if (l === list.id) keys.push(k);
      const job = await service.create(named(list), keys, new Date(plan.since));
      jobs[list.id] = { job, lost: jobs[list.id]?.lost ?? 0 };
      await writeWhole(file, JSON.stringify(jobs));
    }
  }

  async function waitForJobs(): Promise<void> {
    for (let pause = firstLook; ; pause = Math.min(lastLook, pause * 1.5)) {
      let [done, open] = [0, 0];
      for (const list of plan.lists) {
        const { job = '', lost = 0 } = jobs[list.id] ?? {};
        const progress = await service.progress(job);
        if (progress.state === 'ended-badly') {
          // The next run gives the list a new job.
          jobs[list.id] = { lost: lost + 1 };
          await writeWhole(file, JSON.stringify(jobs));
          throw new PublishError('migration-failed', `the job ${job} ended as ${progress.status}`, {
            items: progress.reasons,
            hint: 'Put right what it says (often the permissions of the role) and run the same command again; without --batch-role the rest is copied from here.',
          });
        }
        if (progress.state === 'under-way') open++;
        done += progress.succeeded + progress.failed;
      }
      emit({ type: 'phase-progress', phase: 'batch', done });
      if (open === 0) return;
      await setTimeout(pause, undefined, { signal });
    }
  }
}

async function readJobs(file: string): Promise<Jobs> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Jobs;
  } catch (error) {
    if (hasErrnoCode(error, 'ENOENT')) return {};
    throw error;
  }
}

/** Two ordered lists side by side: nothing of either is held. */
function openElsewhere(folder: string, isDone: (object: PlannedObject) => boolean): SettledElsewhere {
  const planned = readPlanned(folder);
  let next: PlannedObject | undefined;
  return async (key) => {
    while (next === undefined || compareBytewise(next.k, key) < 0) {
      const step = await planned.next();
      if (step.done === true) return undefined;
      next = step.value;
    }
    return next.k === key && isDone(next) ? { action: next.a, etag: next.e } : undefined;
  };
}
