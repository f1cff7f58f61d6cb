/** Whether one stored object is what a record says. */
import type { ObjectHeaders } from '../build/build.js';
import { digestOf } from '../site/names.js';
import { decodeBody } from './decodeBody.js';
import { isSameContent, isSameHeaders } from './inventory.js';
import type { ListedObject, StoredObject, StoreReader } from './ports.js';
import type { DriftKind, RecordedObject } from './release.js';

export interface Difference {
  readonly kind: DriftKind;
  /** In a few words. */
  readonly detail: string;
}

/** Bodies above this are not read into memory: metadata alone decides about them. */
const largestRead = 64 * 1024 * 1024;

/** Compares a listed object with its record; null when it is as it should be. */
export async function compareObject(
  reader: StoreReader,
  object: RecordedObject,
  listed: ListedObject,
  readBody: boolean,
): Promise<Difference | null> {
  if (isWrongSize(object, listed.size)) return wrongSize(object, listed.size);
  const stored = await reader.head(object.key);
  if (stored === null) return { kind: 'missing', detail: 'it is not there' };
  if (isWrongSize(object, stored.size)) return wrongSize(object, stored.size);
  const { identity } = stored;
  if (identity !== undefined && !isSameContent(identity, object))
    return { kind: 'replaced', detail: 'its metadata names other content' };
  // Another version of the compressor makes other bytes of the same content, and another size.
  const isDoubtful = identity === undefined || stored.size !== object.size;
  if (isDoubtful || readBody) {
    const isSame = await holdsContent(reader, object, stored);
    if (isSame === false) return { kind: 'replaced', detail: 'it holds other bytes' };
    if (isSame === undefined && isDoubtful) return { kind: 'replaced', detail: 'somebody else stored it' };
  }
  if (!isSameHeaders(stored, object))
    return { kind: 'headers', detail: describeHeaders(object.headers, stored.headers) };
  return identity === undefined ? { kind: 'headers', detail: 'its metadata is gone' } : null;
}

/** Only plain bytes have one size. */
function isWrongSize({ recipe, size }: RecordedObject, found: number): boolean {
  return recipe === 'identity' && size !== found;
}

function wrongSize({ size }: RecordedObject, found: number): Difference {
  return { kind: 'replaced', detail: `it has ${found} bytes instead of ${size}` };
}

/** Undefined for bodies too large to be read. */
async function holdsContent(
  reader: StoreReader,
  object: RecordedObject,
  { key, size }: StoredObject,
): Promise<boolean | undefined> {
  if (size > largestRead) return undefined;
  const found = await reader.get(key);
  if (found === null) return false;
  const content = await decodeBody(found.bytes, object.recipe.split('-', 1)[0]);
  return content !== undefined && digestOf(content) === object.digest;
}

function describeHeaders(wanted: ObjectHeaders, found: ObjectHeaders): string {
  const names = Object.keys({ ...wanted, ...found }) as (keyof ObjectHeaders)[];
  return names
    .filter((name) => wanted[name] !== found[name])
    .map((name) => {
      const header = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      return `${header} is ${found[name] === undefined || found[name] === '' ? 'missing' : found[name]} instead of ${wanted[name] ?? 'none'}`;
    })
    .join(', ');
}
