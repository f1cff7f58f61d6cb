/** What can be told of a site's files alone: copies, and how they are cached. */
import type { OriginName } from '../../build/build.js';
import { compareBytewise } from '../../site/names.js';
import type { Caching, Duplicate, ReportFile } from './model.js';

const shownDuplicates = 12;
/** Tiny files are equal by chance, and cost nothing. */
const smallest = 100;

/** Files with the same content, most wasted bytes first. */
export function findDuplicates(files: readonly ReportFile[]): readonly Duplicate[] {
  const byContent = new Map<string, { names: string[]; bytes: number }>();
  for (const { digest, name, plain } of files) {
    const known = byContent.get(digest);
    if (known === undefined) byContent.set(digest, { names: [name], bytes: plain });
    else known.names.push(name);
  }
  return [...byContent.values()]
    .filter(({ names, bytes }) => names.length > 1 && bytes >= smallest)
    .map(({ names, bytes }) => ({ names: names.sort(compareBytewise), bytes }))
    .sort((a, b) => b.bytes * (b.names.length - 1) - a.bytes * (a.names.length - 1))
    .slice(0, shownDuplicates);
}

interface Cached {
  readonly origin: OriginName;
  readonly key: string;
  readonly headers: { readonly cacheControl: string };
}

/** Which cache headers there are, the most frequent first. */
export function summarizeCaching(objects: Iterable<Cached>): readonly Caching[] {
  const kinds = new Map<string, { origins: Set<OriginName>; count: number; example: string }>();
  for (const { origin, key, headers } of objects) {
    const kind = kinds.get(headers.cacheControl) ?? { origins: new Set(), count: 0, example: key };
    kind.origins.add(origin);
    kind.count++;
    kinds.set(headers.cacheControl, kind);
  }
  return [...kinds]
    .map(([cacheControl, { origins, count, example }]) => ({ cacheControl, origins: [...origins], count, example }))
    .sort((a, b) => b.count - a.count);
}
