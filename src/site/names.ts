/** The one place where branded strings are made. */
import { hash } from 'node:crypto';
import type { Digest, LogicalPath } from './site.js';

/** Makes a logical path; refuses what could escape the site or is not a path at all. */
export function logicalPath(path: string): LogicalPath {
  const escapes = path.split('/').some((segment) => segment === '' || segment === '.' || segment === '..');
  if (escapes || path.includes('\0')) throw new RangeError(`not a logical path: ${JSON.stringify(path)}`);
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

/** Bytewise order of UTF-8, the order S3 lists keys in; the same on every machine and locale. */
export function compareBytewise(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
