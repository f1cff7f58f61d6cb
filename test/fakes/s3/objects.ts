/** GET, HEAD, PUT, COPY and DELETE of one object. */
import type { IncomingHttpHeaders } from 'node:http';
import { checkBody, header } from './body.js';
import type { Call } from './call.js';
import { readTags, S3Error, tag, xmlReply, type Reply } from './reply.js';
import { bare, checkCondition, md5, storedHeaders, type FakeBucket, type FakeObject } from './state.js';

/** "The maximum object size for a copy in a single atomic operation is 5 GB" (API Reference, CopyObject). */
const copyLimit = 5 * 1024 ** 3;

export function putObject(call: Call, bucket: FakeBucket): Reply {
  if (Buffer.byteLength(call.key) > 1024) throw new S3Error(400, 'KeyTooLongError', 'Your key is too long');
  const { bytes, checksums } = checkBody(call.body, call.headers);
  checkCondition(call.headers, bucket.objects.get(call.key), call.fake.deviations);
  const object = {
    bytes,
    etag: md5(bytes),
    headers: storedHeaders(call.headers),
    checksums,
    modified: call.fake.now(),
  };
  bucket.objects.set(call.key, object);
  return { status: 200, headers: { etag: `"${object.etag}"`, ...checksums } };
}

export function getObject(call: Call, bucket: FakeBucket): Reply {
  const object = bucket.objects.get(call.key);
  if (object === undefined) {
    if (call.fake.deviations.hideMissing === true) throw new S3Error(403, 'AccessDenied', 'Access Denied');
    throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
  }
  const { headers } = call;
  const match = header(headers, 'if-match');
  if (match !== undefined && match !== '*' && bare(match) !== object.etag) {
    throw new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
  }
  const none = header(headers, 'if-none-match');
  if (none !== undefined && (none === '*' || bare(none) === object.etag)) {
    return { status: 304, headers: { etag: `"${object.etag}"` } };
  }
  const answer = {
    ...object.headers,
    'etag': `"${object.etag}"`,
    'last-modified': object.modified.toUTCString(),
    'accept-ranges': 'bytes',
  };
  const range = readRange(headers, object.bytes.length);
  if (range !== undefined) {
    const [from, to] = range;
    const body = object.bytes.subarray(from, to + 1);
    return { status: 206, headers: { ...answer, 'content-range': `bytes ${from}-${to}/${object.bytes.length}` }, body };
  }
  const checksums = header(headers, 'x-amz-checksum-mode') === 'ENABLED' ? object.checksums : {};
  return { status: 200, headers: { ...answer, ...checksums }, body: object.bytes };
}

function readRange(headers: IncomingHttpHeaders, size: number): readonly [number, number] | undefined {
  const range = /^bytes=(\d*)-(\d*)$/.exec(header(headers, 'range') ?? '');
  if (range === null) return undefined;
  const [, first = '', last = ''] = range;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  if (from >= size) throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable');
  return [from, first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)];
}

export function copyObject(call: Call, bucket: FakeBucket): Reply {
  const source = decodeURIComponent(header(call.headers, 'x-amz-copy-source') ?? '').replace(/^\//, '');
  const slash = source.indexOf('/');
  const from = call.fake.bucket(source.slice(0, slash));
  const key = source.slice(slash + 1);
  const original = from.objects.get(key);
  if (original === undefined) throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
  const replace = header(call.headers, 'x-amz-metadata-directive') === 'REPLACE';
  if (!replace && from === bucket && key === call.key) {
    const message =
      'This copy request is illegal because it is trying to copy an object to itself without changing it.';
    throw new S3Error(400, 'InvalidRequest', message);
  }
  if (original.bytes.length > (call.fake.copyLimit ?? copyLimit)) {
    const message = `The specified copy source is larger than the maximum allowable size for a copy source: ${copyLimit}`;
    throw new S3Error(400, 'InvalidRequest', message);
  }
  const match = header(call.headers, 'x-amz-copy-source-if-match');
  if (match !== undefined && bare(match) !== original.etag) {
    throw new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
  }
  checkCondition(call.headers, bucket.objects.get(call.key), call.fake.deviations);
  const headers = replace ? storedHeaders(call.headers) : original.headers;
  const copy: FakeObject = { ...original, headers, etag: md5(original.bytes), modified: call.fake.now() };
  bucket.objects.set(call.key, copy);
  return xmlReply('CopyObjectResult', tag('LastModified', copy.modified.toISOString()) + tag('ETag', `"${copy.etag}"`));
}

export function deleteObject(call: Call, bucket: FakeBucket): Reply {
  if (call.fake.undeletable.has(call.key)) throw new S3Error(403, 'AccessDenied', 'Access Denied');
  bucket.objects.delete(call.key);
  return { status: 204 };
}

/** DeleteObjects: up to 1,000 keys, with a digest of the body, failures per key. */
export function deleteObjects(call: Call, bucket: FakeBucket): Reply {
  const digests = Object.keys(call.headers).some(
    (name) => name === 'content-md5' || name.startsWith('x-amz-checksum-'),
  );
  if (!digests) throw new S3Error(400, 'InvalidRequest', 'Missing required header for this request: Content-MD5');
  const xml = checkBody(call.body, call.headers).bytes.toString();
  const keys = readTags(xml, 'Object').map((object) => readTags(object, 'Key')[0]!);
  if (keys.length === 0 || keys.length > 1000) {
    throw new S3Error(400, 'MalformedXML', 'The XML you provided was not well-formed or did not validate.');
  }
  const quiet = readTags(xml, 'Quiet')[0] === 'true';
  const results = keys.map((key) => {
    const refusal = call.fake.undeletable.get(key);
    if (refusal !== undefined)
      return `<Error>${tag('Key', key)}${tag('Code', refusal)}${tag('Message', 'No.')}</Error>`;
    bucket.objects.delete(key);
    return quiet ? '' : `<Deleted>${tag('Key', key)}</Deleted>`;
  });
  return xmlReply('DeleteResult', results.join(''));
}
