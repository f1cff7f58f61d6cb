/** The file beside a body that holds what a file system has no place for. */
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { BigIntStats } from 'node:fs';
import type { ObjectHeaders, ObjectKey } from '../build/build.js';
import { hasErrnoCode } from '../errors.js';
import type { ObjectIdentity } from '../release/ports.js';
import type { Digest } from '../site/site.js';
import { headersFileOf } from './layout.js';
import { moveFile, removeFile, writeNewFile } from './files.js';

/** The headers of one body, and which body that is. */
export interface HeadersEntry {
  /** Of the body as a file: inode, mtime in nanoseconds, size. Recognises a body without reading it. */
  readonly stamp: string;
  readonly size: number;
  /** Of the stored bytes. Recognises the body where a copied folder gave it another stamp. */
  readonly sha256: Digest;
  readonly headers: ObjectHeaders;
  readonly identity?: ObjectIdentity;
}

/**
 * Body and headers are two files, and only one can be renamed at a time. So the headers file is renamed first and holds
 * the entry of the body to come and that of the body that is still there: whichever of the two a reader finds, the
 * right headers are with it, and a process may be killed in between.
 */
interface HeadersFile {
  readonly version: 1;
  readonly key: ObjectKey;
  readonly entries: readonly HeadersEntry[];
}

export function stampOf(stats: BigIntStats): string {
  return `${stats.ino}-${stats.mtimeNs}-${stats.size}`;
}

/** The entries for a key; none where the file is missing or damaged (then the body counts as foreign). */
export function readEntries(directory: string, key: ObjectKey): readonly HeadersEntry[] {
  let text: string;
  try {
    text = readFileSync(headersFileOf(directory, key), 'utf8');
  } catch (error) {
    if (hasErrnoCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
  try {
    const file = JSON.parse(text) as Partial<HeadersFile>;
    return file.version === 1 && file.key === key && Array.isArray(file.entries) ? file.entries.filter(isEntry) : [];
  } catch {
    return []; // After a power failure a file may be empty.
  }
}

/** Replaces the entries of a key in one step. `temporary` is a free name on the same file system. */
export function writeEntries(
  directory: string,
  key: ObjectKey,
  entries: readonly HeadersEntry[],
  temporary: string,
  durable: boolean,
): void {
  const file: HeadersFile = { version: 1, key, entries };
  const target = headersFileOf(directory, key);
  try {
    writeNewFile(temporary, Buffer.from(JSON.stringify(file)), durable);
    try {
      moveFile(temporary, target, durable);
    } catch (error) {
      if (!hasErrnoCode(error, 'ENOENT')) throw error;
      mkdirSync(dirname(target), { recursive: true });
      moveFile(temporary, target, durable);
    }
  } catch (error) {
    removeFile(temporary); // The disk may be full: leave nothing on it.
    throw error;
  }
}

function isEntry(value: unknown): value is HeadersEntry {
  const entry = value as Partial<HeadersEntry> | null;
  return (
    typeof entry?.stamp === 'string' &&
    typeof entry.size === 'number' &&
    typeof entry.sha256 === 'string' &&
    typeof entry.headers?.contentType === 'string' &&
    typeof entry.headers.cacheControl === 'string'
  );
}
