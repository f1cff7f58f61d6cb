/** The requests of `requests.ts` over the lean client (Amazon S3 API Reference, under the names of the operations). */
import { hash } from 'node:crypto';
import type { HeaderInput } from '../headers.js';
import type { ConditionInput, ListedPage, ObjectFields, Part, PartialUpload, S3Requests } from '../requests.js';
import { decodeKey } from '../sdkRequests.js';
import type { Ask } from './client.js';
import { decodeEntities, encodeEntities, failureOf, passingFailure, textOf } from './failure.js';
import { encodePath, encodeQuery, type Header } from './signature.js';
import type { Answer } from './transport.js';

export function openLeanRequests(ask: Ask): S3Requests {
  return {
    head: async (bucket, key) => fieldsIn(await ask({ method: 'HEAD', bucket, path: encodePath(key) })),
    async get(bucket, key) {
      const headers: Header[] = [['x-amz-checksum-mode', 'ENABLED']];
      const answer = await ask({ method: 'GET', bucket, path: encodePath(key), headers, check: checkBody });
      return { fields: fieldsIn(answer), bytes: answer.body };
    },
    async put({ bucket, key, bytes, headers, condition, digest = hash('sha256', bytes) }) {
      const list = headerList(headers);
      list.push(
        ['x-amz-checksum-sha256', asBase64(digest)],
        // Some servers keep the checksum only when its algorithm is named as well.
        ['x-amz-sdk-checksum-algorithm', 'SHA256'],
      );
      list.push(...conditionList(condition));
      const path = encodePath(key);
      const asked = {
        method: 'PUT',
        bucket,
        path,
        headers: list,
        body: bytes,
        digest,
        retriesConflicts: true,
      } as const;
      return stringIn(await ask(asked), 'etag');
    },
    async copy(bucket, source, key, headers, ifMatch) {
      const list = headerList(headers);
      list.push(['x-amz-copy-source', source], ['x-amz-metadata-directive', 'REPLACE']);
      if (ifMatch !== undefined) list.push(['x-amz-copy-source-if-match', ifMatch]);
      const answer = await ask({ method: 'PUT', bucket, path: encodePath(key), headers: list, check: checkDone });
      return textOf(answer.body.toString(), 'ETag');
    },
    async delete(bucket, key) {
      await ask({ method: 'DELETE', bucket, path: encodePath(key) });
    },
    async beginUpload({ bucket, key, headers }) {
      const list = headerList(headers);
      list.push(['x-amz-checksum-algorithm', 'SHA256']);
      const path = encodePath(key);
      const answer = await ask({ method: 'POST', bucket, path, query: 'uploads=', headers: list });
      const id = textOf(answer.body.toString(), 'UploadId');
      if (id === undefined) throw new Error('XML parse error: the answer has no id of an upload');
      return id;
    },
    async putPart({ upload, number, bytes, digest }) {
      const query = `partNumber=${number}&${uploadQuery(upload)}`;
      const headers: Header[] = [['x-amz-checksum-sha256', asBase64(digest)]];
      const asked = { method: 'PUT', bucket: upload.bucket, path: encodePath(upload.key), query } as const;
      const answer = await ask({ ...asked, headers, body: bytes, digest });
      return { number, etag: stringIn(answer, 'etag') ?? '', digest };
    },
    async completeUpload({ upload, parts, condition }) {
      const headers = [...conditionList(condition), ['content-type', 'application/xml'] as const];
      const body = Buffer.from(partsAsXml(parts));
      const asked = { method: 'POST', bucket: upload.bucket, path: encodePath(upload.key) } as const;
      const sent = { ...asked, query: uploadQuery(upload), headers, body, digest: hash('sha256', body) };
      return textOf((await ask({ ...sent, check: checkDone })).body.toString(), 'ETag');
    },
    async abandonUpload(upload) {
      const { bucket, key } = upload;
      await ask({ method: 'DELETE', bucket, path: encodePath(key), query: uploadQuery(upload) });
    },
    async list(bucket, prefix, token) {
      const parts = [
        ...(token === undefined ? [] : [`continuation-token=${encodeQuery(token)}`]),
        'encoding-type=url', // XML cannot carry every character that a key may have
        'list-type=2',
        `prefix=${encodeQuery(prefix)}`,
      ];
      const answer = await ask({ method: 'GET', bucket, path: '', query: parts.join('&') });
      return readPage(answer.body.toString());
    },
  };
}

function uploadQuery({ id }: PartialUpload): string {
  return `uploadId=${encodeQuery(id)}`;
}

