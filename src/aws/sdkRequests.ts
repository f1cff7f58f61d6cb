/** The requests of `requests.ts`, sent by the SDK: the reference, and the way for endpoints that need all it can do. */
import { hash } from 'node:crypto';
import { readBodyWithin, retryConflicts, signWithDigest } from './attempts.js';
import type { S3Access } from './clients.js';
import type { PartialUpload, S3Requests } from './requests.js';

export function openSdkRequests({ client, sdk }: S3Access, signal: AbortSignal | undefined): S3Requests {
  const send = signal === undefined ? {} : { abortSignal: signal };
  return {
    head: (Bucket, Key) => client.send(new sdk.HeadObjectCommand({ Bucket, Key }), send),
    async get(Bucket, Key) {
      // ChecksumMode has the SDK check the SHA-256 that `put` stored, where the store kept it.
      const command = new sdk.GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' });
      const body = readBodyWithin(command);
      const fields = await client.send(command, send);
      return { fields, bytes: body() };
    },
    async put({ bucket, key, bytes, headers, condition, digest }) {
      const sha256 = digest === undefined ? hash('sha256', bytes, 'buffer') : Buffer.from(digest, 'hex');
      const command = new sdk.PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: bytes,
        ContentLength: bytes.length,
        ...headers,
        // Both: some servers keep the checksum only when its algorithm is named as well.
        ChecksumAlgorithm: 'SHA256',
        ChecksumSHA256: sha256.toString('base64'),
        ...condition,
      });
      signWithDigest(command, sha256);
      retryConflicts(command);
      return (await client.send(command, send)).ETag;
    },
    async copy(Bucket, CopySource, Key, headers, ifMatch) {
      const command = new sdk.CopyObjectCommand({
        Bucket,
        Key,
        CopySource,
        MetadataDirective: 'REPLACE',
        ...headers,
        ...(ifMatch === undefined ? {} : { CopySourceIfMatch: ifMatch }),
      });
      return (await client.send(command, send)).CopyObjectResult?.ETag;
    },
    async delete(Bucket, Key) {
      await client.send(new sdk.DeleteObjectCommand({ Bucket, Key }), send);
    },
    async beginUpload({ bucket, key, headers }) {
      const input = { Bucket: bucket, Key: key, ...headers, ChecksumAlgorithm: 'SHA256' as const };
      const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand(input), send);
      if (UploadId === undefined) throw new Error('XML parse error: the answer has no id of an upload');
      return UploadId;
    },
    async putPart({ upload, number, bytes, digest }) {
      const sha256 = Buffer.from(digest, 'hex');
      const command = new sdk.UploadPartCommand({
        ...addressOf(upload),
        PartNumber: number,
        Body: bytes,
        ContentLength: bytes.length,
        ChecksumSHA256: sha256.toString('base64'),
      });
      signWithDigest(command, sha256);
      return { number, etag: (await client.send(command, send)).ETag ?? '', digest };
    },
    async completeUpload({ upload, parts, condition }) {
      const Parts = parts.map(({ number, etag, digest }) => ({
        PartNumber: number,
        ETag: etag,
        ChecksumSHA256: Buffer.from(digest, 'hex').toString('base64'),
      }));
      const input = { ...addressOf(upload), MultipartUpload: { Parts }, ...condition };
      return (await client.send(new sdk.CompleteMultipartUploadCommand(input), send)).ETag;
    },
    async abandonUpload(upload) {
      await client.send(new sdk.AbortMultipartUploadCommand(addressOf(upload)), send);
    },
    async list(Bucket, Prefix, token) {
      const page = await client.send(
        new sdk.ListObjectsV2Command({
          Bucket,
          Prefix,
          EncodingType: 'url', // XML cannot carry every character that a key may have
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
        send,
      );
      const decode = page.EncodingType === 'url' ? decodeKey : (key: string): string => key;
      return {
        entries: (page.Contents ?? []).flatMap(({ Key, Size, ETag }) =>
          Key === undefined ? [] : [{ key: decode(Key), size: Size ?? 0, etag: ETag }],
        ),
        next: page.IsTruncated === true ? page.NextContinuationToken : undefined,
      };
    },
  };
}

function addressOf({ bucket, key, id }: PartialUpload) {
  return { Bucket: bucket, Key: key, UploadId: id };
}

/** S3 writes a space as `+` here, and a plus sign as `%2B`. */
export function decodeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    return encoded; // bytes that are no UTF-8: cannot be ours
  }
}
