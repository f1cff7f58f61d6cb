import { afterEach, describe, expect, it } from 'vitest';
import { keysOf, type KeysOptions } from '../edge/releaseKeys.js';
import { edgeOf, type TestEdge } from './edgeOf.js';

const paths = ['index.html', 'about.html', 'docs/index.html', 'css/a.css', 'app.html', 'taken.html'];
let edge: TestEdge | undefined;
afterEach(() => edge?.close());

async function open(options: KeysOptions): Promise<(address: string) => Promise<string>> {
  edge = await edgeOf({ keys: keysOf(paths, options) });
  for (const path of paths) await edge.put('pages', path, path, { contentType: 'text/html' });
  return async (address) => {
    const { status, headers, text } = await edge!.ask('www.localhost', address);
    return status === 200
      ? `200 ${text}`
      : headers.location === undefined
        ? String(status)
        : `${status} ${headers.location}`;
  };
}

describe('redirects of the site', () => {
  it('lead where the file says, the first rule first', async () => {
    const ask = await open({
      redirects: `
        /old /about.html 302
        /query id=:id /by-id/:id 308
        /query /by-nothing 303
        /news/:year/:month /archive/:year-:month.html
        /blog/* https://blog.example.com/:splat
        /blog/special /never 301
        /%c3%bc /umlaut 307
        /keeps?x /never`.replace(/^ +/gm, ''),
    });
    expect(await ask('/old')).toBe('302 /about.html');
    expect(await ask('/old/')).toBe('404');
    expect(await ask('/old?a=b')).toBe('302 /about.html?a=b');
    expect(await ask('/query?id=7')).toBe('308 /by-id/7?id=7');
    expect(await ask('/query')).toBe('303 /by-nothing');
    expect(await ask('/news/2026/11')).toBe('301 /archive/2026-11.html');
    expect(await ask('/news/2026')).toBe('404');
    expect(await ask('/news//11')).toBe('404');
    expect(await ask('/blog/a/b?c')).toBe('301 https://blog.example.com/a/b?c');
    expect(await ask('/blog/')).toBe('301 https://blog.example.com/');
    expect(await ask('/blog/special')).toBe('301 https://blog.example.com/special');
    expect(await ask('/%C3%BC')).toBe('307 /umlaut');
  });

  it('do not hide what the site has, unless they insist', async () => {
    const ask = await open({ redirects: '/about.html /a\n/taken.html /b 301!\n/css/* /c\n/docs/* /d 301!\n' });
    expect(await ask('/about.html')).toBe('200 about.html');
    expect(await ask('/taken.html')).toBe('301 /b');
    expect(await ask('/css/a.css')).toBe('200 css/a.css');
    expect(await ask('/css/gone.css')).toBe('301 /c');
    expect(await ask('/docs/')).toBe('301 /d');
  });

  it('never apply to the address they lead to', async () => {
    const ask = await open({ redirects: '/old /about.html 302\n', urls: 'auto' });
    expect(await ask('/old')).toBe('302 /about.html');
    expect(await ask('/about.html')).toBe('301 /about');
  });

  it('give a page another address where there are no clean ones', async () => {
    const redirects = '/about /about.html 301\n/css/* /c\n/docs/* /d\n/docs /e\n';
    const ask = await open({ redirects });
    expect(await ask('/about')).toBe('301 /about.html');
    expect(await ask('/docs/index')).toBe('301 /d');
    expect(await ask('/docs/')).toBe('200 docs/index.html');
  });

  it('hide no page that is served under an address with a slash', async () => {
    const ask = await open({ redirects: '/* /d 307\n', urls: 'force' });
    expect(await ask('/about/')).toBe('200 about.html');
    expect(await ask('/docs/')).toBe('200 docs/index.html');
    expect(await ask('/gone/')).toBe('307 /d');
  });

  it('with status 200 serve another page of the site', async () => {
    const ask = await open({ redirects: '/app/* /app.html 200\n/start / 200\n/help /docs 200', urls: 'auto' });
    expect(await ask('/app/any/where')).toBe('200 app.html');
    expect(await ask('/start')).toBe('200 index.html');
    expect(await ask('/help')).toBe('200 docs/index.html');
    expect(await ask('/app.html')).toBe('301 /app');
  });

  it('make a single page application of /* /index.html 200, and its files are still files', async () => {
    const ask = await open({ redirects: '/* /index.html 200' });
    expect(await ask('/any/route')).toBe('200 index.html');
    expect(await ask('/css/a.css')).toBe('200 css/a.css');
    expect(await ask('/about.html')).toBe('200 about.html');
    expect(await ask('/docs/')).toBe('200 docs/index.html');
  });

  it('never lead to another host because of what a visitor sent', async () => {
    const ask = await open({ redirects: '/go/* /:splat\n/to to=:to /:to\n/x/* /:splat 200' });
    expect(await ask('/go//evil.example')).toBe('301 /evil.example');
    expect(await ask('/go/%5C%5Cevil.example')).toBe('301 /%5C%5Cevil.example');
    expect(await ask('/go/:splat')).toBe('301 /:splat');
    expect(await ask('/to?to=/evil.example')).toMatch(/^301 \/evil\.example/);
    expect(await ask('/to?to=%5Cevil.example')).toMatch(/^301 \/%5Cevil\.example/);
    expect(await ask('/go/%0d%0aSet-Cookie:a=b')).toBe('400');
    expect(await ask('/x/.twinorigin/current.json')).toBe('404');
  });

  it('are found among two thousand and a hundred patterns', async () => {
    const singles = Array.from({ length: 2000 }, (_, n) => `/single/${n} /target/${n}`);
    const patterns = Array.from({ length: 100 }, (_, n) => `/pattern${n}/* /other/${n}/:splat`);
    const keys = keysOf(paths, { redirects: [...singles, ...patterns].join('\n') });
    for (const value of keys.entries.values()) expect(Buffer.byteLength(value)).toBeLessThanOrEqual(1024);
    const ask = await open({ redirects: [...singles, ...patterns].join('\n') });
    expect(await ask('/single/0')).toBe('301 /target/0');
    expect(await ask('/single/1999')).toBe('301 /target/1999');
    expect(await ask('/pattern99/a/b')).toBe('301 /other/99/a/b');
    expect(await ask('/single/2000')).toBe('404');
  });
});

