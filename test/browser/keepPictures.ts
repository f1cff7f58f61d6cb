/** Leaves the pictures of a failed comparison where a person can look at them. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Comparison } from './comparePages.js';
import type { Visit } from './visit.js';

/**
 * One line per page that is worse, empty when none is: made to be expected equal to `[]`. Writes `before.png`,
 * `after.png` and `difference.png` of those pages into a new temporary folder that the lines name.
 */
export function keepPictures(
  comparisons: readonly Comparison[],
  before: readonly Visit[],
  after: readonly Visit[],
): readonly string[] {
  const worse = comparisons.filter(({ problems }) => problems.length > 0);
  if (worse.length === 0) return [];
  const folder = mkdtempSync(join(tmpdir(), 'twinorigin-pictures-'));
  return worse.map(({ path, problems, difference }) => {
    const name = join(folder, path.replace(/\W+/g, '-') || 'home');
    mkdirSync(name);
    for (const [side, visits] of Object.entries({ before, after })) {
      const visit = visits.find((one) => one.path === path);
      if (visit) writeFileSync(join(name, `${side}.png`), visit.screenshot);
    }
    if (difference) writeFileSync(join(name, 'difference.png'), difference);
    return `/${path}: ${problems.join('; ')} (see ${name})`;
  });
}
