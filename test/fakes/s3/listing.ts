/** ListObjectsV2. */
import type { Call } from './call.js';
import { tag, xmlReply, type Reply } from './reply.js';
import type { FakeBucket } from './state.js';

/** In bytewise order, at most 1,000 a page, with common prefixes under a delimiter. */
export function listObjects(call: Call, bucket: FakeBucket): Reply {
  const { query, fake } = call;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const max = Math.min(Number(query.get('max-keys') ?? '1000'), 1000);
  const token = fake.deviations.endlessListing === true ? null : query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64').toString();
  const encode = query.get('encoding-type') === 'url' && fake.deviations.plainListing !== true ? encodeKey : same;

  const keys = [...bucket.objects.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const entries: string[] = [];
  const folders = new Set<string>();
  let last = '';
  let truncated = fake.deviations.endlessListing === true;
  for (const key of keys) {
    if (Buffer.compare(Buffer.from(key), Buffer.from(after)) <= 0) continue;
    if (!key.startsWith(prefix) && fake.deviations.unfilteredListing !== true) continue;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const folder = cut < 0 ? undefined : key.slice(0, cut + delimiter.length);
    if (folder !== undefined && (folders.has(folder) || (token !== null && after.startsWith(folder)))) continue;
    if (entries.length + folders.size >= max) {
      truncated = true;
      break;
    }
    last = key;
    if (folder !== undefined) folders.add(folder);
    else {
      const object = bucket.objects.get(key)!;
      const modified = tag('LastModified', object.modified.toISOString());
      const facts = `${tag('ETag', `"${object.etag}"`)}${tag('Size', object.bytes.length)}`;
      entries.push(`<Contents>${tag('Key', encode(key))}${modified}${facts}</Contents>`);
    }
  }
  const next = truncated ? tag('NextContinuationToken', Buffer.from(last).toString('base64')) : '';
  return xmlReply(
    'ListBucketResult',
    [
      tag('Name', bucket.name),
      tag('Prefix', encode(prefix)),
      tag('KeyCount', entries.length + folders.size),
      tag('MaxKeys', max),
      encode === encodeKey ? tag('EncodingType', 'url') : '',
      tag('IsTruncated', truncated),
      next,
      ...entries,
      ...[...folders].map((folder) => `<CommonPrefixes>${tag('Prefix', encode(folder))}</CommonPrefixes>`),
    ].join(''),
  );
}

/** As S3 does it: a space is `+`, slashes stay. */
function encodeKey(key: string): string {
  return encodeURIComponent(key)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+');
}

function same(key: string): string {
  return key;
}
