/** The one place where object keys and their URL form are made. */
import type { ObjectKey } from './build.js';

/**
 * Makes an object key. S3 allows 1 to 1,024 bytes of UTF-8 (AWS, "Naming Amazon S3 objects").
 * Segments `.` and `..` are refused: SDKs and browsers would fold them away.
 */
export function objectKey(key: string): ObjectKey {
  const bad =
    key === '' ||
    key.startsWith('/') ||
    key.includes('\0') ||
    Buffer.byteLength(key) > 1024 ||
    key.split('/').some((segment) => segment === '.' || segment === '..');
  if (bad) throw new RangeError(`not an object key: ${JSON.stringify(key)}`);
  return key as ObjectKey;
}

/** Everything outside this set is percent-encoded, so that the result needs no escaping in HTML, CSS, JS, JSON or srcset. */
const plain = /[A-Za-z0-9._/-]/;

/** The path of a URL for a key: UTF-8, percent-encoded, no leading slash. */
export function urlPath(key: string): string {
  let path = '';
  for (const byte of Buffer.from(key)) {
    const character = String.fromCharCode(byte);
    path += byte < 0x80 && plain.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return path;
}
