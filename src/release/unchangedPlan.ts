/** The plan of a build that is live already, where only what it came to is known, not its objects. */
import type { Build } from '../build/build.js';
import type { Problem } from '../problems.js';
import type { Digest } from '../site/site.js';
import { estimateCost } from './cost.js';
import { mapOrigins } from './recordFormat.js';
import type { Plan, ReleaseId } from './release.js';

interface Unchanged {
  readonly root: Digest;
  /** How many there are. */
  readonly objects: number;
  readonly bytes: Build['bytes'];
  readonly problems: readonly Problem[];
  readonly urls: Build['urls'];
}

/** Its `changes` are empty: whoever wants to list what is kept has to build. */
export function makeUnchangedPlan({ root, objects, bytes, problems, urls }: Unchanged, live: ReleaseId): Plan {
  const invalidations = mapOrigins(() => []);
  return {
    release: live,
    resumes: false,
    previous: live,
    changes: [],
    invalidations,
    totals: { created: 0, updated: 0, kept: objects, deleted: 0 },
    bytes: { ...bytes, upload: 0 },
    retained: mapOrigins(() => []),
    cost: estimateCost([], invalidations, true),
    urls,
    root,
    problems,
    empty: true,
  };
}
