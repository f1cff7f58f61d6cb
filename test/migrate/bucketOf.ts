/** A bucket as people have them: most headers wrong, each in its own way, the same every time. */
import type { FakeS3 } from '../fakes/fakeS3.js';
import { md5 } from '../fakes/s3/state.js';

export interface WrongObject {
  readonly key: string;
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const kinds = [
  { ending: '.html', type: 'binary/octet-stream', text: true },
  { ending: '.css', type: 'text/plain', text: true },
  { ending: '.js', type: 'application/x-javascript', text: true },
  { ending: '.jpg', type: 'binary/octet-stream', text: false },
  { ending: '.png', type: 'image/png', text: false },
  { ending: '.pdf', type: 'application/pdf', text: false },
  { ending: '', type: 'image/gif', text: false },
] as const;

/** The object at a place in the bucket. */
export function wrongObject(index: number): WrongObject {
  const kind = kinds[index % kinds.length]!;
  const folder = `folder-${String(index % 97).padStart(2, '0')}`;
  const key = `${folder}/${index % 11 === 0 ? 'with space & ü ' : ''}file-${index}${kind.ending}`;
  const text = kind.text ? `<p>line ${index} of text</p>\n`.repeat(20 + (index % 30)) : `binary ${index} `.repeat(5);
  return {
    key,
    bytes: Buffer.from(text),
    headers: {
      'content-type': kind.type,
      ...(index % 5 === 0 ? { 'cache-control': 'no-cache' } : {}),
      ...(index % 13 === 0 ? { 'content-encoding': 'aws-chunked' } : {}),
      ...(index % 17 === 0 ? { 'content-disposition': 'attachment' } : {}),
      ...(index % 3 === 0 ? { 'x-amz-meta-mtime': String(1_000_000 + index) } : {}),
    },
  };
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.pdf': 'application/pdf',
  '': 'image/gif',
};

/** What the object's headers have to be in the end, without metadata. */
export function rightHeaders(index: number, cacheControl: string): Readonly<Record<string, string>> {
  const { ending, text } = kinds[index % kinds.length]!;
  return {
    'content-type': types[ending]!,
    'cache-control': cacheControl,
    ...(text ? { 'content-encoding': 'gzip' } : {}),
    ...(index % 17 === 0 ? { 'content-disposition': 'attachment' } : {}),
  };
}

export function fillBucket(fake: FakeS3, name: string, count: number): void {
  const { objects } = fake.buckets.get(name)!;
  for (let index = 0; index < count; index++) {
    const { key, bytes, headers } = wrongObject(index);
    objects.set(key, {
      bytes,
      etag: md5(bytes),
      headers,
      checksums: {},
      modified: new Date(0),
    });
  }
}

/** Everything in a bucket that visitors or owners can see. */
export function stateOf(fake: FakeS3, name: string): Record<string, string> {
  const state: Record<string, string> = {};
  for (const [key, { bytes, headers }] of fake.buckets.get(name)!.objects)
    state[key] = `${JSON.stringify(Object.entries(headers).sort())} ${md5(bytes)}`;
  return Object.fromEntries(Object.entries(state).sort());
}
