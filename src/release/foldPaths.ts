/** Folds many items of an invalidation into few, invalidating as little else as possible. */
import { compareBytewise } from '../site/names.js';
import type { PlannedPath } from './release.js';

/** CloudFront allows 15 wildcard paths in progress for a distribution (AWS, "Quotas on invalidations"). */
const maxWildcards = 15;
/**
 * Fresh objects that may be disturbed for every item that is saved by it. An item costs as much as 12,500 requests to
 * the bucket ($0.005 and $0.0004 for 1,000), but a visitor has to wait for each of those: so far fewer.
 */
const bargain = 0.1;

/** A path, which may end in `*`, or a cache tag with its `#`. */
export interface InvalidationItem extends PlannedPath {
  /** Tags that everything it stands for has. */
  readonly tags: readonly string[];
  /** Folder, with its slash, in which everything it stands for lies. */
  readonly folder: string;
}

/** What is cached and right: invalidating it costs an origin request. */
export interface FreshObject {
  readonly path: string;
  readonly tags: readonly string[];
}

export function itemOfPath(path: string, reason: string, tags: readonly string[] = []): InvalidationItem {
  // A folder's own wildcard lies in its parent.
  const folder = path.replace(/\/\*$/, '').replace(/[^/]*$/, '');
  return { path, reason, tags, folder: folder === '' ? '/' : folder };
}

/** The folder that all of them lie in. */
export function commonFolder(folders: readonly string[]): string {
  let common = folders[0] ?? '/';
  for (const folder of folders) while (!folder.startsWith(common)) common = common.replace(/[^/]*\/$/, '');
  return common;
}

export function commonTags([first = [], ...others]: readonly (readonly string[])[]): readonly string[] {
  return others.reduce((tags, own) => tags.filter((tag) => own.includes(tag)), first);
}

/**
 * @param items what must be covered.
 * @param maxPaths result has at most this many items.
 */
export function foldItems(
  items: readonly InvalidationItem[],
  fresh: readonly FreshObject[],
  maxPaths: number,
): readonly PlannedPath[] {
  let left = dropCovered(items);
  const isTooMuch = () => left.length > maxPaths || countWildcards(left) > maxWildcards;
  if (isTooMuch() || left.some(({ tags }) => tags.length > 0)) {
    const disturbed = countMembers(fresh.map(({ path, tags }) => itemOfPath(path, '', tags)));
    for (;;) {
      const group = chooseFold(left, disturbed, isTooMuch());
      if (group === undefined) break;
      left = fold(left, group);
    }
  }
  return left.map(({ path, reason }) => ({ path, reason }));
}

function isWildcard({ path }: PlannedPath): boolean {
  return path.endsWith('*');
}

function countWildcards(items: readonly PlannedPath[]): number {
  return items.filter(isWildcard).length;
}

/** Removes paths that a wildcard covers. */
function dropCovered(items: readonly InvalidationItem[]): readonly InvalidationItem[] {
  const prefixes = items.filter(isWildcard).map(({ path }) => path.slice(0, -1));
  const seen = new Set<string>();
  return items
    .filter(({ path }) => {
      if (seen.has(path)) return false;
      seen.add(path);
      return !prefixes.some((prefix) => path !== `${prefix}*` && path.startsWith(prefix));
    })
    .sort((a, b) => compareBytewise(a.path, b.path));
}

/** `#tag`, or a folder such as `/docs/`. */
type Group = string;

function isIn(item: InvalidationItem, group: Group): boolean {
  return group.startsWith('#') ? item.tags.includes(group.slice(1)) : item.folder.startsWith(group);
}

function fold(items: readonly InvalidationItem[], group: Group): readonly InvalidationItem[] {
  const folded = items.filter((item) => isIn(item, group));
  const reason = `covers ${folded.length} stale addresses`;
  const folder = commonFolder(folded.map((item) => item.folder));
  const tags = commonTags(folded.map((item) => item.tags));
  const made = group.startsWith('#') ? { path: group, reason, tags, folder } : itemOfPath(`${group}*`, reason);
  return dropCovered([...items.filter((item) => !folded.includes(item)), made]);
}

/**
 * The group whose folding disturbs the fewest fresh addresses for each item it saves; ties go to the one that saves
 * more. Where there is too much, always one: of folders only those that do not end in too many wildcards, and the root
 * always qualifies. Else only a tag that is a bargain: a wildcard may also disturb what we know nothing of.
 */
function chooseFold(
  items: readonly InvalidationItem[],
  disturbed: ReadonlyMap<Group, number>,
  isTooMuch: boolean,
): Group | undefined {
  const saved = countMembers(items);
  const wildcards = countMembers(items.filter(isWildcard));
  const total = countWildcards(items);
  let best: { readonly group: Group; readonly price: number; readonly count: number } | undefined;
  for (const [group, count] of saved) {
    const isTag = group.startsWith('#');
    const inside = wildcards.get(group) ?? 0;
    const added = isTag ? 0 : 1;
    const fits = total - inside + added <= maxWildcards || (total > maxWildcards && inside > added);
    const price = (disturbed.get(group) ?? 0) / (count - 1);
    if (count < 2 || (isTooMuch ? !fits : !isTag || price > bargain)) continue;
    if (best === undefined || price < best.price || (price === best.price && count > best.count))
      best = { group, price, count };
  }
  return best?.group ?? (isTooMuch ? '/' : undefined);
}

/** How many of the items lie in each folder, and have each tag. */
function countMembers(items: readonly InvalidationItem[]): ReadonlyMap<Group, number> {
  const counts = new Map<Group, number>();
  const add = (group: Group) => counts.set(group, (counts.get(group) ?? 0) + 1);
  for (const { folder, tags } of items) {
    for (let slash = folder.indexOf('/'); slash >= 0; slash = folder.indexOf('/', slash + 1))
      add(folder.slice(0, slash + 1));
    for (const tag of tags) add(`#${tag}`);
  }
  return counts;
}
