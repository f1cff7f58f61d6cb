import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Browser, Request, Response } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchAddress } from '../../src/local/fetch.js';
import { publishFolder, type PublishedFolder } from './publishFolder.js';
import { connectBrowser } from './visit.js';

const site = new URL('../../sample-site', import.meta.url).pathname;
const run = promisify(execFile);

/** What Chromium got for one address. */
interface Got {
  readonly url: string;
  readonly type: string;
  readonly encoding: string | undefined;
  readonly vary: string | undefined;
  /** Bytes of the body on the wire. */
  readonly sent: number;
  /** As the page gets it; null where the browser has it no more. */
  readonly body: Buffer | null;
}

describe('the encoding that is sent, through the local edge', () => {
  let published: PublishedFolder;
  let browser: Browser;
  let got: readonly Got[] = [];

  beforeAll(async () => {
    published = await publishFolder(site);
    browser = await connectBrowser();
    const all: Got[] = [];
    // Pages in UTF-8: the browser gives others in UTF-8, too.
    for (const path of ['/', '/docs/']) all.push(...(await visit(published.urls.pages + path)));
    got = all;
  });
  afterAll(async () => {
    await browser.close();
    await published.close();
  });

  /** Everything that had arrived when the page was loaded; a browser forgets bodies when it leaves a page. */
  async function visit(url: string): Promise<readonly Got[]> {
    const page = await browser.newPage();
    const finished: Request[] = [];
    page.on('requestfinished', (request) => void finished.push(request));
    await page.goto(url, { waitUntil: 'load', timeout: 90_000 });
    const responses = await Promise.all(finished.map((request) => request.response()));
    const all = await Promise.all(responses.flatMap((one) => (one?.status() === 200 ? [describeResponse(one)] : [])));
    await page.close();
    return all;
  }

  async function describeResponse(response: Response): Promise<Got> {
    const headers = await response.allHeaders();
    const { responseBodySize } = await response.request().sizes();
    return {
      url: response.url(),
      type: headers['content-type'] ?? '',
      encoding: headers['content-encoding'],
      vary: headers.vary,
      sent: responseBodySize,
      body: await response.body().catch(() => null),
    };
  }

  const isText = ({ type }: Got) => /^text\/|javascript|json|svg/.test(type);

  it('is brotli for text in Chromium, from all three hosts, and what arrives is what was stored plain', async () => {
    const texts = got.filter(isText);
    expect(new Set(texts.map(({ url }) => new URL(url).hostname))).toEqual(
      new Set(['www.localhost', 'images.localhost', 'resources.localhost']),
    );
    expect(texts.map(({ type }) => type.replace(/;.*/, ''))).toEqual(
      expect.arrayContaining(['text/html', 'text/css', 'text/javascript', 'image/svg+xml']),
    );
    for (const { url, encoding, vary, sent, body } of texts) {
      const plain = await fetchAddress(url, { 'accept-encoding': 'identity' });
      const brotli = await fetchAddress(url, { 'accept-encoding': 'br' });
      expect(plain.headers['content-encoding'], url).toBeUndefined();
      if (body !== null) expect(body.equals(plain.body), url).toBe(true);
      expect(vary?.toLowerCase(), url).toContain('accept-encoding');
      // What compression does not make smaller has no variant.
      expect(encoding, url).toBe(brotli.headers['content-encoding']);
      expect(sent, url).toBe(brotli.body.length);
      if (plain.body.length > 1000) expect(encoding, url).toBe('br');
    }
    expect(texts.filter(({ encoding, body }) => encoding === 'br' && body !== null).length).toBeGreaterThan(10);
  });

  it('is none for what is compressed already', () => {
    const pictures = got.filter(({ type }) => /^(image\/(?!svg)|font\/)/.test(type));
    expect(pictures.length).toBeGreaterThan(3);
    expect(pictures.filter(({ encoding }) => encoding !== undefined)).toEqual([]);
  });

  it('is what curl asks for, and curl unpacks it to the same bytes', async () => {
    const { url } = got.find(({ type }) => type.startsWith('text/css'))!;
    const curl = async (...options: string[]) =>
      (await run('curl', ['--silent', '--show-error', ...options, url], { encoding: 'buffer' })).stdout;
    // Names below localhost are not known to every resolver.
    const { hostname, port } = new URL(url);
    const resolve = ['--resolve', `${hostname}:${port}:127.0.0.1`];
    const plain = await curl(...resolve);
    const counts: number[] = [];
    for (const accepted of ['br', 'gzip', 'br;q=0, gzip;q=0.5', '*']) {
      const options = [...resolve, '--compressed', '--header', `accept-encoding: ${accepted}`];
      expect((await curl(...options)).equals(plain), accepted).toBe(true);
      const told = await curl(...options, '--output', '/dev/null', '--write-out', '%{size_download}');
      counts.push(Number(told.toString()));
    }
    const [brotli, gzip, refused, any] = counts;
    expect(brotli).toBeLessThan(gzip!);
    expect(gzip).toBeLessThan(plain.length);
    // Whoever takes anything is given what everybody can unpack.
    expect([refused, any]).toEqual([gzip, gzip]);
  });
});
