/** The S3 semantics of the sink: just as much as publishing tools ask for, path-style addresses only. */

/** Objects by bucket and key: size, etag, headers as text, and the body where it is kept. */
export const buckets = new Map();

const kept =
  /^(content-type|cache-control|content-encoding|content-disposition|content-language|x-amz-meta-[^:]*): ?(.*)$/gim;

/** Answers a request whose body has arrived. Buckets come into being when they are named. */
export function answerRequest({ method, target, head, size, hash, body }) {
  const question = target.indexOf('?');
  const path = question < 0 ? target : target.slice(0, question);
  const query = new URLSearchParams(question < 0 ? '' : target.slice(question + 1));
  const slash = path.indexOf('/', 1);
  const bucket = bucketOf(slash < 0 ? path.slice(1) : path.slice(1, slash));
  const key = slash < 0 ? '' : decode(path.slice(slash + 1));
  if (key === '') return answerBucket(method, bucket, query, body);
  switch (method) {
    case 'PUT':
      return query.has('partNumber') ? putPart(bucket, query, size, hash) : put(bucket, key, head, size, hash, body);
    case 'POST':
      return query.has('uploads') ? createUpload(bucket, key, head) : completeUpload(bucket, key, query);
    case 'DELETE':
      if (query.has('uploadId')) bucket.uploads.delete(query.get('uploadId'));
      else if (bucket.objects.delete(key)) bucket.sorted = undefined;
      return { operation: 'DeleteObject', status: 204 };
    default:
      return read(method, bucket, key, head);
  }
}

function bucketOf(name) {
  let bucket = buckets.get(name);
  if (bucket === undefined) buckets.set(name, (bucket = { objects: new Map(), uploads: new Map(), sorted: undefined }));
  return bucket;
}

function put(bucket, key, head, size, hash, body) {
  const current = bucket.objects.get(key);
  const condition = /\r\nif-(none-match|match): ?([^\r]*)/i.exec(head);
  if (condition !== null) {
    const holds = condition[1].toLowerCase() === 'none-match' ? current === undefined : current?.etag === condition[2];
    if (!holds) return failed('PutObject', 412, 'PreconditionFailed');
  }
  const source = /\r\nx-amz-copy-source: ?([^\r]*)/i.exec(head)?.[1];
  if (source !== undefined) return copy(bucket, key, head, source);
  const etag = `"${hash.digest('hex')}"`;
  const object = { size, etag, headers: headersIn(head), body: body.length === 0 ? undefined : Buffer.concat(body) };
  store(bucket, key, object);
  return { operation: 'PutObject', status: 200, headers: `ETag: ${etag}\r\n` };
}

