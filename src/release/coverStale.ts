/** Chooses what an invalidation names: exact paths, cache tags, wildcards. */
import { compareBytewise } from '../site/names.js';
import {
  commonFolder,
  commonTags,
  foldItems,
  itemOfPath,
  type FreshObject,
  type InvalidationItem,
} from './foldPaths.js';
import type { PlannedPath } from './release.js';

/** Something that visitors may have cached in another version. */
export interface StaleObject {
  /** Every address it may be cached under; one that may not be known exactly ends in `*`. */
  readonly paths: readonly string[];
  /** Tags that all cached versions of it have; none where that is not certain. */
  readonly tags: readonly string[];
  readonly reason: string;
}

/**
 * Every item costs the same (AWS, "Paying for file invalidation": a path, a wildcard and a tag count as one each), so
 * few are cheap. First the tags that nothing fresh has: they save money and disturb nobody. What they leave is named
 * by its paths. Then more is invalidated than has to be where that is a bargain; above `maxPaths` until it is enough,
 * that which disturbs least first.
 */
export function coverStale(
  stale: readonly StaleObject[],
  fresh: readonly FreshObject[],
  maxPaths: number,
): readonly PlannedPath[] {
  const objects = joinVariants(stale);
  const { items, uncovered } = coverByTags(objects, fresh);
  return foldItems([...items, ...itemsOf(uncovered)], fresh, maxPaths);
}

/** The encodings of one file have the same tags, the file's own among them: each of those finds all of them. */
function joinVariants(stale: readonly StaleObject[]): readonly StaleObject[] {
  const joined = new Map<string, StaleObject>();
  for (const one of stale) {
    const name = one.tags.length > 0 ? one.tags.join(',') : `/${joined.size}`;
    const known = joined.get(name);
    joined.set(name, known === undefined ? one : { ...known, paths: [...new Set([...known.paths, ...one.paths])] });
  }
  return [...joined.values()];
}

function coverByTags(objects: readonly StaleObject[], fresh: readonly FreshObject[]) {
  const disturbing = new Set(fresh.flatMap(({ tags }) => tags));
  const groups = new Map<string, StaleObject[]>();
  for (const object of objects)
    for (const tag of object.tags) {
      if (disturbing.has(tag)) continue;
      const group = groups.get(tag);
      if (group === undefined) groups.set(tag, [object]);
      else group.push(object);
    }
  const candidates = [...groups]
    .map(([tag, group]) => ({ tag, group, cost: costOf(group) }))
    .sort((a, b) => b.cost - a.cost || compareBytewise(a.tag, b.tag));
  const uncovered = new Set(objects);
  const items: InvalidationItem[] = [];
  for (const { tag, group } of candidates) {
    const left = group.filter((object) => uncovered.has(object));
    if (costOf(left) < 2) continue;
    items.push(itemOfTag(tag, left));
    for (const object of left) uncovered.delete(object);
  }
  return { items, uncovered: [...uncovered] };
}

/** What they would cost by their paths. One that is not known exactly counts double: it covers more than it should. */
function costOf(objects: readonly StaleObject[]): number {
  return objects.reduce((sum, { paths }) => sum + paths.length + paths.filter((path) => path.endsWith('*')).length, 0);
}

function itemOfTag(tag: string, objects: readonly StaleObject[]): InvalidationItem {
  const [first] = objects;
  return {
    path: `#${tag}`,
    reason: objects.length === 1 ? (first?.reason ?? '') : `covers ${objects.length} stale objects`,
    tags: commonTags(objects.map(({ tags }) => tags)),
    folder: commonFolder(objects.flatMap(({ paths }) => paths.map((path) => itemOfPath(path, '').folder))),
  };
}

/** One item for a path, whatever has it. */
function itemsOf(objects: readonly StaleObject[]): readonly InvalidationItem[] {
  const items = new Map<string, InvalidationItem>();
  for (const { paths, tags, reason } of objects)
    for (const path of paths) {
      const known = items.get(path);
      items.set(path, itemOfPath(path, reason, known === undefined ? tags : commonTags([known.tags, tags])));
    }
  return [...items.values()];
}
