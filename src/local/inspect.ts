/** What a file in the store folder is as an object. */
import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import type { ObjectHeaders, ObjectKey } from '../build/build.js';
import { hasErrnoCode, PublishError } from '../errors.js';
import type { StoredObject } from '../release/ports.js';
import { mediaTypeOf } from '../site/mediaType.js';
import type { Digest } from '../site/site.js';
import { digestOfHandle } from './files.js';
import { type HeadersEntry, readEntries, stampOf } from './headersFile.js';
import { fileOf } from './layout.js';

/** An open body with the entry that belongs to it. */
export interface OpenBody {
  /** File descriptor; `withBody` closes it. */
  readonly handle: number;
  readonly object: StoredObject;
  readonly stamp: string;
  /** Absent on foreign files. */
  readonly entry: HeadersEntry | undefined;
}

/** Digests of bodies whose stamp is not that of their entry (a copied folder), by stamp. */
export type DigestMemory = Map<string, Digest>;

const rememberedDigests = 50_000;
/** Between opening a body and reading its headers it may be replaced; then the new one is opened. */
const tries = 20;

/** What opening a path gives that cannot be an object: no such file, a folder, a symbolic link, a name too long. */
const noObject = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'EMLINK', 'ENAMETOOLONG', 'ENXIO'];
/** A named pipe must not block, a symbolic link must not lead out of the store. Neither flag exists on Windows. */
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Opens an object, looks at it and closes it. Null when there is none. */
export function withBody<T>(
  directory: string,
  key: ObjectKey,
  memory: DigestMemory,
  look: (body: OpenBody) => T,
): T | null {
  let file: string;
  try {
    file = fileOf(directory, key);
  } catch (error) {
    if (error instanceof PublishError) return null; // No such name, so no such object.
    throw error;
  }
  for (let left = tries; ; left--) {
    let handle: number;
    try {
      handle = openSync(file, openFlags);
    } catch (error) {
      if (hasErrnoCode(error, ...noObject)) return null;
      throw error;
    }
    try {
      const stats = fstatSync(handle, { bigint: true });
      if (!stats.isFile()) return null;
      const stamp = stampOf(stats);
      const entries = readEntries(directory, key);
      let entry = entries.find((candidate) => candidate.stamp === stamp);
      if (!entry && entries.length > 0) {
        if (left > 0 && wasReplaced(file, stamp)) continue;
        entry = findByDigest(entries, handle, Number(stats.size), stamp, memory);
      }
      return look({ handle, stamp, entry, object: describeBody(key, stats, entry) });
    } finally {
      closeSync(handle);
    }
  }
}

function wasReplaced(file: string, stamp: string): boolean {
  const now = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return now === undefined || stampOf(now) !== stamp;
}

function findByDigest(
  entries: readonly HeadersEntry[],
  handle: number,
  size: number,
  stamp: string,
  memory: DigestMemory,
): HeadersEntry | undefined {
  if (!entries.some((entry) => entry.size === size)) return undefined;
  let digest = memory.get(stamp);
  if (digest === undefined) {
    digest = digestOfHandle(handle);
    if (memory.size >= rememberedDigests) memory.clear();
    memory.set(stamp, digest);
  }
  return entries.find((entry) => entry.sha256 === digest);
}

function describeBody(key: ObjectKey, stats: BigIntStats, entry: HeadersEntry | undefined): StoredObject {
  return {
    key,
    size: Number(stats.size),
    etag: entry ? etagOf(entry.sha256) : `"f-${stats.ino.toString(36)}-${stats.mtimeNs.toString(36)}-${stats.size}"`,
    headers: entry?.headers ?? foreignHeaders(key),
    modified: new Date(Number(stats.mtimeNs / 1_000_000n)),
    ...(entry?.identity && { identity: entry.identity }),
  };
}

/** Like S3's: from the content, so that the same bytes written again are not sent again. */
export function etagOf(sha256: Digest): string {
  return `"${sha256.slice(0, 32)}"`;
}

/** A file that somebody put there has a type by its extension, like on any web server, and is not cached. */
function foreignHeaders(key: ObjectKey): ObjectHeaders {
  const unknown = Buffer.from([0]);
  return { contentType: mediaTypeOf(key, () => unknown), cacheControl: 'no-cache' };
}
