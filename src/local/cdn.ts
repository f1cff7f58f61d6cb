/** The CDN port of a store folder: invalidations are files that a running edge, in whatever process, finds. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { hasErrnoCode, PublishError } from '../errors.js';
import type { Cdn } from '../release/ports.js';
import { removeFile } from './files.js';
import { nameHolder, newHolder } from './holder.js';
import { ownFolder, temporaryFolderOf } from './layout.js';
import { storeError } from './storeError.js';

/** Once there are more files than `most`, the oldest go until `fewest` are left. */
const most = 400;
const fewest = 200;
/** Its content changes whenever invalidations were removed: an edge that missed some forgets everything. */
export const trimmedName = 'trimmed';

export interface InvalidationFile {
  readonly version: 1;
  readonly reference: string;
  readonly paths: readonly string[];
}

/** Where the invalidations of a store folder are. */
export function invalidationsFolderOf(directory: string): string {
  return join(resolve(directory), ownFolder, 'invalidations');
}

/**
 * Opens the CDN of a store folder (the same folder that `openDirectoryStore` takes). An invalidation counts as completed
 * at once: an edge looks for new ones before it answers any request.
 */
export function openLocalCdn(directory: string): Cdn {
  const folder = invalidationsFolderOf(directory);
  const me = nameHolder(newHolder());
  let count = 0;
  return {
    name: `local edge of ${directory}`,
    async invalidate(paths, reference) {
      await Promise.resolve();
      const id = `I${createHash('sha256').update(reference).digest('hex').slice(0, 13).toUpperCase()}`;
      const file: InvalidationFile = { version: 1, reference, paths: [...paths] };
      try {
        const temporary = join(temporaryFolderOf(resolve(directory)), `${me}.i${count++}`);
        if (!createFile(join(folder, `${id}.json`), JSON.stringify(file), temporary))
          refuseOtherPaths(folder, id, paths);
        trim(folder, temporary);
      } catch (error) {
        throw storeError(error, directory, 'invalidation');
      }
      return { id, completed: true };
    },
    invalidation: (id) => Promise.resolve({ id, completed: true }),
  };
}

/** Creates a file with its whole content; false when there is one. */
function createFile(file: string, content: string, temporary: string): boolean {
  mkdirSync(join(file, '..'), { recursive: true });
  mkdirSync(join(temporary, '..'), { recursive: true });
  writeFileSync(temporary, content);
  try {
    linkSync(temporary, file);
    return true;
  } catch (error) {
    if (hasErrnoCode(error, 'EEXIST')) return false;
    if (!hasErrnoCode(error, 'EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP')) throw error;
    if (existsSync(file)) return false; // No hard links here; two creators would write the same.
    renameSync(temporary, file);
    return true;
  } finally {
    removeFile(temporary);
  }
}

function refuseOtherPaths(folder: string, id: string, paths: readonly string[]): void {
  const known = readInvalidation(join(folder, `${id}.json`));
  if (known && JSON.stringify(known.paths) !== JSON.stringify(paths))
    throw new PublishError('store-failed', `The invalidation ${known.reference} was made before, with other paths.`);
}

/** Undefined when there is none or it is damaged. */
export function readInvalidation(file: string): InvalidationFile | undefined {
  try {
    const content = JSON.parse(readFileSync(file, 'utf8')) as Partial<InvalidationFile>;
    return Array.isArray(content.paths) ? (content as InvalidationFile) : undefined;
  } catch {
    return undefined;
  }
}

function trim(folder: string, temporary: string): void {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  if (names.length <= most) return;
  const age = (name: string): number => lstatSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const oldest = names
    .map((name) => ({ name, time: age(name) }))
    .sort((a, b) => a.time - b.time)
    .slice(0, names.length - fewest);
  writeFileSync(temporary, temporary);
  renameSync(temporary, join(folder, trimmedName)); // Before anything is gone.
  for (const { name } of oldest) removeFile(join(folder, name));
}
