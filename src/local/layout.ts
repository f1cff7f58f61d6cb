/** Where things lie in a store folder. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ObjectKey } from '../build/build.js';
import { PublishError } from '../errors.js';
import { statPath } from './files.js';

/**
 * Folder inside the store folder for what a file system cannot keep with a file: headers, the lock, unfinished bodies.
 * It lies inside because a rename must not cross file systems. No object can have a key in it.
 */
export const ownFolder = '.twinorigin-headers';

/** ext4, XFS, APFS and NTFS hold names of up to 255 (bytes, or UTF-16 units on the last two). */
const longestName = 255;
/** Characters that NTFS does not hold in a name, and `\`, which is a separator there. */
const refusedOnWindows = /[<>:"|?*\\\u0001-\u001f]|[. ]$/;

/** True for keys that name files of the store itself; compared without case because some disks do. */
export function isOwnKey(key: string): boolean {
  return key.split('/', 1)[0]?.toLowerCase() === ownFolder;
}

/** Why a key cannot be a file name; undefined when it can. */
export function refuseKey(key: string, platform: NodeJS.Platform = process.platform): string | undefined {
  if (isOwnKey(key)) return `${ownFolder}/ belongs to the store`;
  if (/\p{Surrogate}/u.test(key)) return 'it is not valid Unicode';
  for (const segment of key.split('/')) {
    if (segment === '') return 'a file system has no names of zero length';
    if (segment === '.' || segment === '..' || segment.includes('\0')) return 'it would leave the folder';
    if (Buffer.byteLength(segment) > longestName) return `a file name holds ${longestName} bytes at most`;
    if (platform === 'win32' && refusedOnWindows.test(segment)) return 'Windows does not hold such a name';
  }
  return undefined;
}

/**
 * The file of a key. Folders that are symbolic links are refused: they could lead out of the store.
 * @throws PublishError `store-failed` for keys that no file can have
 */
export function fileOf(directory: string, key: ObjectKey): string {
  const refusal = refuseKey(key);
  if (refusal !== undefined)
    throw new PublishError('store-failed', `${directory} cannot hold the key ${JSON.stringify(key)}: ${refusal}.`, {
      file: key,
      hint: 'Rename the file, or publish to a bucket.',
    });
  const names = key.split('/');
  let folder = directory;
  for (const name of names.slice(0, -1)) {
    folder = join(folder, name);
    if (statPath(folder)?.isSymbolicLink() === true)
      throw new PublishError('store-invalid', `${folder} is a symbolic link; the store does not follow it.`, {
        file: folder,
        hint: 'Replace the link by a folder.',
      });
  }
  return join(directory, ...names);
}

/**
 * The file that holds the headers of a key. Named by digest, not by key: so it cannot collide where `a` was a file and
 * becomes a folder, case twins stay apart on every disk, and a name of 255 bytes has room for the suffix.
 */
export function headersFileOf(directory: string, key: ObjectKey): string {
  const name = createHash('sha256').update(key).digest('hex').slice(0, 40);
  return join(directory, ownFolder, 'objects', name.slice(0, 2), `${name.slice(2)}.json`);
}

export function temporaryFolderOf(directory: string): string {
  return join(directory, ownFolder, 'temporary');
}

export function lockFileOf(directory: string): string {
  return join(directory, ownFolder, 'lock');
}
