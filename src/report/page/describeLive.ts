/** The report of what is live: from the release record, and from the stored bodies themselves. */
import { originNames, type OriginName } from '../../build/build.js';
import { urlPath } from '../../build/keys.js';
import { pathInRelease } from '../../release/keys.js';
import type { RecordedObject, ReleaseRecord } from '../../release/release.js';
import { defaultLazyAttributes, finderFor } from '../../site/references/index.js';
import { findChains, isLoaded, type Load } from './chains.js';
import { findDuplicates, summarizeCaching } from './contents.js';
import { readImageSize } from './imageSize.js';
import { findLargeImages, largeBytes, type MeasuredImage } from './largeImages.js';
import type { ChangeGroup, ReportFile, ReportModel } from './model.js';
import { ShownWidths } from './shownWidths.js';

/** The content of a stored object, out of its encoding; null where it cannot be had. */
export type ReadContent = (origin: OriginName, key: string) => Promise<Buffer | null>;

/** More than this is not read for a page that somebody waits for. */
const readable = { files: 5000, bytes: 200_000_000 };

export async function describeLive(
  record: ReleaseRecord,
  previous: ReleaseRecord | null,
  read: ReadContent,
  now: Date,
): Promise<ReportModel> {
  const places = findPlaces(record);
  const isSmall =
    places.length <= readable.files && places.reduce((sum, { object }) => sum + object.size, 0) <= readable.bytes;
  const looked = isSmall ? await lookInto(record, places, read) : undefined;
  const files = places.map(({ file }) => ({ ...file, plain: looked?.plain.get(file.name) ?? file.plain }));
  const bytes = new Map(files.map(({ name, loaded }) => [name, loaded]));
  const objects = originNames.flatMap((origin) => record.objects[origin].map((object) => ({ origin, ...object })));
  return {
    kind: 'live',
    madeAt: now.toISOString(),
    release: { id: record.id, createdAt: record.createdAt, publisher: record.publisher },
    urls: record.urls,
    files,
    stored: { objects: objects.length, bytes: objects.reduce((sum, { size }) => sum + size, 0) },
    ...(previous && { changes: compareReleases(record, previous) }),
    ...(looked && {
      chains: findChains({
        pages: files.filter(({ isPage }) => isPage).map(({ name }) => name),
        loads: looked.loads,
        bytesOf: (name) => bytes.get(name) ?? 0,
      }),
      images: findLargeImages(looked.images),
    }),
    duplicates: findDuplicates(files),
    caching: summarizeCaching(objects),
    problems: [],
  };
}

interface Place {
  readonly object: RecordedObject;
  readonly file: ReportFile;
}

/** Every file once: without the encodings beside it, and without the copies of assets at their own path. */
function findPlaces({ objects, urls }: ReleaseRecord): readonly Place[] {
  const moved = new Set([...objects.images, ...objects.resources].map(({ key }) => originalOf(key)));
  return originNames.flatMap((origin) => {
    const smallest = new Map<string, number>();
    const all = objects[origin];
    const keys = new Set<string>(all.map(({ key }) => key));
    for (const { key, size } of all) {
      const bare = bareOf(key, keys);
      smallest.set(bare, Math.min(smallest.get(bare) ?? Infinity, size));
    }
    return all
      .filter(({ key, stage }) => bareOf(key, keys) === key && !(stage === 'original' && moved.has(key)))
      .map((object): Place => ({
        object,
        file: {
          name: pathInRelease(object.key),
          origin,
          type: object.headers.contentType.split(';', 1)[0] ?? '',
          plain: object.size,
          loaded: smallest.get(object.key) ?? object.size,
          digest: object.digest,
          url: `${urls[origin]}/${urlPath(pathInRelease(object.key))}`,
          isPage: object.stage === 'page',
        },
      }));
  });
}

/** `app.css` for `app.css.br`, when that is there. */
function bareOf(key: string, keys: ReadonlySet<string>): string {
  const bare = key.replace(/\.(br|gz)$/, '');
  return keys.has(bare) ? bare : key;
}

/** The path that a fingerprinted key was made from, as far as names tell. */
function originalOf(key: string): string {
  return key.replace(/\.[0-9a-f]{16}(?:[0-9a-f]{48})?(\.[^./]+)?$/, '$1');
}

/** Enough of an image to know its size: large profiles and previews may stand before it. */
const headBytes = 256 * 1024;

interface Looked {
  readonly loads: ReadonlyMap<string, readonly Load[]>;
  readonly images: readonly MeasuredImage[];
  /** Bytes out of the encoding, where that is not what is stored. */
  readonly plain: ReadonlyMap<string, number>;
}

