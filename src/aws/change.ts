/** Copying inside a bucket, and deleting in batches. */
import pLimit from 'p-limit';
import type { ObjectKey } from '../build/build.js';
import { urlPath } from '../build/keys.js';
import { PublishError } from '../errors.js';
import type { CopyRequest } from '../release/ports.js';
import type { Bucket } from './bucket.js';
import { errorName } from './failure.js';
import { headerInput, quotedEtag } from './headers.js';
import { maskSecrets } from './mask.js';

interface DeleteFailure {
  readonly key: ObjectKey;
  readonly message: string;
}

/** "up to 1,000 keys" (Amazon S3 API Reference, DeleteObjects). */
const deleteBatch = 1000;
/** Answers that a second request may change. */
const passing = new Set(['InternalError', 'SlowDown', 'ServiceUnavailable', 'OperationAborted']);

/** Server-side, with the complete header set: REPLACE inherits nothing. Up to 5 GB (API Reference, CopyObject). */
export async function copyObject(bucket: Bucket, request: CopyRequest): Promise<{ readonly etag: string }> {
  return bucket.run('s3:PutObject', request.to, async (requests) => {
    const source = `${bucket.bucket}/${urlPath(bucket.fullKey(request.from))}`;
    const headers = headerInput(request.headers, request.identity);
    try {
      return { etag: quotedEtag(await requests.copy(bucket.bucket, source, bucket.fullKey(request.to), headers)) };
    } catch (error) {
      if (errorName(error) !== 'NoSuchKey') throw error;
      throw new PublishError(
        'store-failed',
        `${request.from} in ${bucket.name} is gone, it cannot be copied to ${request.to}`,
      );
    }
  });
}

/** Deletes keys; what could not be deleted is returned with the server's reason. */
export async function deleteObjects(bucket: Bucket, keys: readonly ObjectKey[]): Promise<readonly DeleteFailure[]> {
  const [only] = keys;
  if (only !== undefined && keys.length === 1) return deleteAlone(bucket, only);
  const batches: ObjectKey[][] = [];
  const single: ObjectKey[] = [];
  for (const key of keys) {
    if (!fitsXml(key)) single.push(key);
    else if (batches.at(-1) === undefined || batches.at(-1)?.length === deleteBatch) batches.push([key]);
    else batches.at(-1)?.push(key);
  }
  const limit = pLimit(4);
  const failures = await Promise.all([
    ...batches.map((batch) => limit(() => deleteInOne(bucket, batch, 1))),
    ...single.map((key) => limit(() => deleteAlone(bucket, key))),
  ]);
  return failures.flat();
}

async function deleteInOne(
  bucket: Bucket,
  keys: readonly ObjectKey[],
  attempt: number,
): Promise<readonly DeleteFailure[]> {
  const output = await bucket.run('s3:DeleteObject', `{${keys.length} keys}`, async () => {
    const { client, sdk } = await bucket.access();
    const Delete = { Objects: keys.map((key) => ({ Key: bucket.fullKey(key) })), Quiet: true };
    return client.send(new sdk.DeleteObjectsCommand({ Bucket: bucket.bucket, Delete }), bucket.send);
  });
  const again: ObjectKey[] = [];
  const failures: DeleteFailure[] = [];
  const known = new Map(keys.map((key) => [bucket.fullKey(key), key]));
  for (const error of output.Errors ?? []) {
    const key = known.get(error.Key ?? '');
    if (key === undefined || error.Code === 'NoSuchKey') continue;
    if (attempt < 3 && passing.has(error.Code ?? '')) again.push(key);
    else {
      // The answer to a batch does not say which permission it was.
      const what = error.Code === 'AccessDenied' ? 'AccessDenied to s3:DeleteObject' : (error.Code ?? 'Error');
      failures.push({ key, message: maskSecrets(`${what}: ${error.Message ?? 'no reason given'}`) });
    }
  }
  return again.length === 0 ? failures : [...failures, ...(await deleteInOne(bucket, again, attempt + 1))];
}

async function deleteAlone(bucket: Bucket, key: ObjectKey): Promise<readonly DeleteFailure[]> {
  try {
    await bucket.run('s3:DeleteObject', key, (requests) => requests.delete(bucket.bucket, bucket.fullKey(key)));
    return [];
  } catch (error) {
    return [{ key, message: error instanceof Error ? error.message : String(error) }];
  }
}

/** XML 1.0, section 2.2: some characters that a key may have cannot be written in a document, escaped or not. */
function fitsXml(key: string): boolean {
  return /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u.test(key);
}
