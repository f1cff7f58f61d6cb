/** `ObjectStore` over a folder: every object is a plain file at its key, so that any web server can serve the folder. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { ObjectKey } from '../build/build.js';
import { hasErrnoCode, PublishError } from '../errors.js';
import {
  ConditionFailed,
  type Condition,
  type CopyRequest,
  type ObjectStore,
  type PutRequest,
} from '../release/ports.js';
import { whenFilesAllow } from '../site/openFiles.js';
import {
  digestOfHandle,
  findObstacle,
  moveFile,
  readWhole,
  removeEmptyParents,
  removeFile,
  removeHollowFolder,
  statPath,
} from './files.js';
import { type HeadersEntry, readEntries, writeEntries } from './headersFile.js';
import { type DigestMemory, etagOf, withBody } from './inspect.js';
import { fileOf, headersFileOf, refuseKey } from './layout.js';
import { openLock } from './lock.js';
import { openDirectoryReader } from './reader.js';
import { storeError } from './storeError.js';
import { directBytes, openTemporaryFolder, type TemporaryBody } from './temporary.js';

/**
 * Opens a folder as a store; it is made by the first write. Body and headers change in one step: readers, and a restart
 * after `kill -9`, find the old object or the new one, complete. Any number of processes may write.
 *
 * Only what is written under a condition on an etag, and the records (`.twinorigin/*.json`), is forced to the disk
 * (fsync): they say which release is live. Forcing every object would cost a millisecond or more each; after a power
 * failure an object that did not reach the disk does not match its entry and counts as foreign, so it is never
 * mistaken for the published one.
 */
export function openDirectoryStore(directory: string): ObjectStore {
  const root = resolve(directory);
  const reader = openDirectoryReader(directory);
  const lock = openLock(root);
  const temporary = openTemporaryFolder(root, lock.prefix);
  const memory: DigestMemory = new Map();

  async function put({ key, body, headers, identity, condition }: PutRequest): Promise<{ readonly etag: string }> {
    return guarded(key, async () => {
      fileOf(root, key);
      // Looked at before the body is written, only to save the work; what counts is the look under the lock.
      if (condition) await whenFilesAllow(() => checkCondition(key, condition));
      const durable = isRecord(key) || (condition !== undefined && 'etag' in condition);
      const written = await temporary.write(body, durable);
      try {
        return await whenFilesAllow(() =>
          lock.hold(() => {
            if (condition) checkCondition(key, condition);
            return place(key, written, { headers, ...(identity && { identity }) }, durable);
          }),
        );
      } finally {
        removeFile(written.file);
      }
    });
  }

  async function copy({ from, to, headers, identity }: CopyRequest): Promise<{ readonly etag: string }> {
    const described = { headers, ...(identity && { identity }) };
    return guarded(to, async () => {
      fileOf(root, to);
      if (from === to) return whenFilesAllow(() => lock.hold(() => describeAnew(to, described)));
      const written = await writeCopy(from, isRecord(to));
      try {
        return await whenFilesAllow(() => lock.hold(() => place(to, written, described, isRecord(to))));
      } finally {
        removeFile(written.file);
      }
    });
  }

  async function writeCopy(from: ObjectKey, durable: boolean): Promise<TemporaryBody> {
    const small = await whenFilesAllow(() =>
      withBody(root, from, memory, ({ handle, object: { size } }) =>
        size <= directBytes ? { bytes: readWhole(handle, size) } : undefined,
      ),
    );
    if (small) return temporary.write(small, durable);
    const source = await reader.open(from);
    if (!source) throw sourceGone(from);
    try {
      return await temporary.write({ handle: source.file, size: source.object.size }, durable);
    } finally {
      await source.file.close();
    }
  }

  function checkCondition(key: ObjectKey, condition: Condition): void {
    const etag = withBody(root, key, memory, ({ object }) => object.etag);
    if ('absent' in condition ? etag !== null : etag !== condition.etag) throw new ConditionFailed(key);
  }

  /** Under the lock: headers first, holding both entries, then the body (see `HeadersFile`). */
  function place(key: ObjectKey, body: TemporaryBody, described: Described, durable: boolean): { etag: string } {
    const file = fileOf(root, key);
    makeRoom(root, key, file);
    const current = withBody(root, key, memory, ({ stamp, entry }) => entry && { ...entry, stamp });
    if (current === undefined || current === null) refuseTwin(root, key, file);
    const entry: HeadersEntry = { stamp: body.stamp, size: body.size, sha256: body.sha256, ...described };
    writeEntries(root, key, current ? [entry, current] : [entry], temporary.name(), durable);
    moveFile(body.file, file, durable);
    return { etag: etagOf(body.sha256) };
  }

  /** Under the lock: other headers for the body that is there. One rename, so nothing can tear. */
  function describeAnew(key: ObjectKey, described: Described): { etag: string } {
    const current = withBody(root, key, memory, ({ handle, stamp, entry, object }) => ({
      stamp,
      size: object.size,
      sha256: entry?.sha256 ?? digestOfHandle(handle),
    }));
    if (!current) throw sourceGone(key);
    writeEntries(root, key, [{ ...current, ...described }], temporary.name(), isRecord(key));
    return { etag: etagOf(current.sha256) };
  }

  function sourceGone(key: ObjectKey): PublishError {
    return new PublishError('store-failed', `${directory}: ${key} is not there to be copied.`, { file: key });
  }

  async function guarded<T>(key: ObjectKey, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw storeError(error, directory, key);
    }
  }

  return {
    name: reader.name,
    head: (key) => reader.head(key),
    get: (key) => reader.get(key),
    list: (prefix) => reader.list(prefix),
    put,
    copy,
    async delete(keys) {
      const failures: { key: ObjectKey; message: string }[] = [];
      const possible = existsSync(root) ? keys.filter((key) => refuseKey(key) === undefined) : [];
      const tryRemove = (key: ObjectKey): void => {
        try {
          remove(root, key);
        } catch (error) {
          failures.push({ key, message: storeError(error, directory, key).message });
        }
      };
      for (let next = 0; next < possible.length; next += deletesPerHold) {
        await lock.hold(() => {
          const some = possible.slice(next, next + deletesPerHold);
          some.forEach(tryRemove);
          // After a whole batch: to find out that a folder is not empty costs as much as a delete.
          const folders = new Set(some.map((key) => key.slice(0, key.lastIndexOf('/') + 1)));
          for (const folder of folders) removeEmptyParents(join(root, folder, 'x'), root);
        });
        await setImmediate();
      }
      return failures;
    },
  };
}

