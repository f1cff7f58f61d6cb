/** Sends one body: small ones in one request with their SHA-256, large ones streamed in parts. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import pLimit from 'p-limit';
import { hasErrnoCode, PublishError } from '../errors.js';
import type { Body } from '../build/build.js';
import type { PutRequest } from '../release/ports.js';
import { digestOf } from '../site/names.js';
import { whenFilesAllow } from '../site/openFiles.js';
import { isConflict } from './attempts.js';
import type { Bucket } from './bucket.js';
import { attemptsOf, errorName } from './failure.js';
import { headerInput, quotedEtag } from './headers.js';
import { findOwnWrite, type Sending } from './ownWrite.js';
import type { ConditionInput } from './requests.js';

/** Above this an object is sent in parts. */
export const multipartThreshold = 16 * 1024 * 1024;
const partSize = 8 * 1024 * 1024;
/** "Part numbers 1 to 10,000" (S3 User Guide, "Multipart upload limits"). */
const maxParts = 10_000;
/** Files above this wait for each other, so that many at once do not fill the memory. */
const roomySize = 4 * 1024 * 1024;

export type Upload = (request: Sending, condition: ConditionInput) => Promise<{ etag: string }>;

/** The sender of one store. An empty `etag` means that the server did not tell; errors are the SDK's own. */
export function openUpload(bucket: Bucket): Upload {
  const roomy = pLimit(16);
  const parts = pLimit(4);
  return async (request, condition) => {
    const { body } = request;
    const size = bodySize(request);
    if (size > multipartThreshold) return parts(() => sendInParts(bucket, request, condition));
    if ('bytes' in body) return sendWhole(bucket, request, body, condition);
    const send = async (): Promise<{ etag: string }> => sendWhole(bucket, request, await readBody(body), condition);
    return size > roomySize ? roomy(send) : send();
  };
}

export function bodySize({ body }: PutRequest): number {
  return 'bytes' in body ? body.bytes.length : body.size;
}

async function sendWhole(
  bucket: Bucket,
  request: Sending,
  { bytes, digest }: WholeBody,
  condition: ConditionInput,
): Promise<{ etag: string }> {
  const headers = headerInput(request.headers, request.identity, request.write);
  const requests = await bucket.requests();
  const etag = await requests.put({
    bucket: bucket.bucket,
    key: bucket.fullKey(request.key),
    bytes,
    digest,
    headers,
    condition,
  });
  return { etag: quotedEtag(etag) };
}

/** S3 wants the whole upload again after a conflict at its end (S3 User Guide, "Conditional write behavior"). */
async function sendInParts(bucket: Bucket, request: Sending, condition: ConditionInput): Promise<{ etag: string }> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await sendPartsOnce(bucket, request, condition);
    } catch (error) {
      // The completion was done, its answer lost, and the retry found no upload any more.
      const completed = errorName(error) === 'NoSuchUpload' && attemptsOf(error) > 1;
      const own = completed ? await findOwnWrite(bucket, request) : undefined;
      if (own !== undefined) return own;
      if (attempt === 3 || !isConflict(error)) throw error;
    }
  }
}

async function sendPartsOnce(bucket: Bucket, request: Sending, condition: ConditionInput): Promise<{ etag: string }> {
  const { client } = await bucket.access();
  const { Upload } = await import('@aws-sdk/lib-storage');
  const { body } = request;
  const size = bodySize(request);
  const stream = 'bytes' in body ? undefined : Readable.from(readExactly(body));
  const abortController = new AbortController();
  const abort = (): void => abortController.abort();
  const signal = bucket.send.abortSignal;
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();
  try {
    const upload = new Upload({
      client,
      partSize: Math.max(partSize, Math.ceil(size / maxParts)),
      abortController,
      params: {
        Bucket: bucket.bucket,
        Key: bucket.fullKey(request.key),
        Body: stream ?? ('bytes' in body ? body.bytes : ''),
        ContentLength: size,
        ...headerInput(request.headers, request.identity, request.write),
        ...condition,
      },
    });
    const output = await upload.done();
    return { etag: quotedEtag(output.ETag) };
  } finally {
    signal?.removeEventListener('abort', abort);
    stream?.destroy();
  }
}

type WholeBody = Extract<Body, { readonly bytes: Buffer }>;
type FileBody = Exclude<Body, WholeBody>;

async function readBody({ file, size, digest }: FileBody): Promise<WholeBody> {
  const bytes = await whenFilesAllow(() => readFile(file)).catch((error: unknown) => {
    throw hasErrnoCode(error, 'ENOENT') ? changed(file) : error;
  });
  const found = digestOf(bytes);
  if (bytes.length !== size || (digest !== undefined && found !== digest)) throw changed(file);
  return { bytes, digest: found };
}

/** Fails before the upload can be completed, so that a file that changes meanwhile is never stored. */
async function* readExactly({ file, size, digest }: FileBody): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let read = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    const bytes = chunk as Buffer;
    read += bytes.length;
    if (read > size) throw changed(file);
    hash.update(bytes);
    // The last part is sent only when all of the file is known to be what it was.
    if (read === size && digest !== undefined && hash.copy().digest('hex') !== digest) throw changed(file);
    yield bytes;
  }
  if (read !== size) throw changed(file);
}

function changed(file: string): PublishError {
  return new PublishError('site-changed', `${file} is no longer what it was when it was read first`, { file });
}
