import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliCompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redirectOf, writeNginx } from '../../src/report/redirects/index.js';
import { openNginx, type Nginx } from './nginx.js';

let folder: string;
let nginx: Nginx;

const redirects = [
  redirectOf('/old.html', '/new.html'),
  redirectOf('/page.php', '/page-2.html', { query: 'id=2' }),
  redirectOf('/with space/ü.html', 'https://images.acme.com/%C3%BC.html'),
  redirectOf('/moved', '/elsewhere', { status: 302 }),
  redirectOf('/a"b\\c.+*$1.html', '/x%20y$z.html'),
  redirectOf(`/${'x'.repeat(300)}`, '/y'),
];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'twinorigin-nginx-'));
  nginx = await openNginx(folder);
  const page = '<!doctype html>'.padEnd(2_000, 'x');
  const files: Record<string, string | Buffer> = {
    'index.html': 'home',
    'about.html': 'about',
    'both.html': 'the page',
    'both/index.html': 'the folder',
    'docs/index.html': page,
    'docs/index.html.gz': gzipSync(page),
    'docs/index.html.br': brotliCompressSync(page),
    'a b/index.html': 'a space',
    'images/a.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
    '404.html': 'not here',
    'module.mjs': 'export {};',
    'app.webmanifest': '{}',
    'style.css': 'a{}',
  };
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, 'site/releases/1', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  symlinkSync('releases/1', join(folder, 'site/current'));
  const { http, server } = writeNginx(redirects);
  writeFileSync(join(folder, 'site/redirects/nginx-http.conf'), http);
  writeFileSync(join(folder, 'site/redirects/nginx-server.conf'), server);
  await nginx.start();
});
afterAll(async () => {
  await nginx.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    get(`${nginx.url}${path}`, { headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      );
    }).on('error', reject);
  });
}
const locationOf = async (path: string): Promise<string> => {
  const { status, headers } = await ask(path);
  return `${status} ${headers.location}`;
};

describe('nginx with the configuration of the boot script', () => {
  it('takes it, with redirects and without', async () => {
    expect(await nginx.test()).toContain('test is successful');
    const other = mkdtempSync(join(tmpdir(), 'twinorigin-nginx-'));
    expect(await (await openNginx(other)).test()).toContain('test is successful');
    rmSync(other, { recursive: true });
  });

  it('leads from a folder to its index, so that relative addresses hold', async () => {
    expect(await locationOf('/docs')).toBe('301 /docs/');
    expect(await locationOf('/docs?a=1')).toBe('301 /docs/?a=1');
    expect(await locationOf('/a%20b')).toBe('301 /a%20b/');
    expect((await ask('/docs/')).status).toBe(200);
  });

  it('knows pages without their extension, and tells a page from a folder of its name', async () => {
    expect((await ask('/')).body.toString()).toBe('home');
    expect((await ask('/about')).body.toString()).toBe('about');
    expect((await ask('/both')).body.toString()).toBe('the page');
    expect((await ask('/both/')).body.toString()).toBe('the folder');
  });

  it('answers 404 with the page for it, also for a folder without an index', async () => {
    for (const path of ['/missing', '/images/', '/../../health/ok.txt', '/.well-known/other'])
      expect(await ask(path).then(({ status }) => status)).toBeOneOf([404, 400]);
    expect((await ask('/images/')).body.toString()).toBe('not here');
    expect(await ask('/missing')).toMatchObject({ status: 404, body: Buffer.from('not here') });
  });

  it('sends what was compressed beforehand', async () => {
    const plain = await ask('/docs/');
    expect(plain.headers['content-encoding']).toBeUndefined();
    const zipped = await ask('/docs/', { 'accept-encoding': 'gzip' });
    expect(zipped.headers).toMatchObject({ 'content-encoding': 'gzip', 'vary': 'Accept-Encoding' });
    expect(zipped.body.length).toBeLessThan(100);
    expect(gunzipSync(zipped.body)).toEqual(plain.body);
    const both = await ask('/docs/', { 'accept-encoding': 'gzip, br' });
    expect(both.headers['content-encoding']).toBe(nginx.withBrotli ? 'br' : 'gzip');
  });

  it('answers for its health beside the site, and lets nobody keep a page without asking', async () => {
    expect((await ask('/.well-known/twinorigin-health')).body.toString()).toBe('ok\n');
    expect((await ask('/')).headers['cache-control']).toBe('public, max-age=0, must-revalidate');
  });

  it('calls files what they are, and says in which characters they are written', async () => {
    const typeOf = async (path: string) => (await ask(path)).headers['content-type'];
    expect(await typeOf('/')).toBe('text/html; charset=utf-8');
    expect(await typeOf('/style.css')).toBe('text/css; charset=utf-8');
    // Browsers run no module that is called anything else.
    expect(await typeOf('/module.mjs')).toBe('text/javascript; charset=utf-8');
    expect(await typeOf('/app.webmanifest')).toBe('application/manifest+json; charset=utf-8');
  });

  it('redirects as the redirect files say', async () => {
    expect(await locationOf('/old.html')).toBe('301 /new.html');
    expect(await locationOf('/old.html?utm=x')).toBe('301 /new.html');
    expect(await locationOf('/page.php?id=2')).toBe('301 /page-2.html');
    expect((await ask('/page.php?id=3')).status).toBe(404);
    expect(await locationOf('/with%20space/%C3%BC.html')).toBe('301 https://images.acme.com/%C3%BC.html');
    expect(await locationOf('/moved')).toBe('302 /elsewhere');
    expect(await locationOf('/a%22b%5Cc.+*$1.html')).toBe('301 /x%20y%24z.html');
    expect(await locationOf(`/${'x'.repeat(300)}`)).toBe('301 /y');
  });
});
