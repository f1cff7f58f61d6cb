/**
 * Sends one large body in parts (S3 User Guide, "Uploading and copying objects using multipart upload"). The file is
 * read in order and hashed on the way, so that one that changes meanwhile is never stored; parts are sent side by side,
 * out of a few buffers that all uploads of the process share.
 */
import { createHash, hash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { hasErrnoCode, PublishError } from '../errors.js';
import type { Body } from '../build/build.js';
import { whenFilesAllow } from '../site/openFiles.js';
import type { Bucket } from './bucket.js';
import { headerInput, quotedEtag } from './headers.js';
import type { Sending } from './ownWrite.js';
import { partSlots } from './partSlots.js';
import type { ConditionInput, Part, S3Requests } from './requests.js';

/** Bytes; the last part may be smaller. "5 MiB to 5 GiB" (S3 User Guide, "Multipart upload limits"). */
const partSize = 8 * 1024 * 1024;
/** "Part numbers 1 to 10,000" (ibid.). */
const maxParts = 10_000;
type FileBody = Exclude<Body, { readonly bytes: Buffer }>;

/**
 * @returns an empty `etag` where the server does not tell.
 * @throws PublishError `site-changed`; else errors in the SDK's shape. No upload is left behind, as far as the server can be reached.
 */
export async function sendParts(
  bucket: Bucket,
  request: Sending,
  condition: ConditionInput,
): Promise<{ etag: string }> {
  const requests = await bucket.requests();
  const target = { bucket: bucket.bucket, key: bucket.fullKey(request.key) };
  const headers = headerInput(request.headers, request.identity, request.write);
  const upload = { ...target, id: await requests.beginUpload({ ...target, headers }) };
  try {
    const send: SendPart = (number, bytes, digest) => requests.putPart({ upload, number, bytes, digest });
    const { body } = request;
    const parts = 'bytes' in body ? await sendBytes(body.bytes, send) : await sendFile(body, send);
    return { etag: quotedEtag(await requests.completeUpload({ upload, parts, condition })) };
  } catch (error) {
    await abandon(requests, upload);
    throw error;
  }
}

/** Parts that are never put together are stored and paid for. */
async function abandon(requests: S3Requests, upload: Parameters<S3Requests['abandonUpload']>[0]): Promise<void> {
  try {
    await requests.abandonUpload(upload);
  } catch {
    // What went wrong before is what is told; buckets made by `cdn up` let go of such parts by themselves.
  }
}

/** @param digest SHA-256 in hex. */
type SendPart = (number: number, bytes: Buffer, digest: string) => Promise<Part>;

async function sendBytes(bytes: Buffer, send: SendPart): Promise<readonly Part[]> {
  const sending = openSending(send);
  for (const { start, end } of cut(bytes.length)) await sending.add((slot) => slot.use(bytes.subarray(start, end)));
  return sending.finish();
}

async function sendFile({ file, size, digest }: FileBody, send: SendPart): Promise<readonly Part[]> {
  const sending = openSending(send);
  const handle = await whenFilesAllow(() => open(file, 'r')).catch((error: unknown) => {
    throw hasErrnoCode(error, 'ENOENT') ? changed(file) : error;
  });
  try {
    const whole = createHash('sha256');
    for (const { start, end } of cut(size)) {
      await sending.add(async (slot) => {
        const bytes = await readPart(handle, slot.buffer(end - start), start);
        if (bytes.length < end - start) throw changed(file);
        whole.update(bytes);
        // The last part is sent only when all of the file is known to be what it was.
        if (end === size) await proveEnd(handle, size, file, digest === undefined ? undefined : { whole, digest });
        slot.use(bytes);
      });
    }
    return await sending.finish();
  } finally {
    await handle.close();
  }
}

async function proveEnd(
  handle: FileHandle,
  size: number,
  file: string,
  expected: { readonly whole: Hash; readonly digest: string } | undefined,
): Promise<void> {
  const more = await handle.read(Buffer.allocUnsafe(1), 0, 1, size);
  if (more.bytesRead > 0) throw changed(file);
  if (expected !== undefined && expected.whole.digest('hex') !== expected.digest) throw changed(file);
}

/** @returns what there was of it. */
async function readPart(handle: FileHandle, into: Buffer, position: number): Promise<Buffer> {
  let filled = 0;
  while (filled < into.length) {
    const { bytesRead } = await handle.read(into, filled, into.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return into.subarray(0, filled);
}

function* cut(size: number): Iterable<{ readonly start: number; readonly end: number }> {
  const length = Math.max(partSize, Math.ceil(size / maxParts));
  for (let start = 0; start < size; start += length) yield { start, end: Math.min(size, start + length) };
}

interface Slot {
  /** Memory of that many bytes, until the part was sent. */
  buffer(size: number): Buffer;
  /** What is to be sent. */
  use(bytes: Buffer): void;
}

/** Fills parts one after the other, each as soon as a slot is free, and sends them meanwhile. */
function openSending(send: SendPart) {
  const underWay: Promise<Part>[] = [];
  let failure: { readonly error: unknown } | undefined;

  async function settle(): Promise<void> {
    await Promise.allSettled(underWay);
    if (failure !== undefined) throw failure.error;
  }

  return {
    async add(fill: (slot: Slot) => void | Promise<void>): Promise<void> {
      const held = await partSlots.take();
      let sending: Promise<Part> | undefined;
      try {
        if (failure !== undefined) return await settle();
        let bytes: Buffer = Buffer.alloc(0);
        await fill({ buffer: (size) => held.memory(size), use: (filled) => (bytes = filled) });
        sending = send(underWay.length + 1, bytes, hash('sha256', bytes));
      } catch (error) {
        // Buffers of others are still being sent.
        failure ??= { error };
        await settle();
      } finally {
        if (sending === undefined) held.free();
      }
      if (sending === undefined) return;
      underWay.push(sending);
      sending
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => held.free());
    },
    async finish(): Promise<readonly Part[]> {
      await settle();
      return Promise.all(underWay);
    },
  };
}

/** For files that are read again when they are sent. */
export function changed(file: string): PublishError {
  return new PublishError('site-changed', `${file} is no longer what it was when it was read first`, { file });
}
