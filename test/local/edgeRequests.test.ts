import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { edgeOf, type Answered, type TestEdge } from './edgeOf.js';

let test: TestEdge;
let etag = '';
let modified = '';
beforeAll(async () => {
  test = await edgeOf({ negotiate: true });
  await test.put('images', 'digits.bin', '0123456789');
  await test.put('images', 'empty.bin', '');
  const html = { contentType: 'text/html; charset=utf-8' };
  await test.put('pages', 'index.html', 'identity', html);
  await test.put('pages', 'index.html.gz', gzipSync('gzip'), { ...html, contentEncoding: 'gzip' });
  await test.put('pages', 'index.html.br', 'brotli', { ...html, contentEncoding: 'br' });
  await test.put('pages', 'alone.html', 'alone', html);
  await test.put('pages', 'stored.bin', gzipSync('stored'), { contentEncoding: 'gzip' });
  const { headers } = await ask('/digits.bin');
  etag = headers.etag!;
  modified = headers['last-modified']!;
});
afterAll(() => test.close());

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answered> =>
  test.ask('images.localhost', path, headers, method);
const later = (seconds: number): string => new Date(Date.parse(modified) + seconds * 1000).toUTCString();

describe('conditional requests', () => {
  it.each<[string, () => Record<string, string>, number]>([
    ['the etag', () => ({ 'if-none-match': etag }), 304],
    ['the etag as a weak one', () => ({ 'if-none-match': `W/${etag}` }), 304],
    ['a list that has the etag', () => ({ 'if-none-match': `"x", W/"y,z" ,${etag}` }), 304],
    ['a star', () => ({ 'if-none-match': '*' }), 304],
    ['another etag', () => ({ 'if-none-match': '"other"' }), 200],
    ['the etag without quotes', () => ({ 'if-none-match': etag.slice(1, -1) }), 200],
    [
      'another etag and a date that would match',
      () => ({ 'if-none-match': '"x"', 'if-modified-since': modified }),
      200,
    ],
    ['the date', () => ({ 'if-modified-since': modified }), 304],
    ['a later date', () => ({ 'if-modified-since': later(5) }), 304],
    ['an earlier date', () => ({ 'if-modified-since': later(-5) }), 200],
    ['no date at all', () => ({ 'if-modified-since': 'yesterday' }), 200],
    ['a number for a date', () => ({ 'if-modified-since': '0' }), 200],
    ['If-Match with the etag', () => ({ 'if-match': etag }), 200],
    ['If-Match with another etag', () => ({ 'if-match': '"x"' }), 412],
    ['If-Match with a weak etag', () => ({ 'if-match': `W/${etag}` }), 412],
    ['If-Unmodified-Since earlier', () => ({ 'if-unmodified-since': later(-5) }), 412],
    ['If-Unmodified-Since now', () => ({ 'if-unmodified-since': modified }), 200],
  ])('with %s', async (_, headers, status) => {
    const answer = await ask('/digits.bin', headers());
    expect(answer.status).toBe(status);
    if (status === 304) {
      expect(answer.text).toBe('');
      expect(answer.headers).toMatchObject({ etag, 'cache-control': 'public, max-age=60' });
      expect(answer.headers['access-control-allow-origin']).toBe('*');
      expect(answer.headers).not.toHaveProperty('content-length');
    }
    expect((await ask('/digits.bin', headers(), 'HEAD')).status).toBe(status);
  });
});

describe('ranges', () => {
  it.each([
    ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
    ['bytes=2-5', 206, '2345', 'bytes 2-5/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=5-99', 206, '56789', 'bytes 5-9/10'],
    ['Bytes = 1 - 2', 206, '12', 'bytes 1-2/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=-0', 416, '', 'bytes */10'],
    ['bytes=5-2', 200, '0123456789', undefined],
    ['bytes=0-1,3-4', 200, '0123456789', undefined],
    ['bytes=a-b', 200, '0123456789', undefined],
    ['bytes=-', 200, '0123456789', undefined],
    ['lines=0-1', 200, '0123456789', undefined],
    ['bytes=99999999999999999999-', 416, '', 'bytes */10'],
  ])('%s', async (range, status, text, contentRange) => {
    const answer = await ask('/digits.bin', { range });
    expect([answer.status, answer.text, answer.headers['content-range']]).toEqual([status, text, contentRange]);
    expect(answer.headers['content-length']).toBe(String(text.length));
    if (status !== 416) expect(answer.headers).toMatchObject({ etag, 'accept-ranges': 'bytes' });
  });

  it('of an empty object cannot be had', async () => {
    expect((await ask('/empty.bin', { range: 'bytes=0-' })).status).toBe(416);
    expect(await ask('/empty.bin')).toMatchObject({ status: 200, text: '' });
  });

  it('are for GET alone', async () => {
    const answer = await ask('/digits.bin', { range: 'bytes=0-1' }, 'HEAD');
    expect([answer.status, answer.headers['content-length']]).toEqual([200, '10']);
  });

  it.each<[string, () => string, number]>([
    ['the etag', () => etag, 206],
    ['another etag', () => '"x"', 200],
    ['a weak etag', () => `W/${etag}`, 200],
    ['the date', () => modified, 206],
    ['a later date', () => later(5), 200],
  ])('under If-Range with %s', async (_, ifRange, status) => {
    expect((await ask('/digits.bin', { 'range': 'bytes=0-1', 'if-range': ifRange() })).status).toBe(status);
  });
});

