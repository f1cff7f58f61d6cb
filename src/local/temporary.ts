/** Bodies on their way into the store. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, lstatSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Body } from '../build/build.js';
import { hasErrnoCode, PublishError } from '../errors.js';
import { digestOf } from '../site/names.js';
import { whenFilesAllow } from '../site/openFiles.js';
import type { Digest } from '../site/site.js';
import { removeFile, writeAll } from './files.js';
import { stampOf } from './headersFile.js';
import { isAlive, parseHolder } from './holder.js';
import { temporaryFolderOf } from './layout.js';

/** A finished body that only has to be renamed. */
export interface TemporaryBody {
  readonly file: string;
  readonly stamp: string;
  readonly size: number;
  readonly sha256: Digest;
}

export interface TemporaryFolder {
  /** A name in the folder that was never used. */
  name(): string;
  /** Writes a body. `durable`: it is on the disk, not only in its cache, before this ends. */
  write(body: Body | { readonly handle: FileHandle; readonly size: number }, durable: boolean): Promise<TemporaryBody>;
}

/** Bodies up to this size are written in one go: for small files the thread pool costs more than the work. */
export const directBytes = 256 * 1024;
const chunkBytes = 1024 * 1024;
const strayMilliseconds = 24 * 60 * 60 * 1000;

/** Opens the folder for unfinished bodies. `prefix` names this process; what dead ones left is removed. */
export function openTemporaryFolder(directory: string, prefix: string): TemporaryFolder {
  const folder = temporaryFolderOf(directory);
  let count = 0;
  let ready = false;
  const name = (): string => {
    if (!ready) {
      mkdirSync(folder, { recursive: true });
      removeStrays(folder);
      ready = true;
    }
    return join(folder, `${prefix}.${(count++).toString(36)}`);
  };
  return {
    name,
    write: (body, durable) =>
      whenFilesAllow(async () => {
        const file = name();
        try {
          if ('bytes' in body && body.bytes.length <= directBytes) return writeDirect(file, body.bytes, durable);
          return await writeStreamed(file, body, durable);
        } catch (error) {
          removeFile(file);
          if (hasErrnoCode(error, 'ENOENT')) ready = false; // Somebody removed the folder; the next try makes it again.
          throw error;
        }
      }),
  };
}

function writeDirect(file: string, bytes: Buffer, durable: boolean): TemporaryBody {
  const handle = openSync(file, 'wx');
  try {
    writeAll(handle, bytes);
    if (durable) fsyncSync(handle);
    const stats = fstatSync(handle, { bigint: true });
    return { file, stamp: stampOf(stats), size: bytes.length, sha256: digestOf(bytes) };
  } finally {
    closeSync(handle);
  }
}

type Source = Body | { readonly handle: FileHandle; readonly size: number };

async function writeStreamed(file: string, source: Source, durable: boolean): Promise<TemporaryBody> {
  const output = await open(file, 'wx');
  try {
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of readSource(source)) {
      hash.update(chunk);
      await output.writeFile(chunk); // At the current position.
      size += chunk.length;
    }
    if ('size' in source && size !== source.size)
      throw new PublishError('site-changed', `The body is ${size} bytes long, not ${source.size}.`, {
        ...('file' in source ? { file: source.file } : {}),
      });
    const sha256 = hash.digest('hex') as Digest;
    if ('file' in source && source.digest !== undefined && sha256 !== source.digest)
      throw new PublishError('site-changed', 'The file changed after it was read first.', { file: source.file });
    if (durable) await output.sync();
    const stats = await output.stat({ bigint: true });
    return { file, stamp: stampOf(stats), size, sha256 };
  } finally {
    await output.close();
  }
}

async function* readSource(source: Source): AsyncIterable<Buffer> {
  if ('bytes' in source) {
    for (let start = 0; start < source.bytes.length; start += chunkBytes)
      yield source.bytes.subarray(start, start + chunkBytes);
    return;
  }
  const handle = 'handle' in source ? source.handle : await openSource(source.file);
  try {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    for (let position = 0; ;) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    if (!('handle' in source)) await handle.close();
  }
}

async function openSource(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if (!hasErrnoCode(error, 'ENOENT')) throw error;
    throw new PublishError('site-changed', `${file} is gone.`, { file, cause: error });
  }
}

/** Removes what processes left that no longer live (on other machines: what is a day old). */
function removeStrays(folder: string): void {
  for (const name of readdirSync(folder)) {
    const holder = parseHolder(name);
    if (!holder) continue;
    const alive = isAlive(holder);
    if (alive === true) continue;
    const file = join(folder, name);
    const age = Date.now() - (lstatSync(file, { throwIfNoEntry: false })?.ctimeMs ?? 0);
    if (alive === false || age > strayMilliseconds) removeFile(file);
  }
}
