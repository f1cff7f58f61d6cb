import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { edgeOf, type TestEdge } from './edgeOf.js';

let test: TestEdge;
beforeAll(async () => {
  test = await edgeOf({
    front: ({ path, query }) =>
      path === '/' ? { status: 200, headers: { 'content-type': 'text/html' }, body: `front ${query} é` } : undefined,
  });
  await test.put('pages', 'index.html', '<h1>home</h1>', {
    contentType: 'text/html; charset=utf-8',
    cacheControl: 'public, max-age=0, s-maxage=31536000, must-revalidate',
  });
  await test.put('pages', 'docs/index.html', 'docs', { contentType: 'text/html' });
  await test.put('images', 'logo.12ab.png', 'png', {
    contentType: 'image/png',
    cacheControl: 'public, max-age=31536000, immutable',
  });
});
afterAll(() => test.close());

describe('the hosts of the edge', () => {
  it('have addresses of their own', () => {
    const { port, urls } = test.edge;
    expect(urls).toEqual({
      images: `http://images.localhost:${port}`,
      resources: `http://resources.localhost:${port}`,
      pages: `http://www.localhost:${port}`,
    });
  });

  it('serve each its own store', async () => {
    expect(await test.ask('images.localhost', '/logo.12ab.png')).toMatchObject({ status: 200, text: 'png' });
    expect(await test.ask('www.localhost', '/logo.12ab.png')).toMatchObject({ status: 404 });
    expect(await test.ask('resources.localhost', '/logo.12ab.png')).toMatchObject({ status: 404 });
    expect(await test.ask('WWW.LocalHost.', '/')).toMatchObject({ status: 200, text: '<h1>home</h1>' });
  });

  it.each(['evil.example', 'www.localhost.evil.example', 'evil.example#.localhost', 'xwww.localhost'])(
    'do not answer to %j',
    async (host) => {
      const answer = await test.ask(host, '/', { host });
      expect([400, 421]).toContain(answer.status);
      expect(answer.text).not.toContain('home');
    },
  );

  it('give localhost and 127.0.0.1 to the front page', async () => {
    for (const host of ['localhost', '127.0.0.1'])
      expect(await test.ask(host, '/?a=1')).toMatchObject({ status: 200, text: 'front ?a=1 é' });
    expect(await test.ask('localhost', '/else')).toMatchObject({ status: 404 });
    expect(await test.ask('localhost', '/', {}, 'HEAD')).toMatchObject({ status: 200, text: '' });
  });
});

describe('what the edge sends', () => {
  it('has the headers of the object and those of a CDN', async () => {
    const { headers } = await test.ask('www.localhost', '/');
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'public, max-age=0, s-maxage=31536000, must-revalidate',
      'content-length': '13',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
    });
    expect(headers.etag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(Date.parse(headers['last-modified']!)).toBeGreaterThan(Date.now() - 60_000);
    expect(headers.date).toBeDefined();
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(headers).not.toHaveProperty('vary');
  });

  it('lets every site use the assets, also in errors and without being asked', async () => {
    for (const path of ['/logo.12ab.png', '/missing.png'])
      expect((await test.ask('images.localhost', path)).headers).toMatchObject({
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        'timing-allow-origin': '*',
        'x-content-type-options': 'nosniff',
      });
  });

  it('answers a preflight for assets', async () => {
    const asked = { 'origin': 'http://www.localhost', 'access-control-request-method': 'GET' };
    const answer = await test.ask('resources.localhost', '/any.css', asked, 'OPTIONS');
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD, OPTIONS',
    });
  });

  it('has no body for HEAD, and the same headers', async () => {
    const get = await test.ask('images.localhost', '/logo.12ab.png');
    const head = await test.ask('images.localhost', '/logo.12ab.png', {}, 'HEAD');
    expect(head).toMatchObject({ status: 200, text: '' });
    for (const name of ['content-type', 'content-length', 'etag', 'cache-control', 'last-modified'])
      expect(head.headers[name]).toBe(get.headers[name]);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND'])('refuses %s', async (method) => {
    const pages = await test.ask('www.localhost', '/', {}, method);
    expect(pages.status).toBe(405);
    expect(pages.headers.allow).toBe('GET, HEAD');
    expect((await test.ask('images.localhost', '/', {}, method)).headers.allow).toBe('GET, HEAD, OPTIONS');
  });

  it('keeps all five headers of an object', async () => {
    await test.put('resources', 'all', 'x', {
      contentType: 'application/x-all',
      cacheControl: 'no-cache',
      contentEncoding: 'gzip',
      contentLanguage: 'de',
      contentDisposition: 'attachment; filename="r.txt"',
    });
    const { headers } = await test.ask('resources.localhost', '/all');
    expect(headers).toMatchObject({
      'content-type': 'application/x-all',
      'cache-control': 'no-cache',
      'content-encoding': 'gzip',
      'content-language': 'de',
      'content-disposition': 'attachment; filename="r.txt"',
    });
  });
});

