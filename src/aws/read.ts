/** The reading requests: HEAD, GET, and a listing that never holds more than a page. */
import type { ObjectKey } from '../build/build.js';
import { objectKey } from '../build/keys.js';
import { PublishError } from '../errors.js';
import type { ListedObject, StoredObject } from '../release/ports.js';
import { compareBytewise } from '../site/names.js';
import { readBodyWithin } from './attempts.js';
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
  return bucket.run('s3:GetObject', key, async ({ client, sdk }) => {
    try {
      const input = { Bucket: bucket.bucket, Key: bucket.fullKey(key) };
      const output = await client.send(new sdk.HeadObjectCommand(input), bucket.send);
      return { object: storedObject(key, output, output.ContentLength ?? 0), write: writeIn(output) };
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
  return bucket.run('s3:GetObject', key, async ({ client, sdk }) => {
    const command = new sdk.GetObjectCommand({
      Bucket: bucket.bucket,
      Key: bucket.fullKey(key),
      ChecksumMode: 'ENABLED', // has the SDK check the SHA-256 that `put` stored, where the store kept it
    });
    const body = readBodyWithin(command);
    try {
      const output = await client.send(command, bucket.send);
      return { object: storedObject(key, output, body().length), bytes: body() };
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
    const page = await bucket.run('s3:ListBucket', prefix, ({ client, sdk }) =>
      client.send(
        new sdk.ListObjectsV2Command({
          Bucket: bucket.bucket,
          Prefix: start,
          EncodingType: 'url', // XML cannot carry every character that a key may have
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
        bucket.send,
      ),
    );
    const decode = page.EncodingType === 'url' ? decodeKey : (key: string): string => key;
    for (const entry of page.Contents ?? []) {
      if (entry.Key === undefined) continue;
      const full = decode(entry.Key);
      if (last !== '' && compareBytewise(full, last) <= 0) throw notMoving(bucket, full);
      last = full;
      const key = full.startsWith(start) ? keyIn(full.slice(bucket.prefix.length)) : undefined;
      if (key !== undefined) yield { key, size: entry.Size ?? 0, etag: quotedEtag(entry.ETag) };
    }
    const next = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    if (next !== undefined && next === token) throw notMoving(bucket, last);
    token = next;
  } while (token !== undefined);
}

function notMoving(bucket: Bucket, key: string): PublishError {
  return new PublishError('store-failed', `The listing of ${bucket.name} goes back or repeats itself at ${key}`, {
    hint: 'The server does not answer ListObjectsV2 as S3 does; use another store.',
  });
}

/** S3 writes a space as `+` here, and a plus sign as `%2B`. */
function decodeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    return encoded; // bytes that are no UTF-8: cannot be ours
  }
}

function keyIn(key: string): ObjectKey | undefined {
  try {
    return objectKey(key);
  } catch {
    return undefined;
  }
}