async function lookInto(record: ReleaseRecord, places: readonly Place[], read: ReadContent): Promise<Looked> {
  const loads = new Map<string, readonly Load[]>();
  const plain = new Map<string, number>();
  const widths = new ShownWidths();
  const resolve = createResolver(record, places);
  const images: ReadImage[] = [];
  for (const place of places) {
    const { file } = place;
    const find = finderFor(file.type);
    const isPacked = place.object.headers.contentEncoding !== undefined;
    const isImage = find === undefined && file.type.startsWith('image/') && (isPacked || file.plain >= largeBytes);
    if (find === undefined && !isImage && !isPacked) continue;
    const bytes = await read(file.origin, file.name);
    if (bytes === null) continue;
    plain.set(file.name, bytes.length);
    if (isImage && bytes.length >= largeBytes)
      images.push({ file, size: bytes.length, head: bytes.subarray(0, headBytes) });
    if (find === undefined) continue;
    const found = find(bytes, { lazyAttributes: defaultLazyAttributes });
    const base = found.base === undefined ? file.url : (absolute(found.base, file.url) ?? file.url);
    const markup = bytes.toString('latin1');
    const targets: Load[] = [];
    for (const { url, use, kind, treatment, start } of found.references) {
      const to = treatment === 'evidence' || !isLoaded(use) ? undefined : resolve(url, base);
      if (to === undefined) continue;
      targets.push({ to, kind });
      if (kind === 'img@src') widths.add(to, markup, start);
      else widths.forget(to);
    }
    if (targets.length > 0) loads.set(file.name, targets);
  }
  return { loads, plain, images: images.flatMap((image) => measure(image, widths)) };
}

interface ReadImage {
  readonly file: ReportFile;
  readonly size: number;
  readonly head: Buffer;
}

function measure({ file: { name, type }, size: bytes, head }: ReadImage, widths: ShownWidths): MeasuredImage[] {
  const size = readImageSize(head);
  const shown = widths.of(name);
  return size === null ? [] : [{ name, type, bytes, size, ...(shown === undefined ? {} : { shown }) }];
}

/** From the addresses in the stored files back to the files. */
function createResolver({ urls }: ReleaseRecord, places: readonly Place[]) {
  const names = new Map<string, string>();
  for (const { file } of places) {
    names.set(file.url, file.name);
    // What still names an asset by its own path gets the same content.
    if (file.origin !== 'pages') names.set(`${urls.pages}/${urlPath(originalOf(file.name))}`, file.name);
  }
  return (url: string, base: string): string | undefined => {
    const target = url.startsWith('#') ? undefined : absolute(url, base);
    return target === undefined ? undefined : names.get(target);
  };
}

/** Without query and fragment. */
function absolute(url: string, base: string): string | undefined {
  if (!URL.canParse(url, base)) return undefined;
  const target = new URL(url, base);
  target.hash = '';
  target.search = '';
  return target.href;
}

function compareReleases(record: ReleaseRecord, previous: ReleaseRecord): readonly ChangeGroup[] {
  type Entries = ChangeGroup['entries'][number][];
  const created: Entries = [];
  const updated: Entries = [];
  const headers: Entries = [];
  const deleted: Entries = [];
  for (const origin of originNames) {
    const before = new Map(plainOf(previous, origin).map((object) => [pathInRelease(object.key), object]));
    for (const object of plainOf(record, origin)) {
      const { size } = object;
      const key = pathInRelease(object.key);
      const old = before.get(key);
      before.delete(key);
      if (old === undefined) created.push({ origin, key, size, reason: 'new address' });
      else if (old.digest !== object.digest) updated.push({ origin, key, size, reason: 'content changed' });
      else if (JSON.stringify(old.headers) !== JSON.stringify(object.headers))
        headers.push({ origin, key, size, reason: 'headers changed' });
    }
    for (const { key, size, stage } of before.values()) {
      const isPage = stage === 'page' || stage === 'last';
      deleted.push({ origin, key, size, reason: isPage ? 'no longer part of the site' : 'no longer used' });
    }
  }
  const groups = { created, updated, headers, deleted };
  return (['created', 'updated', 'headers', 'deleted'] as const)
    .map((kind) => ({ kind, entries: groups[kind] }))
    .filter(({ entries }) => entries.length > 0);
}

function plainOf(record: ReleaseRecord, origin: OriginName): readonly RecordedObject[] {
  const keys = new Set<string>(record.objects[origin].map(({ key }) => key));
  return record.objects[origin].filter(({ key }) => bareOf(key, keys) === key);
}
