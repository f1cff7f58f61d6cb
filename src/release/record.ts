/** Reads and writes release records and the pointer to the live one. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { ObjectHeaders } from '../build/build.js';
import { PublishError } from '../errors.js';
import { pointerKey, recordKey, releasesPrefix } from './keys.js';
import { ConditionFailed, type ObjectStore, type StoreReader } from './ports.js';
import { decodePointer, decodeRecord, encodeRecord } from './recordFormat.js';
import type { Pointer, ReleaseId, ReleaseRecord } from './release.js';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

const privateJson: ObjectHeaders = { contentType: 'application/json', cacheControl: 'no-store' };

/** The pointer with the version of its object, which a compare-and-swap must name; null before the first publish. */
export interface HeldPointer {
  readonly pointer: Pointer;
  readonly etag: string | null;
}

const nothingLive: Pointer = { version: 1, sequence: 0, live: null, root: null, unfinished: [] };

/** @throws PublishError `record-invalid`. */
export async function readPointer(reader: StoreReader): Promise<HeldPointer> {
  const found = await reader.get(pointerKey);
  if (found === null) return { pointer: nothingLive, etag: null };
  try {
    return { pointer: decodePointer(found.bytes.toString()), etag: found.object.etag };
  } catch (cause) {
    throw invalid(reader, pointerKey, cause);
  }
}

/**
 * Writes the pointer if it is still what `held` says.
 * @throws PublishError `locked` when another publisher wrote it in the meantime.
 */
export async function swapPointer(
  store: ObjectStore,
  held: HeldPointer,
  next: Omit<Pointer, 'version' | 'sequence'>,
): Promise<HeldPointer> {
  const pointer: Pointer = { version: 1, sequence: held.pointer.sequence + 1, ...next };
  try {
    const { etag } = await store.put({
      key: pointerKey,
      body: { bytes: Buffer.from(JSON.stringify(pointer)) },
      headers: privateJson,
      condition: held.etag === null ? { absent: true } : { etag: held.etag },
    });
    return { pointer, etag };
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    throw new PublishError('locked', `another publisher changed ${store.name} while this one was at work`, {
      cause: error,
      hint: 'Look at what is live (twinorigin releases), then run the same command again if it is still wanted.',
    });
  }
}

/** @throws PublishError `release-missing`, `record-invalid`. */
export async function readRecord(reader: StoreReader, id: ReleaseId): Promise<ReleaseRecord> {
  const key = recordKey(id);
  const found = await reader.get(key);
  if (found === null) throw new PublishError('release-missing', `${reader.name} has no record of release ${id}`);
  try {
    const packed = found.object.headers.contentEncoding === 'gzip';
    return decodeRecord((packed ? await decompress(found.bytes) : found.bytes).toString());
  } catch (cause) {
    throw invalid(reader, key, cause);
  }
}

/** Writes a record. The same release may be written again by the run that resumes it. */
export async function writeRecord(store: ObjectStore, record: ReleaseRecord): Promise<void> {
  await store.put({
    key: recordKey(record.id),
    body: { bytes: await compress(encodeRecord(record)) },
    headers: { ...privateJson, contentEncoding: 'gzip' },
  });
}

/** Ids of all releases whose records are kept, oldest first. */
export async function* listReleases(reader: StoreReader): AsyncIterable<ReleaseId> {
  for await (const { key } of reader.list(releasesPrefix)) {
    const id = /^(\d{8}T\d{6}Z-[0-9a-f]{8})\.json$/.exec(key.slice(releasesPrefix.length))?.[1];
    if (id !== undefined) yield id as ReleaseId;
  }
}

function invalid(reader: StoreReader, key: string, cause: unknown): PublishError {
  const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
  return new PublishError('record-invalid', `${key} in ${reader.name} is not a record of this version: ${why}`, {
    cause,
  });
}
