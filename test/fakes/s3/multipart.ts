/** Uploads in parts. */
import { createHash, randomUUID } from 'node:crypto';
import { checkBody } from './body.js';
import type { Call } from './call.js';
import { readTags, S3Error, tag, xmlReply, type Reply } from './reply.js';
import { bare, checkCondition, md5, storedHeaders, type FakeBucket, type FakeUpload } from './state.js';

/** "5 MiB to 5 GiB. There is no minimum size limit on the last part" (User Guide, "Multipart upload limits"). */
const minPart = 5 * 1024 * 1024;

export function createUpload(call: Call, bucket: FakeBucket): Reply {
  const id = randomUUID();
  bucket.uploads.set(id, { key: call.key, headers: storedHeaders(call.headers), parts: new Map() });
  const names = tag('Bucket', bucket.name) + tag('Key', call.key);
  return xmlReply('InitiateMultipartUploadResult', names + tag('UploadId', id));
}

export function uploadPart(call: Call, bucket: FakeBucket): Reply {
  const number = Number(call.query.get('partNumber'));
  if (!(number >= 1 && number <= 10_000)) throw new S3Error(400, 'InvalidArgument', 'Part number must be 1 to 10000');
  const { bytes, checksums } = checkBody(call.body, call.headers);
  const etag = md5(bytes);
  findUpload(call, bucket).parts.set(number, { bytes, etag });
  return { status: 200, headers: { etag: `"${etag}"`, ...checksums } };
}

export function completeUpload(call: Call, bucket: FakeBucket): Reply {
  const upload = findUpload(call, bucket);
  const wanted = readTags(call.body.toString(), 'Part').map((part) => ({
    number: Number(readTags(part, 'PartNumber')[0]),
    etag: bare(readTags(part, 'ETag')[0] ?? ''),
  }));
  const parts = wanted.map(({ number, etag }, index) => {
    if (index > 0 && number <= wanted[index - 1]!.number) throw new S3Error(400, 'InvalidPartOrder');
    const part = upload.parts.get(number);
    if (part?.etag !== etag) throw new S3Error(400, 'InvalidPart', 'One or more of the parts could not be found.');
    if (index < wanted.length - 1 && part.bytes.length < minPart) throw new S3Error(400, 'EntityTooSmall');
    return part;
  });
  if (parts.length === 0) throw new S3Error(400, 'MalformedXML');
  const { deviations } = call.fake;
  if (deviations.unconditionalComplete !== true) {
    checkCondition(call.headers, bucket.objects.get(call.key), deviations);
  }
  const digests = createHash('md5');
  for (const part of parts) digests.update(Buffer.from(part.etag, 'hex'));
  const etag = `${digests.digest('hex')}-${parts.length}`;
  const bytes = Buffer.concat(parts.map((part) => part.bytes));
  bucket.objects.set(call.key, { bytes, etag, headers: upload.headers, checksums: {}, modified: call.fake.now() });
  bucket.uploads.delete(call.query.get('uploadId')!);
  const told = deviations.emptyCompleteEtag === true ? tag('ETag', '') : tag('ETag', `"${etag}"`);
  return xmlReply('CompleteMultipartUploadResult', tag('Bucket', bucket.name) + tag('Key', call.key) + told);
}

export function abortUpload(call: Call, bucket: FakeBucket): Reply {
  findUpload(call, bucket);
  bucket.uploads.delete(call.query.get('uploadId')!);
  return { status: 204 };
}

function findUpload(call: Call, bucket: FakeBucket): FakeUpload {
  const upload = bucket.uploads.get(call.query.get('uploadId') ?? '');
  if (upload?.key !== call.key) throw new S3Error(404, 'NoSuchUpload', 'The specified upload does not exist.');
  return upload;
}