describe('encodings', () => {
  const askPage = (path: string, acceptEncoding?: string): Promise<Answered> =>
    test.ask('www.localhost', path, acceptEncoding === undefined ? {} : { 'accept-encoding': acceptEncoding });

  it('are chosen by Accept-Encoding, and remembered apart', async () => {
    for (let round = 0; round < 2; round++) {
      const [br, gzip, identity] = await Promise.all([askPage('/', 'gzip, br'), askPage('/', 'gzip'), askPage('/')]);
      expect([br.headers['content-encoding'], br.text]).toEqual(['br', 'brotli']);
      expect([gzip.headers['content-encoding'], gunzipSync(gzip.body).toString()]).toEqual(['gzip', 'gzip']);
      expect([identity.headers['content-encoding'], identity.text]).toEqual([undefined, 'identity']);
      expect(new Set([br, gzip, identity].map(({ headers }) => headers.etag)).size).toBe(3);
      for (const { headers } of [br, gzip, identity]) expect(headers.vary).toBe('Accept-Encoding');
    }
  });

  it('stand in Vary of a 304 too', async () => {
    const { headers } = await askPage('/', 'br');
    const answer = await test.ask('www.localhost', '/', { 'accept-encoding': 'br', 'if-none-match': headers.etag! });
    expect([answer.status, answer.headers.vary]).toEqual([304, 'Accept-Encoding']);
    const other = await test.ask('www.localhost', '/', { 'accept-encoding': 'gzip', 'if-none-match': headers.etag! });
    expect(other.status).toBe(200);
  });

  it('fall back to the object itself where somebody put one without siblings', async () => {
    expect(await askPage('/alone.html', 'br')).toMatchObject({ status: 200, text: 'alone' });
  });

  it('are not negotiated for other types', async () => {
    expect((await ask('/digits.bin', { 'accept-encoding': 'br' })).headers).not.toHaveProperty('vary');
  });

  it('that an object was stored with are sent to every client, as S3 does', async () => {
    const answer = await askPage('/stored.bin', 'identity');
    expect(answer.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(answer.body).toString()).toBe('stored');
  });
});

describe('hostile requests', () => {
  const send = async (path: string, host = 'www.localhost'): Promise<string> =>
    test.sendRaw(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);

  it.each([
    '/../etc/passwd',
    '/a/../../etc/passwd',
    '/%2e%2e/etc/passwd',
    '/.%2E/etc/passwd',
    '/a/%2e/b',
    '/./index.html',
    '/..%2fetc/passwd',
    '/a%2fb',
    '/..%5c..%5cwindows',
    '/..',
    '/%00',
    '/index.html%00.png',
    '/%c0%ae%c0%ae/etc/passwd',
    '/%c0%af',
    '/%e0%80%af',
    '/%ed%a0%80',
    '/%ff',
    '/%',
    '/%4',
    '/%zz',
    '/%u0041',
    '/a%0d%0aSet-Cookie:x',
    '/a#b',
    'index.html',
    '*',
    'ftp://www.localhost/',
  ])('%s is refused', async (path) => {
    const answer = await send(path);
    expect(answer).toMatch(/^HTTP\/1\.1 (400|404) /);
    expect(answer).not.toMatch(/root:|identity|set-cookie/i);
  });

  it('with a very long address are refused', async () => {
    expect(await send(`/${'a'.repeat(9000)}`)).toMatch(/^HTTP\/1\.1 414 /);
    expect(await send(`/${'a'.repeat(100_000)}`)).toMatch(/^HTTP\/1\.1 431 /);
    expect(await send(`/${'a'.repeat(300)}`)).toMatch(/^HTTP\/1\.1 404 /);
    expect(await send(`/${'a/'.repeat(2000)}b`)).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('take the host of an absolute target, not of the header', async () => {
    expect(await send('http://www.localhost/', 'evil.example')).toMatch(/^HTTP\/1\.1 200 /);
    expect(await send('http://evil.example/')).toMatch(/^HTTP\/1\.1 421 /);
    expect(await send('http://www.localhost@evil.example/')).toMatch(/^HTTP\/1\.1 421 /);
    expect(await send('http://www.localhost')).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('without a host, or with two, are refused', async () => {
    expect(await test.sendRaw('GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await test.sendRaw('GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 421 /);
    expect(await test.sendRaw('GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 421 /);
    expect(
      await test.sendRaw(
        'GET / HTTP/1.1\r\nHost: www.localhost\r\nHost: images.localhost\r\nConnection: close\r\n\r\n',
      ),
    ).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('that smuggle a second one get one answer', async () => {
    const answer = await test.sendRaw(
      'POST / HTTP/1.1\r\nHost: www.localhost\r\nContent-Length: 50\r\n\r\nGET /index.html HTTP/1.1\r\nHost: www.localhost\r\n\r\n',
    );
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(answer).toMatch(/^HTTP\/1\.1 405 /);
  });

  it('that are no HTTP end the connection', async () => {
    expect(await test.sendRaw('\x16\x03\x01\x02\x00\x01\x00\r\n\r\n')).toMatch(/^(HTTP\/1\.1 400 |$)/);
    expect(await test.sendRaw('CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n')).toMatch(/^$/);
  });

  it('leave the edge as it was', async () => {
    expect(await ask('/digits.bin')).toMatchObject({ status: 200 });
    expect(test.errors).toEqual([]);
  });
});
