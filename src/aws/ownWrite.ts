/** Finding out what became of a write whose answer was lost. */
import { randomUUID } from 'node:crypto';
import type { PutRequest } from '../release/ports.js';
import type { Bucket } from './bucket.js';
import { headWithWrite } from './read.js';

/** A put as it is sent. */
export interface Sending extends PutRequest {
  /** Stored with objects that have no identity, to tell this write from another of the same bytes. */
  readonly write?: string;
}

export function markWrite(request: PutRequest): Sending {
  return request.identity === undefined ? { ...request, write: randomUUID() } : request;
}

/**
 * After an answer was lost, the retry is refused although the first try was stored. What is there now tells: it is
 * ours when it has the identity and size that we sent. Without an identity only the id of the write tells: somebody
 * else can have written the very same bytes, and then that write has won and ours has not.
 */
export async function findOwnWrite(
  bucket: Bucket,
  { body, identity, key, write }: Sending,
): Promise<{ etag: string } | undefined> {
  const size = 'bytes' in body ? body.bytes.length : body.size;
  const current = await headWithWrite(bucket, key);
  if (current?.object.size !== size) return undefined;
  const { object } = current;
  const isOwn =
    identity === undefined
      ? write !== undefined && current.write === write
      : object.identity?.digest === identity.digest && object.identity.recipe === identity.recipe;
  return isOwn ? { etag: object.etag } : undefined;
}
