/** Which objects one job can do together: those that get the same complete set of headers. Pure. */
import { digestOf } from '../../site/names.js';
import type { BulkDecision } from '../decide.js';
import type { HeldObject } from '../ports.js';

export interface BatchLimits {
  /** Fewest objects that are worth a job: below that, copying them from here is quicker than waiting for one. */
  readonly smallest: number;
}

/** Objects of one job: its list, and the report that comes back, have to fit into memory. */
export const mostPerJob = 250_000;
/** Sets of headers that are told apart; a site has a few dozen. Objects with others are copied from here. */
export const mostGroups = 200;
/** "Objects to be copied can be up to 5 GB" (S3 User Guide, "Copy objects"). */
const largestCopy = 5 * 1024 ** 3;

/** Name of the group; undefined where no job can do it. */
export function groupOf(held: HeldObject, { action, headers }: BulkDecision): string | undefined {
  if ((action !== 'copy' && action !== 'headers') || held.size > largestCopy) return undefined;
  const { metadata, ...extras } = held.extras;
  const sorted = (record: object) => Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return digestOf(JSON.stringify([sorted(headers), sorted(extras), sorted(metadata)])).slice(0, 16);
}

/** Jobs for groups of these sizes, and how many objects they do. */
export function countJobs(sizes: Iterable<number>, { smallest }: BatchLimits): { jobs: number; objects: number } {
  let [jobs, objects] = [0, 0];
  for (const size of sizes) {
    if (size < smallest) continue;
    jobs += Math.ceil(size / mostPerJob);
    objects += size;
  }
  return { jobs, objects };
}
