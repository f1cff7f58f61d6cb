/** Lists a store folder in the order in which S3 lists a bucket. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { ObjectKey } from '../build/build.js';
import { hasErrnoCode } from '../errors.js';
import type { ListedObject } from '../release/ports.js';
import { compareBytewise } from '../site/names.js';
import { type DigestMemory, withBody } from './inspect.js';
import { isOwnKey } from './layout.js';

/** Files looked at before other work gets a turn. */
const filesPerTurn = 64;

/** Regular files whose key starts with `prefix`, in bytewise order. Holds the names of one folder per level. */
export async function* listFolder(
  directory: string,
  prefix: string,
  memory: DigestMemory,
): AsyncIterable<ListedObject> {
  const start = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  let looked = 0;
  // A stack of names still to come, one per level, instead of nested generators: those cost a promise per level and file.
  const levels: { readonly base: string; readonly names: readonly string[]; next: number }[] = [];
  if (isPlain(start)) levels.push({ base: start, names: readNames(directory, start, prefix), next: 0 });
  for (let level = levels.at(-1); level; level = levels.at(-1)) {
    const name = level.names[level.next++];
    if (name === undefined) {
      levels.pop();
      continue;
    }
    const path = level.base + name;
    if (name.endsWith('/')) {
      levels.push({ base: path, names: readNames(directory, path, prefix), next: 0 });
      continue;
    }
    if (++looked % filesPerTurn === 0) await setImmediate();
    const found = withBody(directory, path as ObjectKey, memory, ({ object: { key, size, etag } }) => ({
      key,
      size,
      etag,
    }));
    if (found) yield found;
  }
}

/** A folder is named with its slash, because that is how it stands in the order of keys. */
function readNames(directory: string, base: string, prefix: string): readonly string[] {
  let names: string[];
  try {
    names = readdirSync(join(directory, base), { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [`${entry.name}/`] : entry.isFile() ? [entry.name] : [],
    );
  } catch (error) {
    if (hasErrnoCode(error, 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG')) return [];
    throw error;
  }
  const wanted = names.filter((name) => {
    const path = base + name;
    if (isOwnKey(path)) return false;
    return path.startsWith(prefix) || (name.endsWith('/') && prefix.startsWith(path));
  });
  return wanted.sort(compareNames);
}

/** UTF-16 order is that of UTF-8 as long as there are no surrogates, and much faster to find. */
function compareNames(a: string, b: string): number {
  return /[\ud800-\udfff]/.test(a + b) ? compareBytewise(a, b) : a < b ? -1 : a > b ? 1 : 0;
}

/** A prefix that leads out of the folder, or twice into one, names no object. */
function isPlain(folder: string): boolean {
  return !folder.includes('\0') && !/(^|\/)\.{0,2}\//.test(folder);
}
