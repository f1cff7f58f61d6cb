/** The last step of a publish: lets go of what is due, if cheap evidence says that something may be. */
import { originNames } from '../build/build.js';
import type { Problem } from '../problems.js';
import { timeOfRelease } from './keys.js';
import type { Fence } from './lock.js';
import type { World } from './ports.js';
import { applyPrune, dayMilliseconds, planPrune, type Retention } from './prune.js';
import { listReleases } from './record.js';
import type { Plan, Pruned } from './release.js';

export interface PruneResult {
  readonly pruned?: Pruned;
  readonly problems: readonly Problem[];
}

/** Never throws: the release is live whatever becomes of this. */
export async function pruneWhenDue(plan: Plan, world: World, retention: Retention, fence: Fence): Promise<PruneResult> {
  try {
    if (!(await mayBeDue(plan, world, retention))) return { problems: [] };
    const { objects, releases, bytes, ...rest } = await planPrune(world, retention);
    if (objects.length === 0 && releases.length === 0) return { problems: [] };
    await applyPrune({ objects, releases, bytes, ...rest }, world, fence);
    return { pruned: { objects: objects.length, bytes, releases: releases.length }, problems: [] };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `the release is live, but old objects could not be let go: ${reason}`;
    const hint = 'The next publish tries again; so does twinorigin prune.';
    return { problems: [{ code: 'prune-failed', severity: 'warning', message, hint }] };
  }
}

/** What went out of use long ago stands in the plan; old releases show in their ids, for one listing. */
async function mayBeDue(plan: Plan, world: World, { days, releases }: Retention): Promise<boolean> {
  const limit = world.clock().getTime() - days * dayMilliseconds;
  if (originNames.some((origin) => plan.retained[origin].some(({ since }) => Date.parse(since) < limit))) return true;
  let count = 0;
  let oldest = Infinity;
  for await (const id of listReleases(world.readers.pages)) {
    count++;
    oldest = Math.min(oldest, timeOfRelease(id));
  }
  return count > releases && oldest <= limit;
}
