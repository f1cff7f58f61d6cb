/** A bucket for bulk migrations: listed from anywhere on, copied between buckets, with everything that copies lose. */
import type { CopyObjectCommandInput, HeadObjectCommandOutput, PutObjectCommandInput } from '@aws-sdk/client-s3';
import type { ObjectKey } from '../build/build.js';
import { objectKey, urlPath } from '../build/keys.js';
import { PublishError } from '../errors.js';
import type { BulkReader, BulkWriter, Extras, HeldObject, SourceObject } from '../migrate/ports.js';
import { openBucket, type Bucket, type BucketSettings } from './bucket.js';
import type { S3Access } from './clients.js';
import { toPublishError } from './errors.js';
import { errorName, statusOf } from './failure.js';
import { bareEtag, headerInput, quotedEtag, storedObject } from './headers.js';
import { getObject } from './read.js';

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
    copy: (held, headers) => bucket.paced(() => copyBetween(bucket, from, held, headerInput(headers, undefined))),
    put: (key, bytes, headers, extras, identity) =>
      bucket.paced(() =>
        send(bucket, 's3:PutObject', key, async ({ client, sdk }) => {
          const input = headerInput(headers, identity);
          await client.send(
            new sdk.PutObjectCommand({
              Bucket: bucket.bucket,
              Key: bucket.fullKey(key),
              Body: bytes,
              ...input,
              ...extraInput(extras, input.Metadata),
            }),
            bucket.send,
          );
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

/** Through the SDK's client: bulk requests carry what the others do not know. */
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
  return send(bucket, 's3:GetObject', key, async ({ client, sdk }) => {
    try {
      const input = { Bucket: bucket.bucket, Key: bucket.fullKey(key) };
      return heldIn(key, await client.send(new sdk.HeadObjectCommand(input), bucket.send));
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw error;
    }
  });
}

function heldIn(key: ObjectKey, output: HeadObjectCommandOutput): HeldObject {
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

async function copyBetween(
  bucket: Bucket,
  from: Bucket,
  held: HeldObject,
  input: ReturnType<typeof headerInput>,
): Promise<void> {
  if (held.size > largestCopy)
    throw new PublishError('store-failed', `${held.key} is larger than the 5 GB that one copy can take`, {
      hint: 'Copy it with a tool that copies in parts, with the headers that the report names.',
    });
  await send(bucket, 's3:PutObject', held.key, async ({ client, sdk, endpoint }) => {
    const command: CopyObjectCommandInput = {
      Bucket: bucket.bucket,
      Key: bucket.fullKey(held.key),
      CopySource: `${from.bucket}/${urlPath(from.fullKey(held.key))}`,
      // Other servers than AWS compare with the ETag as they keep it, without quotes.
      CopySourceIfMatch: endpoint === undefined ? held.etag : bareEtag(held.etag),
      MetadataDirective: 'REPLACE',
      ...input,
      ...extraInput(held.extras, input.Metadata),
    };
    try {
      await client.send(new sdk.CopyObjectCommand(command), bucket.send);
    } catch (error) {
      if (statusOf(error) !== 412 && errorName(error) !== 'NoSuchKey') throw error;
      throw new PublishError('site-changed', `${held.key} in ${from.name} changed while it was being migrated`, {
        hint: 'Run the same command again.',
      });
    }
  });
}

type ExtraInput = Pick<PutObjectCommandInput, 'Metadata' | 'StorageClass' | 'WebsiteRedirectLocation'>;

/** What somebody else stored with the object stays; of ours, what this write says. */
function extraInput(extras: Extras, own: Record<string, string>): ExtraInput {
  const storageClass = extras.storageClass as ExtraInput['StorageClass'];
  return {
    Metadata: { ...extras.metadata, ...own },
    ...(storageClass === undefined ? {} : { StorageClass: storageClass }),
    ...(extras.websiteRedirect === undefined ? {} : { WebsiteRedirectLocation: extras.websiteRedirect }),
  };
}
