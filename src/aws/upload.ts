/** Sends one body: small ones in one request with their SHA-256, large ones streamed in parts. */
import { readFile } from 'node:fs/promises';
import pLimit from 'p-limit';
import { hasErrnoCode } from '../errors.js';
import type { Body } from '../build/build.js';
import type { PutRequest } from '../release/ports.js';
import { digestOf } from '../site/names.js';
import { whenFilesAllow } from '../site/openFiles.js';
import { isConflict } from './attempts.js';
import type { Bucket } from './bucket.js';
import { attemptsOf, errorName } from './failure.js';
import { headerInput, quotedEtag } from './headers.js';
import { changed, sendParts } from './multipart.js';
import { findOwnWrite, type Sending } from './ownWrite.js';
import type { ConditionInput } from './requests.js';

/** Above this an object is sent in parts. */
export const multipartThreshold = 16 * 1024 * 1024;
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
      return await sendParts(bucket, request, condition);
    } catch (error) {
      // The completion was done, its answer lost, and the retry found no upload any more.
      const completed = errorName(error) === 'NoSuchUpload' && attemptsOf(error) > 1;
      const own = completed ? await findOwnWrite(bucket, request) : undefined;
      if (own !== undefined) return own;
      if (attempt === 3 || !isConflict(error)) throw error;
    }
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