describe('addresses of folders', () => {
  it('answer with their index document', async () => {
    expect(await test.ask('www.localhost', '/docs/')).toMatchObject({ status: 200, text: 'docs' });
    expect(await test.ask('www.localhost', '/docs/?q')).toMatchObject({ status: 200, text: 'docs' });
    expect(await test.ask('www.localhost', '/docs/index.html')).toMatchObject({ status: 200, text: 'docs' });
  });

  it('get their slash by a redirect that keeps the query', async () => {
    const answer = await test.ask('www.localhost', '/docs?a=/b&c');
    expect(answer.status).toBe(301);
    expect(answer.headers.location).toBe('/docs/?a=/b&c');
  });

  it('never redirect to another host', async () => {
    await test.put('pages', 'evil.example/index.html', 'x');
    for (const path of ['//evil.example', '/%2fevil.example', '/\\evil.example', '///evil.example']) {
      const answer = await test.ask('www.localhost', path);
      expect(answer.headers.location).toBeUndefined();
      expect(answer.status).toBeGreaterThanOrEqual(400);
    }
  });

  it('do not exist on asset origins', async () => {
    await test.put('images', 'index.html', 'x');
    await test.put('images', 'dir/index.html', 'x');
    for (const path of ['/', '/dir/', '/dir'])
      expect(await test.ask('images.localhost', path)).toMatchObject({ status: 404 });
  });
});

describe('what is missing', () => {
  it('is 404 and not remembered on asset origins', async () => {
    const { status, headers } = await test.ask('images.localhost', '/missing.png');
    expect(status).toBe(404);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['x-cache']).toBe('Error from twinorigin edge');
    await test.put('images', 'missing.png', 'now there');
    expect(await test.ask('images.localhost', '/missing.png')).toMatchObject({ status: 200, text: 'now there' });
  });

  it('is answered by 404.html with status 404, whatever conditions and ranges say', async () => {
    expect(await test.ask('www.localhost', '/gone.html')).toMatchObject({ status: 404, text: 'not found\n' });
    await test.put('pages', '404.html', '<h1>not here</h1>', { contentType: 'text/html; charset=utf-8' });
    const answer = await test.ask('www.localhost', '/gone.html', { 'if-none-match': '*', 'range': 'bytes=0-3' });
    expect(answer).toMatchObject({ status: 404, text: '<h1>not here</h1>' });
    expect(answer.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    expect(answer.headers).not.toHaveProperty('etag');
    expect(await test.ask('www.localhost', '/404.html')).toMatchObject({ status: 200 });
  });

  it('includes records and files of the store itself', async () => {
    await test.put('pages', '.twinorigin/current.json', '{}');
    for (const path of [
      '/.twinorigin/current.json',
      '/%2etwinorigin/current.json',
      '/.TwinOrigin/current.json',
      '/.twinorigin-headers/lock',
      '/.twinorigin-headers/objects/',
      '/.twinorigin',
      '/.twinorigin/',
    ])
      expect(await test.ask('www.localhost', path)).toMatchObject({ status: 404 });
    await test.put('pages', '.well-known/security.txt', 'contact');
    expect(await test.ask('www.localhost', '/.well-known/security.txt')).toMatchObject({ status: 200 });
  });
});

describe('names', () => {
  it.each([
    ['a b.txt', '/a%20b.txt'],
    ['a+b.txt', '/a+b.txt'],
    ['a+b.txt', '/a%2Bb.txt'],
    ['100%.txt', '/100%25.txt'],
    ['a%20b.txt', '/a%2520b.txt'],
    ['a#b.txt', '/a%23b.txt'],
    ['a?b.txt', '/a%3Fb.txt'],
    ['caf\u00e9.txt', '/caf%C3%A9.txt'],
    ['caf\u00e9.txt', '/caf%c3%a9.txt'],
    ['cafe\u0301.txt', '/cafe%CC%81.txt'],
    ['海図.txt', '/%E6%B5%B7%E5%9B%B3.txt'],
    ["it's (1) [2]~@:!$&,;=.txt", "/it's%20(1)%20[2]~@:!$&,;=.txt"],
    ['.hidden/x..y', '/.hidden/x..y'],
  ])('%s is found as %s', async (key, path) => {
    await test.put('resources', key, key);
    expect(await test.ask('resources.localhost', path)).toMatchObject({ status: 200, text: key });
  });

  it('must be percent-encoded', async () => {
    await test.put('resources', 'raw-é.txt', 'raw');
    const answer = await test.sendRaw(
      Buffer.from('GET /raw-é.txt HTTP/1.1\r\nHost: resources.localhost\r\nConnection: close\r\n\r\n'),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });
});
