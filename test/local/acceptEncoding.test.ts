import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { edgeOf, type TestEdge } from './edgeOf.js';

const run = promisify(execFile);
let edge: TestEdge;
let hasCurl = true;
beforeAll(async () => {
  edge = await edgeOf({ negotiate: true });
  for (const origin of ['pages', 'resources'] as const) {
    await edge.put(origin, 'a.html', 'plain');
    await edge.put(origin, 'a.html.gz', 'gzip', { contentEncoding: 'gzip' });
    await edge.put(origin, 'a.html.br', 'br', { contentEncoding: 'br' });
  }
  hasCurl = await run('curl', ['--version']).then(
    () => true,
    () => false,
  );
});
afterAll(() => edge.close());

/** What clients send by themselves, and corner cases of RFC 9110 12.5.3. */
const table: readonly (readonly [who: string, header: string | undefined, answer: 'plain' | 'gzip' | 'br'])[] = [
  ['Chrome, Edge, Opera over https', 'gzip, deflate, br, zstd', 'br'],
  ['Chrome before 123, Safari, Firefox before 126', 'gzip, deflate, br', 'br'],
  ['browsers over http', 'gzip, deflate', 'gzip'],
  ['Safari for a range of a video', 'identity;q=1, *;q=0', 'plain'],
  ['Chrome for a video', 'identity;q=1, *;q=0', 'plain'],
  ['Googlebot', 'gzip, deflate, br', 'br'],
  ['bingbot', 'gzip, deflate', 'gzip'],
  ['curl --compressed', 'deflate, gzip, br, zstd', 'br'],
  ['curl, wget', undefined, 'plain'],
  ['wget 1', 'identity', 'plain'],
  ['wget 2', 'gzip, deflate, bzip2, xz, lzma, br, zstd', 'br'],
  ['Go net/http', 'gzip', 'gzip'],
  ['Python requests', 'gzip, deflate', 'gzip'],
  ['Python requests with brotli', 'gzip, deflate, br', 'br'],
  ['Python urllib', 'identity', 'plain'],
  ['Ruby net/http', 'gzip;q=1.0,deflate;q=0.6,identity;q=0.3', 'gzip'],
  ['Node fetch', 'gzip, deflate', 'gzip'],
  ['Node fetch of 22', 'br, gzip, deflate', 'br'],
  ['axios', 'gzip, compress, deflate, br', 'br'],
  ['OkHttp', 'gzip', 'gzip'],
  ['Apache HttpClient', 'gzip, x-gzip, deflate', 'gzip'],
  ['iOS URLSession', 'gzip, deflate, br', 'br'],
  ['Lynx', 'gzip, compress, bzip2', 'gzip'],
  ['a proxy that CloudFront normalises', 'br,gzip', 'br'],
  ['nothing but a star', '*', 'gzip'],
  ['an empty header', '', 'plain'],
  ['everything refused', '*;q=0', 'plain'],
  ['brotli refused', 'br;q=0, gzip', 'gzip'],
  ['a wish for gzip', 'br;q=0.5, gzip;q=0.8', 'gzip'],
  ['a wish for nothing', 'identity;q=1, gzip;q=0.5', 'plain'],
  ['capitals and spaces', ' GZIP ;q=0.2 , BR; Q=0.3', 'br'],
  ['no number', 'br;q=x, gzip;q=0.1', 'gzip'],
  ['unknown codings', 'zstd, dcb, exi', 'plain'],
];

describe.each(['www.localhost', 'resources.localhost'])('Accept-Encoding at %s', (host) => {
  it.each(table)('%s (%j) gets %s', async (_who, header, answer) => {
    const { headers, text } = await edge.ask(
      host,
      '/a.html',
      header === undefined ? {} : { 'accept-encoding': header },
    );
    expect(text).toBe(answer);
    expect(headers['content-encoding']).toBe(answer === 'plain' ? undefined : answer);
    expect(headers.vary).toBe('Accept-Encoding');
  });
});

it('curl gets the same answers', async (test) => {
  test.skip(!hasCurl, 'needs curl');
  const { port } = edge.edge;
  for (const [who, header, answer] of table) {
    // `Name;` sends an empty header, `Name:` none.
    const sent =
      header === undefined ? 'Accept-Encoding:' : header === '' ? 'Accept-Encoding;' : `Accept-Encoding: ${header}`;
    const { stdout } = await run('curl', [
      '-s',
      '-H',
      `Host: www.localhost:${port}`,
      '-H',
      sent,
      `http://127.0.0.1:${port}/a.html`,
    ]);
    expect(stdout, who).toBe(answer);
  }
});
