/** A bucket as a store, and as a reader that has no way to write. */
import type { ObjectStore, StoreReader } from '../release/ports.js';
import { openBucket, type Bucket, type BucketSettings } from './bucket.js';
import { copyObject, deleteObjects } from './change.js';
import { openConditionalPut } from './conditions.js';
import { markWrite } from './ownWrite.js';
import { getObject, headObject, listObjects } from './read.js';
import { openUpload } from './upload.js';

/** The reading half, for planning: no writing request exists in it. */
export function openS3Reader(settings: BucketSettings): StoreReader {
  return readerOf(openBucket(settings));
}

/** A bucket, or a folder in one, on AWS or any S3-compatible server. */
export function openS3Store(settings: BucketSettings): Required<ObjectStore> {
  const bucket = openBucket(settings);
  const upload = openUpload(bucket);
  const conditional = openConditionalPut(bucket, upload);
  return {
    ...readerOf(bucket),
    put: (request) =>
      bucket.paced(() =>
        bucket.run('s3:PutObject', request.key, async () => {
          const sending = markWrite(request);
          const { etag } =
            request.condition === undefined
              ? await upload(sending, {})
              : await conditional.put(sending, request.condition);
          // Some servers give no ETag at the end of a multipart upload.
          return { etag: etag === '' ? ((await headObject(bucket, request.key))?.etag ?? '') : etag };
        }),
      ),
    copy: (request) => bucket.paced(() => copyObject(bucket, request)),
    delete: (keys) => deleteObjects(bucket, keys),
    capabilities: () => conditional.capabilities(),
  };
}

function readerOf(bucket: Bucket): StoreReader {
  return {
    name: bucket.name,
    head: (key) => bucket.paced(() => headObject(bucket, key)),
    get: (key) => bucket.paced(() => getObject(bucket, key)),
    list: (prefix) => listObjects(bucket, prefix),
  };
}