/** Enough to make the lock cheap, few enough not to keep others waiting. */
const deletesPerHold = 32;

type Described = Pick<HeadersEntry, 'headers' | 'identity'>;

/** Records are few, and what everything else is measured by. */
function isRecord(key: ObjectKey): boolean {
  return key.startsWith('.twinorigin/') && key.endsWith('.json');
}

/** The body first: headers without a body are no object, a body without headers would be one. */
function remove(root: string, key: ObjectKey): void {
  const file = fileOf(root, key);
  if (statPath(file)?.isDirectory() === true) return;
  removeFile(file);
  removeFile(headersFileOf(root, key));
}

/** Makes the folders of a file, and clears empty folders out of its place. */
function makeRoom(root: string, key: ObjectKey, file: string): void {
  const there = statPath(file);
  if (there?.isFile() === true) return;
  if (there?.isDirectory() === true && !removeHollowFolder(file))
    throw conflict(root, key, `${key}/ is a folder there`);
  if (there && !there.isDirectory())
    throw new PublishError('store-invalid', `${file} is not a regular file; it was left as it is.`, { file });
  try {
    mkdirSync(dirname(file), { recursive: true });
  } catch (error) {
    const obstacle = hasErrnoCode(error, 'EEXIST', 'ENOTDIR') ? findObstacle(file, root) : undefined;
    if (obstacle === undefined) throw error;
    throw conflict(root, key, `${obstacle} is a file`);
  }
}

/** On a disk that does not tell `A` from `a`, or two Unicode forms, the file that is there may be another key's. */
function refuseTwin(root: string, key: ObjectKey, file: string): void {
  if (!statPath(file)) return;
  const name = basename(file);
  const names = readdirSync(dirname(file));
  if (names.includes(name) || readEntries(root, key).length > 0) return;
  const twin = names.find((other) => foldName(other) === foldName(name));
  throw conflict(root, key, `the disk takes it for the same name as ${twin ?? 'a file that is there'}`);
}

function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

function conflict(root: string, key: ObjectKey, reason: string): PublishError {
  return new PublishError('key-conflict', `${root} cannot hold ${key}: ${reason}.`, {
    file: key,
    hint: 'Rename or remove one of the two; a bucket would hold both.',
  });
}
