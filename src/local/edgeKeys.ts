/** The key-value store of the local edge: one file in the store folder of the pages. */
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { EdgeKeys } from '../edge/event.js';
import { hasErrnoCode, PublishError } from '../errors.js';
import { EdgeChanged, type EdgeReader, type EdgeState, type EdgeStore } from '../release/ports.js';
import { digestOf } from '../site/names.js';
import { removeFile } from './files.js';
import { ownFolder, temporaryFolderOf } from './layout.js';
import { openLock } from './lock.js';
import { storeError } from './storeError.js';

interface KeysFile {
  readonly version: 1;
  readonly entries: Readonly<Record<string, string>>;
}

const nothing: EdgeState = { entries: new Map(), version: 'none' };

export function openLocalEdgeReader(directory: string): EdgeReader {
  const file = fileOf(directory);
  return { name: `local edge of ${directory}`, read: () => Promise.resolve(readState(file)) };
}

/** A rename puts a new file in place: readers find the old entries or the new ones, all of them. */
export function openLocalEdgeStore(directory: string): EdgeStore {
  const root = resolve(directory);
  const file = fileOf(directory);
  const lock = openLock(root);
  const reader = openLocalEdgeReader(directory);
  let count = 0;
  return {
    ...reader,
    async write({ put, remove }, version) {
      const temporary = join(temporaryFolderOf(root), `${lock.prefix}.e${count++}`);
      try {
        await lock.hold(() => {
          const state = readState(file);
          if (state.version !== version) throw new EdgeChanged(reader.name);
          const entries = new Map([...state.entries, ...put]);
          for (const key of remove) entries.delete(key);
          const content: KeysFile = { version: 1, entries: Object.fromEntries([...entries].sort()) };
          mkdirSync(dirname(file), { recursive: true });
          mkdirSync(dirname(temporary), { recursive: true });
          writeFileSync(temporary, JSON.stringify(content));
          renameSync(temporary, file);
        });
      } catch (error) {
        removeFile(temporary);
        throw error instanceof EdgeChanged || error instanceof PublishError ? error : storeError(error, root, file);
      }
    },
  };
}

/** The same entries as the functions of the edge see them; looks at the file's stamp before each answer. */
export function openEdgeKeys(directory: string): EdgeKeys {
  const file = fileOf(directory);
  let stamp = '';
  let entries: ReadonlyMap<string, string> = nothing.entries;
  return {
    get(key) {
      const now = stampOf(file);
      if (now !== stamp) {
        entries = readState(file).entries;
        stamp = now;
      }
      const value = entries.get(key);
      return value === undefined ? Promise.reject(new Error(`there is no key ${key}`)) : Promise.resolve(value);
    },
  };
}

function fileOf(directory: string): string {
  return join(resolve(directory), ownFolder, 'edge.json');
}

function stampOf(file: string): string {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.ino}-${stats.mtimeNs}-${stats.size}`;
}

function readState(file: string): EdgeState {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (hasErrnoCode(error, 'ENOENT', 'ENOTDIR')) return nothing;
    throw error;
  }
  try {
    const content = JSON.parse(text) as Partial<KeysFile>;
    return { entries: new Map(Object.entries(content.entries ?? {})), version: digestOf(text) };
  } catch (cause) {
    throw new PublishError('store-invalid', `${file} is damaged`, { file, cause });
  }
}
