/** The one place where branded strings are made. */
import { hash } from 'node:crypto';
import type { Digest, LogicalPath } from './site.js';

/** Makes a logical path; refuses what could escape the site or is not a path at all. */
export function logicalPath(path: string): LogicalPath {
  // A segment that is empty, `.` or `..`.
  if (/(?:^|\/)\.{0,2}(?:\/|$)/.test(path) || path.includes('\0'))
    throw new RangeError(`not a logical path: ${JSON.stringify(path)}`);
  return path as LogicalPath;
}

/** SHA-256 of bytes. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return hash('sha256', bytes) as Digest;
}

/** Accepts a digest read from outside. */
export function parseDigest(text: string): Digest {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new RangeError(`not a SHA-256 digest: ${JSON.stringify(text)}`);
  return text as Digest;
}

const aboveSurrogates = /[\ud800-\uffff]/;

/** Bytewise order of UTF-8, the order S3 lists keys in; the same on every machine and locale. */
export function compareBytewise(a: string, b: string): number {
  // Code units are in the same order, but for surrogates beside the characters above them.
  if (!aboveSurrogates.test(a) || !aboveSurrogates.test(b)) return a < b ? -1 : a > b ? 1 : 0;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
