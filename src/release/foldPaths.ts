/** Folds many invalidation paths into few, invalidating as little else as possible. */
import { compareBytewise } from '../site/names.js';
import type { PlannedPath } from './release.js';

/** CloudFront allows 15 wildcard paths in progress for a distribution (AWS, "Quotas on invalidations"). */
const maxWildcards = 15;

/**
 * @param stale paths that must be covered, each may end in `*`.
 * @param fresh addresses that are cached and right: invalidating them costs an origin request each.
 * @param maxPaths result has at most this many paths.
 */
export function foldPaths(stale: readonly PlannedPath[], fresh: readonly string[], maxPaths: number): PlannedPath[] {
  let paths = dropCovered(stale);
  while (paths.length > maxPaths || countWildcards(paths) > maxWildcards) {
    const folder = chooseFolder(paths, fresh);
    const below = paths.filter(({ path }) => path.startsWith(folder)).length;
    paths = dropCovered([...paths, { path: `${folder}*`, reason: `covers ${below} stale addresses` }]);
  }
  return paths;
}

function countWildcards(paths: readonly PlannedPath[]): number {
  return paths.filter(({ path }) => path.endsWith('*')).length;
}

/** Removes paths that a wildcard covers. */
function dropCovered(paths: readonly PlannedPath[]): PlannedPath[] {
  const prefixes = paths.filter(({ path }) => path.endsWith('*')).map(({ path }) => path.slice(0, -1));
  const seen = new Set<string>();
  return paths
    .filter(({ path }) => {
      if (seen.has(path)) return false;
      seen.add(path);
      return !prefixes.some((prefix) => path !== `${prefix}*` && path.startsWith(prefix));
    })
    .sort((a, b) => compareBytewise(a.path, b.path));
}

/**
 * The folder whose folding disturbs the fewest fresh addresses for each path it saves; ties go to the one that saves
 * more. Only folders that do not end in too many wildcards; the root always qualifies.
 */
function chooseFolder(paths: readonly PlannedPath[], fresh: readonly string[]): string {
  const saved = countBelow(paths.map(({ path }) => path));
  const disturbed = countBelow(fresh);
  const wildcards = countBelow(paths.map(({ path }) => path).filter((path) => path.endsWith('*')));
  const total = countWildcards(paths);
  let best = { folder: '/', price: Infinity, count: 0 };
  for (const [folder, count] of saved) {
    const inside = wildcards.get(folder) ?? 0;
    const fits = total - inside + 1 <= maxWildcards || (total > maxWildcards && inside >= 2);
    if (count < 2 || !fits) continue;
    const price = (disturbed.get(folder) ?? 0) / (count - 1);
    if (price < best.price || (price === best.price && count > best.count)) best = { folder, price, count };
  }
  return best.folder;
}

/** How many of the paths lie below each folder. A folder's own wildcard counts below its parents only. */
function countBelow(paths: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const path of paths) {
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash + 1);
      if (path === `${folder}*`) continue;
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
  }
  return counts;
}