function copy(bucket, key, head, source) {
  const from = decode(source.replace(/^\//, ''));
  const slash = from.indexOf('/');
  const found = buckets.get(from.slice(0, slash))?.objects.get(from.slice(slash + 1));
  if (found === undefined) return failed('CopyObject', 404, 'NoSuchKey');
  store(bucket, key, { ...found, headers: headersIn(head) });
  const body = `<?xml version="1.0"?><CopyObjectResult><ETag>${found.etag.replaceAll('"', '&quot;')}</ETag><LastModified>2025-01-01T00:00:00.000Z</LastModified></CopyObjectResult>`;
  return { operation: 'CopyObject', status: 200, body };
}

function store(bucket, key, object) {
  if (!bucket.objects.has(key)) bucket.sorted = undefined;
  bucket.objects.set(key, { ...object, modified: Date.now() });
}

function read(method, bucket, key, head) {
  const operation = method === 'HEAD' ? 'HeadObject' : 'GetObject';
  const object = bucket.objects.get(key);
  if (object === undefined)
    return method === 'HEAD'
      ? { operation, status: 404, headers: 'Content-Length: 0\r\n' }
      : failed(operation, 404, 'NoSuchKey');
  const common = `ETag: ${object.etag}\r\nLast-Modified: ${new Date(object.modified).toUTCString()}\r\n${object.headers}`;
  if (/\r\nif-none-match: ?([^\r]*)/i.exec(head)?.[1] === object.etag)
    return { operation, status: 304, headers: common };
  if (method === 'HEAD') return { operation, status: 200, headers: `Content-Length: ${object.size}\r\n${common}` };
  return { operation, status: 200, headers: common, body: object.body ?? Buffer.alloc(object.size) };
}

function headersIn(head) {
  let text = '';
  for (const [line] of head.matchAll(kept)) text += `${line.replace('\r', '')}\r\n`;
  return text;
}

let uploads = 0;
function createUpload(bucket, key, head) {
  const id = `upload${++uploads}`;
  bucket.uploads.set(id, { head, parts: new Map() });
  return {
    operation: 'CreateMultipartUpload',
    status: 200,
    body: `<?xml version="1.0"?><InitiateMultipartUploadResult><Bucket>b</Bucket><Key>${escape(key)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
  };
}

function putPart(bucket, query, size, hash) {
  const etag = `"${hash.digest('hex')}"`;
  bucket.uploads.get(query.get('uploadId'))?.parts.set(query.get('partNumber'), size);
  return { operation: 'UploadPart', status: 200, headers: `ETag: ${etag}\r\n` };
}

function completeUpload(bucket, key, query) {
  const upload = bucket.uploads.get(query.get('uploadId'));
  if (upload === undefined) return failed('CompleteMultipartUpload', 404, 'NoSuchUpload');
  const size = [...upload.parts.values()].reduce((sum, part) => sum + part, 0);
  const etag = `"${String(size).padStart(32, '0')}-${upload.parts.size}"`;
  store(bucket, key, { size, etag, headers: headersIn(upload.head) });
  bucket.uploads.delete(query.get('uploadId'));
  return {
    operation: 'CompleteMultipartUpload',
    status: 200,
    body: `<?xml version="1.0"?><CompleteMultipartUploadResult><ETag>${escape(etag)}</ETag></CompleteMultipartUploadResult>`,
  };
}

function answerBucket(method, bucket, query, body) {
  if (method === 'POST' && query.has('delete')) {
    for (const [, key] of Buffer.concat(body)
      .toString()
      .matchAll(/<Key>([^<]*)<\/Key>/g))
      bucket.objects.delete(unescape(key));
    bucket.sorted = undefined;
    return { operation: 'DeleteObjects', status: 200, body: '<?xml version="1.0"?><DeleteResult></DeleteResult>' };
  }
  if (method === 'GET' && query.has('location'))
    return {
      operation: 'GetBucketLocation',
      status: 200,
      body: '<?xml version="1.0"?><LocationConstraint>us-east-1</LocationConstraint>',
    };
  if (method === 'GET' && query.has('versioning'))
    return { operation: 'GetBucketVersioning', status: 200, body: '<?xml version="1.0"?><VersioningConfiguration/>' };
  if (method === 'GET') return list(bucket, query);
  return {
    operation: method === 'HEAD' ? 'HeadObject' : 'CreateBucket',
    status: 200,
    headers: method === 'HEAD' ? 'Content-Length: 0\r\n' : '',
  };
}

/** Both versions of the listing, 1,000 keys a page; no delimiter but `/`, which is ignored: tools that sync ask without. */
function list(bucket, query) {
  bucket.sorted ??= [...bucket.objects.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const prefix = query.get('prefix') ?? '';
  const after = query.get('continuation-token') ?? query.get('start-after') ?? query.get('marker') ?? '';
  const most = Math.min(1000, Number(query.get('max-keys') ?? 1000));
  const isUrl = query.get('encoding-type') === 'url';
  let index = after === '' ? 0 : bucket.sorted.indexOf(after) + 1;
  const rows = [];
  let last = '';
  for (; index < bucket.sorted.length && rows.length < most; index++) {
    const key = bucket.sorted[index];
    if (!key.startsWith(prefix)) continue;
    const { size, etag, modified } = bucket.objects.get(key);
    last = key;
    rows.push(
      `<Contents><Key>${isUrl ? encodeURIComponent(key).replaceAll('%2F', '/') : escape(key)}</Key><LastModified>${new Date(modified).toISOString()}</LastModified><ETag>${escape(etag)}</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
    );
  }
  const more = index < bucket.sorted.length;
  const token = more
    ? `<NextContinuationToken>${escape(last)}</NextContinuationToken><NextMarker>${escape(last)}</NextMarker>`
    : '';
  const body = `<?xml version="1.0"?><ListBucketResult><Name>b</Name><Prefix>${escape(prefix)}</Prefix><KeyCount>${rows.length}</KeyCount><MaxKeys>${most}</MaxKeys>${isUrl ? '<EncodingType>url</EncodingType>' : ''}<IsTruncated>${more}</IsTruncated>${token}${rows.join('')}</ListBucketResult>`;
  return { operation: 'ListObjects', status: 200, body };
}

function failed(operation, status, code) {
  return {
    operation,
    status,
    body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
  };
}

function decode(text) {
  return text.includes('%') ? decodeURIComponent(text) : text;
}
function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
function unescape(text) {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
