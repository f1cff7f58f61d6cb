/** Waiting for CDNs: optional, and never a reason to fail. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Problem } from '../problems.js';
import type { World } from './ports.js';
import type { Outcome } from './release.js';

const timeoutMilliseconds = 10 * 60 * 1000;
const pollMilliseconds = 5000;

/** @returns a warning for every invalidation that was not done in time. */
export async function waitForInvalidations(invalidations: Outcome['invalidations'], world: World): Promise<Problem[]> {
  const deadline = world.clock().getTime() + timeoutMilliseconds;
  const problems: Problem[] = [];
  for (const { origin, id, completed } of invalidations) {
    let done = completed;
    while (!done && world.clock().getTime() < deadline) {
      await sleep(pollMilliseconds, undefined, { signal: world.signal });
      done = (await world.cdns[origin]?.invalidation(id))?.completed ?? true;
    }
    if (!done)
      problems.push({
        code: 'invalidation-pending',
        severity: 'warning',
        message: `invalidation ${id} of ${origin} is still in progress`,
      });
  }
  return problems;
}