describe('headers of the site', () => {
  it('are set on pages and files, by address or by file name', async () => {
    await open({
      headers: `/*
  X-All: 1
/about.html
  X-Name: file
/docs/
  X-Name: folder
  Cache-Control: public, max-age=60
/css/:name
  X-Sheet: :name
  ! X-All
/docs/*
  X-Name: second
`,
    });
    const ask = async (address: string, headers = {}) => (await edge!.ask('www.localhost', address, headers)).headers;
    expect(await ask('/')).toMatchObject({ 'x-all': '1' });
    expect(await ask('/about.html')).toMatchObject({ 'x-all': '1', 'x-name': 'file' });
    expect(await ask('/docs/')).toMatchObject({ 'x-name': 'folder, second', 'cache-control': 'public, max-age=60' });
    const sheet = await ask('/css/a.css');
    expect(sheet).toMatchObject({ 'x-sheet': 'a.css' });
    expect(sheet['x-all']).toBeUndefined();
    const { etag } = await ask('/');
    expect(await ask('/', { 'if-none-match': etag })).toMatchObject({ 'x-all': '1' });
    // CloudFront asks no function about an answer of 400 and above.
    expect((await ask('/nothing'))['x-all']).toBeUndefined();
  });
});

describe('maintenance', () => {
  it('answers every page with 503 and a message, and nothing of it is kept', async () => {
    await open({ live: { m: 'Back at <noon>' } });
    const { status, headers, text } = await edge!.ask('www.localhost', '/about.html');
    expect(status).toBe(503);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'retry-after': '300' });
    expect(text).toContain('Back at &lt;noon>');
  });
});
