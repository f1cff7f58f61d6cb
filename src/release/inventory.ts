/** What is there now, as far as records know: the live release, and those that began and did not finish. */
import type { Digest } from '../site/site.js';
import type { StoreReader } from './ports.js';
import { placeOf } from './recordFormat.js';
import { readPointer, readRecord, type HeldPointer } from './record.js';
import type { RecordedObject, ReleaseRecord, RetainedObject } from './release.js';
import { originNames, type ObjectKey, type OriginName } from '../build/build.js';

export interface Inventory {
  readonly held: HeldPointer;
  /** Null before the first publish, and when nothing can have changed (see `unchanged`). */
  readonly live: ReleaseRecord | null;
  readonly unfinished: readonly ReleaseRecord[];
  /** The live release has the very content of the build, and nothing was left unfinished: no record was read. */
  readonly unchanged: boolean;
}

/**
 * Reads the pointer (one GET) and, unless the build is what is live already, the records it names.
 * @param root of the build; null reads the records whatever is live.
 * @param pointer where it was asked for earlier, while something else was done.
 * @param known what was taken a moment ago for the same build: while the pointer is the same, so are the records.
 */
export async function takeInventory(
  reader: StoreReader,
  root: Digest | null,
  pointer: Promise<HeldPointer> = readPointer(reader),
  known?: Inventory,
): Promise<Inventory> {
  const held = await pointer;
  if (known !== undefined && held.etag !== null && held.etag === known.held.etag) return known;
  const { live, unfinished, root: liveRoot } = held.pointer;
  if (root !== null && liveRoot === root && unfinished.length === 0)
    return { held, live: null, unfinished: [], unchanged: true };
  return {
    held,
    live: live === null ? null : await readRecord(reader, live),
    unfinished: await Promise.all(unfinished.map((id) => readRecord(reader, id))),
    unchanged: false,
  };
}

/** What an object may be at this moment. */
export interface Holding {
  /** As the live record has it; undefined when that record does not name it. */
  readonly live: RecordedObject | undefined;
  /** False when an unfinished release may have put or removed something else. */
  readonly certain: boolean;
}

/** Looks up what may be at a place: a crash leaves each place as the live release or as an unfinished one had it. */
export function createLookup({ live, unfinished }: Inventory): {
  holdingOf(origin: OriginName, key: ObjectKey): Holding;
  /** Every place any of the records names, with the newest description of what may be there. */
  readonly places: ReadonlyMap<string, { readonly origin: OriginName; readonly object: RecordedObject }>;
} {
  const liveObjects = indexObjects(live);
  const others = unfinished.map(indexObjects);
  const places = new Map<string, { origin: OriginName; object: RecordedObject }>(liveObjects);
  for (const objects of others) for (const [place, entry] of objects) places.set(place, entry);
  return {
    places,
    holdingOf(origin, key) {
      const place = placeOf(origin, key);
      const known = liveObjects.get(place)?.object;
      if (known !== undefined && isUnsure(known)) return { live: undefined, certain: false };
      const certain = others.every((objects) => isSameObject(objects.get(place)?.object, known));
      return { live: known, certain };
    },
  };
}

function isUnsure(object: RecordedObject | RetainedObject): boolean {
  return 'unsure' in object && object.unsure;
}

function indexObjects(record: ReleaseRecord | null): Map<string, { origin: OriginName; object: RecordedObject }> {
  const index = new Map<string, { origin: OriginName; object: RecordedObject }>();
  if (record === null) return index;
  for (const origin of originNames) {
    for (const object of record.retained[origin]) index.set(placeOf(origin, object.key), { origin, object });
    for (const object of record.objects[origin]) index.set(placeOf(origin, object.key), { origin, object });
  }
  return index;
}

function isSameObject(a: RecordedObject | undefined, b: RecordedObject | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return isSameContent(a, b) && isSameHeaders(a, b);
}

type Identified = Pick<RecordedObject, 'digest' | 'recipe'>;

/** Same content in the same encoding. */
export function isSameContent(a: Identified, b: Identified): boolean {
  return a.digest === b.digest && a.recipe === b.recipe;
}

export function isSameHeaders(a: Pick<RecordedObject, 'headers'>, b: Pick<RecordedObject, 'headers'>): boolean {
  const names = [
    'contentType',
    'cacheControl',
    'contentEncoding',
    'contentDisposition',
    'contentLanguage',
    'cacheTags',
  ] as const;
  return names.every((name) => a.headers[name] === b.headers[name]);
}
