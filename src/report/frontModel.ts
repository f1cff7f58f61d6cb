/** What the local edge's front page shows, computed from the live release record and the one before it. */
import { originNames, type OriginName } from '../build/build.js';
import { urlPath } from '../build/keys.js';
import type { RecordedObject, ReleaseRecord } from '../release/release.js';

export interface FrontModel {
  readonly release: Pick<ReleaseRecord, 'id' | 'createdAt' | 'publisher' | 'previous'>;
  readonly origins: readonly OriginSummary[];
  /** Every content once: as written, and in the smallest form that is stored. */
  readonly bytes: { readonly all: Weight; readonly compressed: Weight };
  readonly pages: readonly { readonly name: string; readonly url: string; readonly size: number }[];
  /** Against the release before; null for the first one. */
  readonly changes: Changes | null;
  readonly caching: readonly { readonly cacheControl: string; readonly count: number; readonly example: string }[];
}

/** Bytes as written, and as a browser with every encoding loads them. */
export interface Weight {
  readonly plain: number;
  readonly loaded: number;
}

export interface OriginSummary {
  readonly name: OriginName;
  readonly url: string;
  readonly objects: number;
  readonly bytes: number;
  /** Largest first. */
  readonly types: readonly { readonly type: string; readonly count: number; readonly bytes: number }[];
}

export interface Changes {
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly removed: readonly string[];
}

export function summarizeRelease(record: ReleaseRecord, previous: ReleaseRecord | null): FrontModel {
  const objects = originNames.flatMap((name) => record.objects[name]);
  return {
    release: record,
    origins: originNames.map((name) => summarizeOrigin(name, record)),
    bytes: compareContents(objects),
    pages: listPages(record),
    changes: previous === null ? null : compareReleases(record, previous),
    caching: summarizeCaching(objects),
  };
}

function summarizeOrigin(name: OriginName, record: ReleaseRecord): OriginSummary {
  const types = new Map<string, { type: string; count: number; bytes: number }>();
  for (const { headers, size } of record.objects[name]) {
    const type = headers.contentType.split(';', 1)[0] ?? '';
    const entry = types.get(type) ?? { type, count: 0, bytes: 0 };
    types.set(type, { type, count: entry.count + 1, bytes: entry.bytes + size });
  }
  const all = record.objects[name];
  return {
    name,
    url: record.urls[name],
    objects: all.length,
    bytes: all.reduce((sum, { size }) => sum + size, 0),
    types: [...types.values()].sort((a, b) => b.bytes - a.bytes),
  };
}

/** Encodings of one content share its digest; copies at an original path do too, so each content counts once. */
function compareContents(objects: readonly RecordedObject[]): FrontModel['bytes'] {
  const contents = new Map<string, { plain: number; loaded: number }>();
  for (const { digest, size } of objects) {
    const known = contents.get(digest) ?? { plain: 0, loaded: Infinity };
    contents.set(digest, { plain: Math.max(known.plain, size), loaded: Math.min(known.loaded, size) });
  }
  const all = [...contents.values()];
  return { all: addUp(all), compressed: addUp(all.filter(({ plain, loaded }) => loaded < plain)) };
}

function addUp(weights: readonly Weight[]): Weight {
  return {
    plain: weights.reduce((sum, { plain }) => sum + plain, 0),
    loaded: weights.reduce((sum, { loaded }) => sum + loaded, 0),
  };
}

function listPages({ objects, urls }: ReleaseRecord): FrontModel['pages'] {
  const pages = objects.pages.filter(isPage).map(({ key, size }) => {
    const address = key.replace(/(^|\/)index\.html$/, '$1');
    return { name: `/${address}`, url: `${urls.pages}/${urlPath(address)}`, size };
  });
  return pages.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Encoded variants of a page are the same page. */
function isPage({ stage, headers, key }: RecordedObject): boolean {
  return stage === 'page' && headers.contentType.includes('html') && !/\.(br|gz)$/.test(key);
}

function compareReleases(record: ReleaseRecord, previous: ReleaseRecord): Changes {
  const created: string[] = [];
  const updated: string[] = [];
  const removed: string[] = [];
  for (const origin of originNames) {
    const before = new Map(previous.objects[origin].filter(isPlain).map((object) => [object.key, object]));
    for (const { key, digest } of record.objects[origin].filter(isPlain)) {
      const old = before.get(key);
      before.delete(key);
      if (old === undefined) created.push(`${origin}/${key}`);
      else if (old.digest !== digest) updated.push(`${origin}/${key}`);
    }
    for (const key of before.keys()) removed.push(`${origin}/${key}`);
  }
  return { created, updated, removed };
}

function isPlain({ key }: RecordedObject): boolean {
  return !/\.(br|gz)$/.test(key);
}

function summarizeCaching(objects: readonly RecordedObject[]): FrontModel['caching'] {
  const kinds = new Map<string, { cacheControl: string; count: number; example: string }>();
  for (const { headers, key } of objects) {
    const kind = kinds.get(headers.cacheControl) ?? { cacheControl: headers.cacheControl, count: 0, example: key };
    kinds.set(headers.cacheControl, { ...kind, count: kind.count + 1 });
  }
  return [...kinds.values()].sort((a, b) => b.count - a.count);
}
