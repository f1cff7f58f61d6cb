import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRenamed } from '../../src/migrate/changedAddresses.js';
import { crawlSite, type Crawled } from '../../src/migrate/crawl/crawl.js';
import { placeOf } from '../../src/migrate/crawl/place.js';
import { readRobots } from '../../src/migrate/crawl/robots.js';
import type { Fetch } from '../../src/release/ports.js';

const start = 'http://old.example.com/';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crawl-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

type Answer =
  string | { readonly status: number; readonly location?: string; readonly type?: string; readonly body?: string };

const typeOf = (path: string) =>
  path.endsWith('.css')
    ? 'text/css'
    : path.endsWith('.png')
      ? 'image/png'
      : path.endsWith('.xml')
        ? 'text/xml'
        : 'text/html';

function siteOf(answers: Readonly<Record<string, Answer>>) {
  const asked: string[] = [];
  let running = 0;
  let widest = 0;
  const fetch: Fetch = async (address) => {
    const url = new URL(address);
    asked.push(url.href.replace(start, '/'));
    widest = Math.max(widest, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    const answer = answers[url.pathname + url.search] ?? { status: 404 };
    if (typeof answer === 'string')
      return { status: 200, headers: { 'content-type': typeOf(url.pathname) }, body: Buffer.from(answer) };
    const { status, location, type = typeOf(url.pathname), body = '' } = answer;
    return { status, headers: { 'content-type': type, ...(location && { location }) }, body: Buffer.from(body) };
  };
  return { fetch, asked, widest: () => widest };
}

function crawl(fetch: Fetch, signal = new AbortController().signal): Promise<Crawled> {
  return crawlSite({ start, folder, fetch, emit: () => undefined, signal, width: 3 });
}
const placesOf = ({ visits }: Crawled) => visits.flatMap(({ place }) => (place === undefined ? [] : [place])).sort();

const answers = {
  '/robots.txt': { status: 200, type: 'text/plain', body: 'User-agent: *\nDisallow: /secret\nSitemap: /map.xml' },
  '/map.xml': '<sitemapindex><sitemap><loc>/one.xml</loc></sitemap></sitemapindex>',
  '/one.xml': '<urlset><url><loc>http://old.example.com/only-in-map?a=1&amp;b=2</loc></url></urlset>',
  '/': '<link rel=stylesheet href=/a.css><a href=about>x</a><a href=/page.php?id=2>x</a><a href=/secret/x>x</a><a href=http://else.example.com/>x</a><a href="#top">x</a><a href=/moved>x</a><a href=/gone>x</a>',
  '/a.css': 'body{background:url(b.png?v=3)}',
  '/b.png?v=3': 'png',
  '/about': '<a href=/>home</a>',
  '/page.php?id=2': 'two',
  '/only-in-map?a=1&b=2': 'map',
  '/moved': { status: 301, location: '/about' },
} satisfies Record<string, Answer>;

describe('crawling a live site', () => {
  it('finds every page through links and sitemaps, of this host alone', async () => {
    const site = siteOf(answers);
    const crawled = await crawl(site.fetch);
    expect(placesOf(crawled)).toEqual([
      'a.css',
      'about/index.html',
      'b.png',
      'index.html',
      'only-in-map-a-1-b-2.html',
      'page-id-2.html',
    ]);
    expect(readFileSync(join(crawled.site, 'page-id-2.html'), 'utf8')).toBe('two');
    expect(site.asked.filter((url) => url.includes('else'))).toEqual([]);
    expect(new Set(site.asked).size).toBe(site.asked.length);
    expect(site.widest()).toBeLessThanOrEqual(3);
  });

  it('keeps away from what robots.txt forbids, and says so', async () => {
    const site = siteOf(answers);
    const { forbidden } = await crawl(site.fetch);
    expect(forbidden).toEqual(['/secret/x']);
    expect(site.asked).not.toContain('/secret/x');
  });

  it('knows which addresses changed, and where those led that were redirects already', async () => {
    const { visits } = await crawl(siteOf(answers).fetch);
    expect([...findRenamed(visits, start)].sort((a, b) => (a.from < b.from ? -1 : 1))).toEqual([
      { from: '/about', to: '/about/' },
      { from: '/moved', to: '/about/' },
      { from: '/only-in-map', query: 'a=1&b=2', to: '/only-in-map-a-1-b-2.html' },
      { from: '/page.php', query: 'id=2', to: '/page-id-2.html' },
    ]);
  });

  it('ends the same when it is stopped again and again with a torn journal', async () => {
    const expected = await crawl(siteOf(answers).fetch);
    rmSync(folder, { recursive: true });
    let stops = 0;
    for (;;) {
      const stop = new AbortController();
      const site = siteOf(answers);
      let left = 4;
      const ended = await crawl((url, headers) => {
        if (--left === 0) stop.abort(new Error('stopped'));
        return site.fetch(url, headers);
      }, stop.signal).catch((error: unknown) => error);
      if (!(ended instanceof Error)) {
        expect(placesOf(ended as Crawled)).toEqual(placesOf(expected));
        expect((ended as Crawled).visits.map(({ url }) => url).sort()).toEqual(
          expected.visits.map(({ url }) => url).sort(),
        );
        break;
      }
      stops++;
      expect(stops).toBeLessThan(60);
      const journal = join(folder, 'crawl.journal');
      if (stops % 3 === 0 && statSync(journal).size > 10) truncateSync(journal, statSync(journal).size - 5);
      if (stops > 40) throw new Error('it does not move on');
    }
    expect(stops).toBeGreaterThan(1);
  });

  it('keeps one file where several addresses lead to it, and no half of one', async () => {
    const map = `<urlset><url><loc>${start}index.html</loc></url></urlset>`;
    const { fetch } = siteOf({ '/': 'same', '/index.html': 'same', '/sitemap.xml': map });
    expect(placesOf(await crawl(fetch))).toEqual(['index.html', 'index.html']);
    expect(readdirSync(join(folder, 'site'))).toEqual(['index.html']);
    mkdirSync(join(folder, 'parts'), { recursive: true });
    writeFileSync(join(folder, 'parts', '7'), 'half');
    expect(readdirSync((await crawl(fetch)).site)).toEqual(['index.html']);
  });

  it('says clearly when there is nothing to bring home', async () => {
    await expect(crawl(siteOf({}).fetch)).rejects.toMatchObject({
      code: 'unreachable',
      message: `${start} answers with status 404`,
    });
    await expect(crawl(() => Promise.reject(new Error('ECONNREFUSED')))).rejects.toMatchObject({ code: 'unreachable' });
    const closed = siteOf({ '/': 'x', '/robots.txt': { status: 503 } });
    await expect(crawl(closed.fetch)).rejects.toMatchObject({ hint: 'Its robots.txt forbids to visit it.' });
  });
});

describe('the place of an answer', () => {
  const place = (path: string, isPage = true) => placeOf(new URL(path, start), isPage);
  it('is a file that a folder can hold and a server can find again', () => {
    expect(place('/')).toBe('index.html');
    expect(place('/a/')).toBe('a/index.html');
    expect(place('/a.html')).toBe('a.html');
    expect(place('/a.htm?x=1')).toBe('a-x-1.htm');
    expect(place('/a.aspx')).toBe('a.html');
    expect(place('/%C3%BC%20b.png', false)).toBe('ü b.png');
    expect(place('/list?page=2')).toBe('list-page-2.html');
  });
  it('never leaves the folder and never holds what must not be published', () => {
    for (const path of ['/..%2F..%2Fetc/passwd', '/a//b', '/.env', '/.git/config', '/a%00b', `/${'x'.repeat(300)}`])
      expect(place(path, false) ?? '').not.toMatch(/\.\.\/|\0|^\.(env|git)|x{250}/);
    expect(place('/a%2F..%2F..%2Fb', false)).toBeNull();
    expect(place('/.env', false)).toBeNull();
  });
});

describe('robots.txt', () => {
  const text = [
    'User-agent: other',
    'Disallow: /',
    '',
    'User-agent: *',
    'User-agent: more',
    'Disallow: /a',
    'Allow: /a/b',
    'Disallow: /*.pdf$',
    'Disallow: ',
    'Crawl-delay: 2',
    'Sitemap: https://x.example/map.xml # all',
  ].join('\r\n');
  it.each([
    ['/', true],
    ['/a', false],
    ['/abc', false],
    ['/a/b/c', true],
    ['/x.pdf', false],
    ['/x.pdf?y', true],
    ['/pdf', true],
  ])('lets %s: %s', (path, allowed) => {
    expect(readRobots(text).allows(path)).toBe(allowed);
  });
  it('tells delay and sitemaps, and a group for us goes before all others', () => {
    expect(readRobots(text)).toMatchObject({ delay: 2000, sitemaps: ['https://x.example/map.xml'] });
    expect(readRobots(`${text}\nUser-agent: twinorigin\nDisallow: /only`).allows('/a')).toBe(true);
    expect(readRobots(`${text}\nUser-agent: twinorigin\nDisallow: /only`).allows('/only')).toBe(false);
  });
  it('costs no more than a path is long', () => {
    const hostile = readRobots(`User-agent: *\nDisallow: /${'*a'.repeat(5000)}$`);
    expect(hostile.allows(`/${'a'.repeat(4000)}b`)).toBe(true);
  });
});
