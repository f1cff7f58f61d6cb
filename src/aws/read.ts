/** The reading requests: HEAD, GET, and a listing that never holds more than a page. */
import type { ObjectKey } from '../build/build.js';
import { objectKey } from '../build/keys.js';
import { PublishError } from '../errors.js';
import type { ListedObject, StoredObject } from '../release/ports.js';
import { compareBytewise } from '../site/names.js';
import type { Bucket } from './bucket.js';
import { errorName, statusOf } from './failure.js';
import { quotedEtag, storedObject, writeIn } from './headers.js';

/** Null where there is no such object. A missing bucket looks the same: HEAD answers without a body. */
export async function headObject(bucket: Bucket, key: ObjectKey): Promise<StoredObject | null> {
  return (await headWithWrite(bucket, key))?.object ?? null;
}

/** The same, with the id of the write that stored it (`ownWrite.ts`). */
export async function headWithWrite(
  bucket: Bucket,
  key: ObjectKey,
): Promise<{ readonly object: StoredObject; readonly write: string | undefined } | null> {
  return bucket.run('s3:GetObject', key, async (requests) => {
    try {
      const fields = await requests.head(bucket.bucket, bucket.fullKey(key));
      return { object: storedObject(key, fields, fields.ContentLength ?? 0), write: writeIn(fields) };
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw error;
    }
  });
}

export async function getObject(
  bucket: Bucket,
  key: ObjectKey,
): Promise<{ readonly object: StoredObject; readonly bytes: Buffer } | null> {
  return bucket.run('s3:GetObject', key, async (requests) => {
    try {
      const { fields, bytes } = await requests.get(bucket.bucket, bucket.fullKey(key));
      return { object: storedObject(key, fields, bytes.length), bytes };
    } catch (error) {
      if (statusOf(error) === 404 && errorName(error) !== 'NoSuchBucket') return null;
      throw error;
    }
  });
}

/**
 * Every object whose key starts with `prefix`, in bytewise order.
 * Keys that cannot be ours (a leading slash, `..`) are left out.
 * @throws PublishError `store-failed` when the server's pages do not move on: it would never end.
 */
export async function* listObjects(bucket: Bucket, prefix: string): AsyncGenerator<ListedObject> {
  const start = bucket.prefix + prefix;
  let token: string | undefined;
  let last = '';
  do {
    const { entries, next } = await bucket.run('s3:ListBucket', prefix, (requests) =>
      requests.list(bucket.bucket, start, token),
    );
    for (const { key: full, size, etag } of entries) {
      if (last !== '' && compareBytewise(full, last) <= 0) throw notMoving(bucket, full);
      last = full;
      const key = full.startsWith(start) ? keyIn(full.slice(bucket.prefix.length)) : undefined;
      if (key !== undefined) yield { key, size, etag: quotedEtag(etag) };
    }
    if (next !== undefined && next === token) throw notMoving(bucket, last);
    token = next;
  } while (token !== undefined);
}

function notMoving(bucket: Bucket, key: string): PublishError {
  return new PublishError('store-failed', `The listing of ${bucket.name} goes back or repeats itself at ${key}`, {
    hint: 'The server does not answer ListObjectsV2 as S3 does; use another store.',
  });
}

function keyIn(key: string): ObjectKey | undefined {
  try {
    return objectKey(key);
  } catch {
    return undefined;
  }
}
