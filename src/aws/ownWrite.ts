/** Finding out what became of a write whose answer was lost. */
import type { PutRequest } from '../release/ports.js';
import type { Bucket } from './bucket.js';
import { getObject, headObject } from './read.js';

/**
 * After an answer was lost, the retry is refused although the first try was stored. What is there now tells:
 * it is ours when it has the identity and size that we sent, or byte for byte the same content.
 */
export async function findOwnWrite(bucket: Bucket, request: PutRequest): Promise<{ etag: string } | undefined> {
  const { body, identity, key } = request;
  const size = 'bytes' in body ? body.bytes.length : body.size;
  const current = await headObject(bucket, key);
  if (current?.size !== size) return undefined;
  if (identity !== undefined) {
    const same = current.identity?.digest === identity.digest && current.identity.recipe === identity.recipe;
    return same ? { etag: current.etag } : undefined;
  }
  if (!('bytes' in body)) return undefined;
  const stored = await getObject(bucket, key);
  return stored?.bytes.equals(body.bytes) === true ? { etag: stored.object.etag } : undefined;
}