/** CompleteMultipartUpload takes the checksums of an upload that was begun with an algorithm (API Reference, CompletedPart). */
function partsAsXml(parts: readonly Part[]): string {
  const lines = parts.map(
    ({ number, etag, digest }) =>
      `<Part><PartNumber>${number}</PartNumber><ETag>${encodeEntities(etag)}</ETag><ChecksumSHA256>${asBase64(digest)}</ChecksumSHA256></Part>`,
  );
  return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${lines.join('')}</CompleteMultipartUpload>`;
}

function asBase64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}

function conditionList({ IfNoneMatch, IfMatch }: ConditionInput): Header[] {
  return [
    ...(IfMatch === undefined ? [] : [['if-match', IfMatch] as const]),
    ...(IfNoneMatch === undefined ? [] : [['if-none-match', IfNoneMatch] as const]),
  ];
}

/** In the order in which they are signed, so that sorting finds nothing to do. */
function headerList(headers: HeaderInput): Header[] {
  const list: Header[] = [['cache-control', tidy(headers.CacheControl)]];
  if (headers.ContentDisposition !== undefined) list.push(['content-disposition', tidy(headers.ContentDisposition)]);
  if (headers.ContentEncoding !== undefined) list.push(['content-encoding', headers.ContentEncoding]);
  if (headers.ContentLanguage !== undefined) list.push(['content-language', tidy(headers.ContentLanguage)]);
  list.push(['content-type', tidy(headers.ContentType)]);
  for (const [name, value] of Object.entries(headers.Metadata)) list.push([`x-amz-meta-${name}`, tidy(value)]);
  if (headers.StorageClass !== undefined) list.push(['x-amz-storage-class', headers.StorageClass]);
  if (headers.WebsiteRedirectLocation !== undefined)
    list.push(['x-amz-website-redirect-location', headers.WebsiteRedirectLocation]);
  return list;
}

/** The form that is signed: without leading, trailing and repeated spaces. */
function tidy(value: string): string {
  return / {2}|^ | $/.test(value) ? value.trim().replace(/ +/g, ' ') : value;
}

function stringIn({ headers }: Answer, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

function fieldsIn(answer: Answer): ObjectFields {
  const of = (name: string) => stringIn(answer, name);
  const modified = Date.parse(of('last-modified') ?? '');
  const length = of('content-length');
  const Metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers))
    if (name.startsWith('x-amz-meta-') && typeof value === 'string') Metadata[name.slice(11)] = value;
  return {
    ETag: of('etag'),
    ContentLength: length === undefined ? undefined : Number(length),
    ContentType: of('content-type'),
    CacheControl: of('cache-control'),
    ContentEncoding: of('content-encoding'),
    ContentDisposition: of('content-disposition'),
    ContentLanguage: of('content-language'),
    StorageClass: of('x-amz-storage-class'),
    WebsiteRedirectLocation: of('x-amz-website-redirect-location'),
    LastModified: Number.isNaN(modified) ? undefined : new Date(modified),
    Metadata,
  };
}

/** A body that broke off, or that is not what was stored: the SHA-256 of an object in one part is that of its bytes. */
function checkBody(answer: Answer): void {
  const length = stringIn(answer, 'content-length');
  if (length !== undefined && Number(length) !== answer.body.length)
    throw passingFailure(`the body has ${answer.body.length} bytes instead of ${length}`);
  const checksum = stringIn(answer, 'x-amz-checksum-sha256');
  if (checksum === undefined || checksum.includes('-')) return;
  if (checksum !== hash('sha256', answer.body, 'base64')) throw passingFailure('the body is not what was stored');
}

/** "A 200 OK response can contain an error" (API Reference, CopyObject, CompleteMultipartUpload): it is one like any other. */
function checkDone(answer: Answer): void {
  if (!answer.body.includes('<Error>')) return;
  const failure = failureOf({ ...answer, status: 500 }, 1);
  failure.isPassing = true;
  throw failure;
}

function readPage(xml: string): ListedPage {
  if (!xml.includes('<ListBucketResult')) throw new Error('XML parse error: the answer is no listing');
  const decode = textOf(xml, 'EncodingType') === 'url' ? decodeKey : (key: string): string => key;
  const entries: ListedPage['entries'][number][] = [];
  for (const [, entry = ''] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
    const key = /<Key>([^<]*)<\/Key>/.exec(entry)?.[1];
    if (key === undefined) continue;
    const size = Number(/<Size>(\d+)<\/Size>/.exec(entry)?.[1] ?? 0);
    entries.push({ key: decode(decodeEntities(key)), size, etag: textOf(entry, 'ETag') });
  }
  return { entries, next: textOf(xml, 'IsTruncated') === 'true' ? textOf(xml, 'NextContinuationToken') : undefined };
}
