/** The reading half of a store folder. */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ObjectKey } from '../build/build.js';
import { hasErrnoCode } from '../errors.js';
import type { StoredObject, StoreReader } from '../release/ports.js';
import { whenFilesAllow } from '../site/openFiles.js';
import { readWhole } from './files.js';
import { type DigestMemory, type OpenBody, withBody } from './inspect.js';
import { fileOf } from './layout.js';
import { listFolder } from './list.js';
import { storeError } from './storeError.js';

/** A reader that can also hand out a body piece by piece. */
export interface DirectoryReader extends StoreReader {
  /** The object with an open file of exactly its bytes, to be closed by the caller. Null when there is none. */
  open(key: ObjectKey): Promise<{ readonly object: StoredObject; readonly file: FileHandle } | null>;
}

/** Opens a store folder for reading only. The folder need not exist: then it is an empty store. */
export function openDirectoryReader(directory: string): DirectoryReader {
  const root = resolve(directory);
  const memory: DigestMemory = new Map();
  const look = async <T>(key: ObjectKey, work: (body: OpenBody) => T): Promise<T | null> => {
    try {
      return await whenFilesAllow(() => withBody(root, key, memory, work));
    } catch (error) {
      throw storeError(error, root, key);
    }
  };
  const reader: DirectoryReader = {
    name: directory,
    head: (key) => look(key, ({ object }) => object),
    get: (key) => look(key, ({ object, handle }) => ({ object, bytes: readWhole(handle, object.size) })),
    async open(key) {
      for (;;) {
        let file: FileHandle | undefined;
        try {
          const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
          file = await whenFilesAllow(() => open(fileOf(root, key), flags));
          const { ino, mtimeNs, size } = await file.stat({ bigint: true });
          const object = await look(key, ({ object, stamp }) =>
            stamp === `${ino}-${mtimeNs}-${size}` ? object : undefined,
          );
          if (object) return { object, file };
          await file.close(); // Replaced in between: once more.
          if (object === null) return null;
        } catch (error) {
          await file?.close();
          if (hasErrnoCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR')) return null;
          throw storeError(error, root, key);
        }
      }
    },
    list: (prefix) => listFolder(root, prefix, memory),
  };
  return reader;
}
