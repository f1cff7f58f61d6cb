/** A bucket for bulk migrations: listed from anywhere on, copied between buckets, with everything that copies lose. */
import type { ObjectHeaders, ObjectKey } from '../build/build.js';
import { objectKey, urlPath } from '../build/keys.js';
import { PublishError } from '../errors.js';
import type { BulkReader, BulkWriter, Extras, HeldObject, SourceObject } from '../migrate/ports.js';
import type { ObjectIdentity } from '../release/ports.js';
import { openBucket, type Bucket, type BucketSettings } from './bucket.js';
import type { S3Access } from './clients.js';
import { toPublishError } from './errors.js';
import { errorName, statusOf } from './failure.js';
import { bareEtag, headerInput, quotedEtag, storedObject, type HeaderInput } from './headers.js';
import { getObject } from './read.js';
import type { ObjectFields } from './requests.js';

/** "Up to 5 GB in size in a single atomic action" (API Reference, CopyObject). */
const largestCopy = 5 * 1024 ** 3;

/** The reading half: no writing request exists in it. */
export function openBulkReader(settings: BucketSettings): BulkReader {
  return readerOf(openBucket(settings));
}

export function openBulkWriter(settings: BucketSettings, source: BucketSettings): BulkWriter {
  const bucket = openBucket(settings);
  const from = openBucket(source);
  return {
    ...readerOf(bucket),
    copy: (held, headers) => bucket.paced(() => copyBetween(bucket, from, held, bulkInput(headers, held.extras))),
    put: (key, bytes, headers, extras, identity) =>
      bucket.paced(() =>
        bucket.run('s3:PutObject', key, async (requests) => {
          const input = bulkInput(headers, extras, identity);
          await requests.put({
            bucket: bucket.bucket,
            key: bucket.fullKey(key),
            bytes,
            headers: input,
            condition: {},
          });
        }),
      ),
  };
}

function readerOf(bucket: Bucket): BulkReader {
  return {
    name: bucket.name,
    list: (after) => listAfter(bucket, after),
    head: (key) => bucket.paced(() => headHeld(bucket, key)),
    read: (key) => bucket.paced(() => readWhole(bucket, key)),
  };
}

async function* listAfter(bucket: Bucket, after: string): AsyncGenerator<SourceObject> {
  let token: string | undefined;
  do {
    const page = await send(bucket, 's3:ListBucket', '', ({ client, sdk }) =>
      client.send(
        new sdk.ListObjectsV2Command({
          Bucket: bucket.bucket,
          Prefix: bucket.prefix,
          EncodingType: 'url', // XML cannot carry every character that a key may have
          ...(after === '' ? {} : { StartAfter: bucket.prefix + after }),
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
        bucket.send,
      ),
    );
    const isEncoded = page.EncodingType === 'url';
    for (const { Key = '', Size = 0, ETag } of page.Contents ?? []) {
      const key = keyIn(bucket, isEncoded ? decodeURIComponent(Key.replaceAll('+', ' ')) : Key);
      if (key !== undefined) yield { key, size: Size, etag: quotedEtag(ETag) };
    }
    const next = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    if (next !== undefined && next === token)
      throw new PublishError('store-failed', `The listing of ${bucket.name} repeats itself`);
    token = next;
  } while (token !== undefined);
}

/** Keys that no web site can have (a leading slash, `..`) are left out. */
function keyIn(bucket: Bucket, full: string): ObjectKey | undefined {
  try {
    return objectKey(full.slice(bucket.prefix.length));
  } catch {
    return undefined;
  }
}

/** Through the SDK's client: listings that begin anywhere are the matter of migrations alone. */
async function send<T>(
  bucket: Bucket,
  action: string,
  key: string,
  request: (access: S3Access) => Promise<T>,
): Promise<T> {
  const access = await bucket.access();
  try {
    return await request(access);
  } catch (error) {
    throw toPublishError(error, { action, resource: `${bucket.name}/${key}`, endpoint: access.endpoint });
  }
}

async function headHeld(bucket: Bucket, key: ObjectKey): Promise<HeldObject | null> {
  return bucket.run('s3:GetObject', key, async (requests) => {
    try {
      return heldIn(key, await requests.head(bucket.bucket, bucket.fullKey(key)));
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw error;
    }
  });
}

function heldIn(key: ObjectKey, output: ObjectFields): HeldObject {
  const { size, etag, headers } = storedObject(key, output, output.ContentLength ?? 0);
  return {
    key,
    size,
    etag,
    headers,
    extras: {
      metadata: output.Metadata ?? {},
      ...(output.StorageClass === undefined ? {} : { storageClass: output.StorageClass }),
      ...(output.WebsiteRedirectLocation === undefined ? {} : { websiteRedirect: output.WebsiteRedirectLocation }),
    },
  };
}

async function readWhole(bucket: Bucket, key: ObjectKey): Promise<Buffer | null> {
  return (await getObject(bucket, key))?.bytes ?? null;
}

async function copyBetween(bucket: Bucket, from: Bucket, held: HeldObject, input: HeaderInput): Promise<void> {
  if (held.size > largestCopy)
    throw new PublishError('store-failed', `${held.key} is larger than the 5 GB that one copy can take`, {
      hint: 'Copy it with a tool that copies in parts, with the headers that the report names.',
    });
  // Other servers than AWS compare with the ETag as they keep it, without quotes.
  const ifMatch = (await bucket.endpoint()) === undefined ? held.etag : bareEtag(held.etag);
  const source = `${from.bucket}/${urlPath(from.fullKey(held.key))}`;
  await bucket.run('s3:PutObject', held.key, async (requests) => {
    try {
      await requests.copy(bucket.bucket, source, bucket.fullKey(held.key), input, ifMatch);
    } catch (error) {
      if (statusOf(error) !== 412 && errorName(error) !== 'NoSuchKey') throw error;
      throw new PublishError('site-changed', `${held.key} in ${from.name} changed while it was being migrated`, {
        hint: 'Run the same command again.',
      });
    }
  });
}

/** What somebody else stored with the object stays; of ours, what this write says. */
export function bulkInput(headers: ObjectHeaders, extras: Extras, identity?: ObjectIdentity): HeaderInput {
  const input = headerInput(headers, identity);
  const { storageClass, websiteRedirect } = extras;
  return {
    ...input,
    Metadata: { ...extras.metadata, ...input.Metadata },
    ...(storageClass === undefined ? {} : { StorageClass: storageClass as NonNullable<HeaderInput['StorageClass']> }),
    ...(websiteRedirect === undefined ? {} : { WebsiteRedirectLocation: websiteRedirect }),
  };
}
