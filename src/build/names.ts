/** Names of objects. */
import { posix } from 'node:path';
import type { LogicalPath } from '../site/site.js';
import type { ObjectKey } from './build.js';
import { objectKey } from './keys.js';

/** Hex digits of the digest in a name: 64 bits, and the record holds all 256. */
const digestDigits = 16;

/**
 * `dir/name.<digest>.ext`, in characters that no URL, tool or invalidation treats specially.
 * @param digits more than the usual where two contents share the first ones.
 */
export function fingerprintedKey(path: LogicalPath, digest: string, digits = digestDigits): ObjectKey {
  const { dir, name, ext } = posix.parse(path.replace(/[^A-Za-z0-9._/-]+/g, '-'));
  return objectKey(posix.join(dir, `${name.slice(0, 150)}.${digest.slice(0, digits)}${ext}`));
}

/** The object key of a file at its own path. */
export function ownKey(path: LogicalPath): ObjectKey {
  return objectKey(path);
}
