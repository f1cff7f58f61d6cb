/** Small file operations of the store. Synchronous ones where several must happen without anything in between. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { hasErrnoCode } from '../errors.js';
import type { Digest } from '../site/site.js';

const chunkBytes = 1024 * 1024;

/** Writes a file that must not exist yet. */
export function writeNewFile(file: string, bytes: Uint8Array, durable: boolean): void {
  const handle = openSync(file, 'wx');
  try {
    writeAll(handle, bytes);
    if (durable) fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

export function writeAll(handle: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += writeSync(handle, bytes, written);
}

/**
 * Renames within a folder; `durable`: so that it survives a power failure. What needs an open file comes first, so
 * nothing was renamed when this throws for want of one. Windows cannot open a folder, and does not need to.
 */
export function moveFile(from: string, to: string, durable: boolean): void {
  const folder = durable ? openFolder(dirname(to)) : undefined;
  try {
    renameSync(from, to);
    if (folder !== undefined) syncFolder(folder);
  } finally {
    if (folder !== undefined) closeSync(folder);
  }
}

function syncFolder(handle: number): void {
  try {
    fsyncSync(handle);
  } catch (error) {
    if (!hasErrnoCode(error, 'EPERM', 'EINVAL')) throw error;
  }
}

function openFolder(folder: string): number | undefined {
  try {
    return openSync(folder, 'r');
  } catch (error) {
    if (hasErrnoCode(error, 'EPERM', 'EISDIR', 'EACCES')) return undefined;
    throw error;
  }
}

/** The bytes of an open file that is `size` long. */
export function readWhole(handle: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let read = 0;
  while (read < size) {
    const length = readSync(handle, bytes, read, size - read, read);
    if (length === 0) break;
    read += length;
  }
  return bytes.subarray(0, read);
}

/** SHA-256 of an open file from its start, in bounded memory. */
export function digestOfHandle(handle: number): Digest {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(chunkBytes);
  for (let position = 0; ;) {
    const length = readSync(handle, chunk, 0, chunk.length, position);
    if (length === 0) return hash.digest('hex') as Digest;
    hash.update(chunk.subarray(0, length));
    position += length;
  }
}

/** What lies at a path, links not followed; undefined when nothing does. */
export function statPath(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (hasErrnoCode(error, 'ENOTDIR', 'ENAMETOOLONG')) return undefined; // `throwIfNoEntry` is about ENOENT alone.
    throw error;
  }
}

/** Removes a file; none there is fine. */
export function removeFile(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if (!hasErrnoCode(error, 'ENOENT', 'ENOTDIR')) throw error;
  }
}

/** Removes a folder in which there are only folders. False when there is a file somewhere. */
export function removeHollowFolder(folder: string): boolean {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (!entry.isDirectory() || !removeHollowFolder(join(folder, entry.name))) return false;
  rmdirSync(folder);
  return true;
}

/** Removes the folders of a deleted file that are empty now, up to but not including `root`. */
export function removeEmptyParents(file: string, root: string): void {
  for (let folder = dirname(file); folder.length > root.length; folder = dirname(folder)) {
    try {
      rmdirSync(folder);
    } catch {
      return; // Not empty, not ours to remove, or already gone.
    }
  }
}

/** The nearest thing on the way to `file` that is not a folder, where one stands in the way. */
export function findObstacle(file: string, root: string): string | undefined {
  for (let path = dirname(file); path.length > root.length; path = dirname(path)) {
    const stats = statPath(path);
    if (stats) return stats.isDirectory() ? undefined : path;
  }
  return undefined;
}
