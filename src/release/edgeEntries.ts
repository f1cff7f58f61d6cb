/** What the edge must know of a release, as entries of a key-value store: its addresses, redirects and headers. */
import type { EdgeRules } from '../build/build.js';
import { isServed } from '../build/isServed.js';
import { stemOf } from '../edge/addresses.js';
import type { LiveRelease } from '../edge/live.js';
import { hashText, markOf, type Place } from '../edge/table.js';
import { digestOf } from '../site/names.js';
import { isPattern } from '../site/rules/redirectsFile.js';
import type { HeaderRule, RedirectRule } from '../site/rules/rules.js';

/** A value holds 1 KB (AWS, "Quotas on key value stores"); some bytes are left for what was not counted. */
const largestValue = 1000;

export interface EdgeEntries {
  readonly live: LiveRelease;
  /** Of its tables; their keys begin with a digest of all of them, so that equal tables are the same keys. */
  readonly tables: ReadonlyMap<string, string>;
}

/**
 * @param paths of what the pages origin serves, as they lie in the site: `docs/index.html`. Variants are left out.
 */
export function makeEdgeEntries(
  release: string,
  folder: string,
  rules: EdgeRules,
  paths: readonly string[],
): EdgeEntries {
  const parts = new Map<string, string>();
  const redirects = rules.redirects.map((rule, place) => ({ rule, place }));
  const patterns = redirects.filter(({ rule }) => isPattern(rule));
  const present = new Set(paths);
  // Whether the site has something at a single address is known now; for patterns the edge has to know everything.
  const exact = redirects.filter(
    ({ rule }) => !isPattern(rule) && (rule.forced || !isServed(rule.from, present, rules.urls)),
  );
  const hasEverything = patterns.some(({ rule }) => !rule.forced);

  const places = listPlaces(paths, hasEverything);
  const buckets = fillBuckets(
    places.size,
    (count) =>
      group(
        [...places],
        ([address]) => hashText(address) % count,
        ([address, place]) => markOf(hashText(address)) + place,
      ),
    '',
  );
  buckets.forEach((bucket, index) => parts.set(`t${index}`, bucket));
  const singles = fillBuckets(
    exact.length,
    (count) =>
      group(
        exact,
        ({ rule }) => hashText(rule.from) % count,
        ({ rule, place }) => writeRedirect(rule, place),
      ),
    '\n',
  );
  singles.forEach((bucket, index) => parts.set(`r${index}`, bucket));
  const lists = packLines(patterns.map(({ rule, place }) => writeRedirect(rule, place)));
  lists.forEach((list, index) => parts.set(`d${index}`, list));
  const headers = packLines(rules.headers.flatMap(writeHeaders));
  headers.forEach((list, index) => parts.set(`h${index}`, list));

  const generation = digestOf(JSON.stringify([...parts])).slice(0, 10);
  return {
    live: {
      i: release,
      p: folder,
      u: rules.urls,
      t: generation,
      n: buckets.length,
      a: hasEverything ? 1 : 0,
      r: singles.length,
      d: lists.length,
      f: patterns[0]?.place ?? redirects.length,
      h: headers.length,
    },
    tables: new Map([...parts].map(([key, value]) => [generation + key, value])),
  };
}

/** What stands at each address without slash and `.html`. */
function listPlaces(paths: readonly string[], hasEverything: boolean): ReadonlyMap<string, Place> {
  const files = new Set<string>();
  const folders = new Set<string>();
  for (const path of paths) {
    if (path === 'index.html' || path.endsWith('/index.html')) folders.add(stemOf(`/${path}`));
    else if (path.endsWith('.html')) files.add(stemOf(`/${path}`));
  }
  const exact = new Set<string>();
  for (const path of paths) {
    const address = `/${path}`;
    if (address !== stemOf(address)) continue;
    if (hasEverything || files.has(address) || folders.has(address)) exact.add(address);
  }
  const places = new Map<string, Place>();
  for (const address of new Set([...files, ...folders, ...exact])) {
    const kind = files.has(address) ? (folders.has(address) ? 'b' : 'f') : folders.has(address) ? 'd' : 'x';
    places.set(address, exact.has(address) && kind !== 'x' ? (kind.toUpperCase() as Place) : kind);
  }
  return places;
}

/**
 * Groups into few buckets, each below the largest value, in none of which two entries begin alike (the marks of the
 * table have five letters; redirects begin with their place).
 */
function fillBuckets(items: number, make: (count: number) => string[][], separator: string): string[] {
  if (items === 0) return [];
  for (let count = 1; count <= items * 8 + 8; count = Math.ceil(count * 1.2) + 1) {
    const buckets = make(count);
    const values = buckets.map((bucket) => bucket.join(separator));
    const isClear = separator !== '' || buckets.every(hasDistinctMarks);
    if (isClear && values.every((value) => Buffer.byteLength(value) <= largestValue)) return values;
  }
  throw new RangeError('the addresses of this site cannot be told apart by the edge');
}

function hasDistinctMarks(bucket: readonly string[]): boolean {
  return new Set(bucket.map((entry) => entry.slice(0, 5))).size === bucket.length;
}

function group<T>(items: readonly T[], bucketOf: (item: T) => number, write: (item: T) => string): string[][] {
  const buckets: string[][] = [];
  for (const item of items) (buckets[bucketOf(item)] ??= []).push(write(item));
  return Array.from(buckets, (bucket?: string[]) => bucket ?? []);
}

/** Packs texts, in order, into as few values as possible; a text is never cut. */
function packLines(texts: readonly string[]): string[] {
  const values: string[] = [];
  for (const text of texts) {
    const last = values.at(-1);
    if (last !== undefined && Buffer.byteLength(last) + Buffer.byteLength(text) + 1 <= largestValue)
      values[values.length - 1] = `${last}\n${text}`;
    else values.push(text);
  }
  return values;
}

function writeRedirect({ from, to, status, forced }: RedirectRule, place: number): string {
  return [place, from, to, status, forced ? '!' : ''].join('\t');
}

/** A rule too long for one value becomes several with the same pattern. */
function writeHeaders({ pattern, set, unset }: HeaderRule): string[] {
  const lines = [...unset.map((name) => `\t!${name}`), ...set.map(({ name, value }) => `\t${name}: ${value}`)];
  return packLines(lines).map((part) => `${pattern}\n${part}`);
}
