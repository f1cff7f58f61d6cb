import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparePages } from './comparePages.js';
import { keepPictures } from './keepPictures.js';
import { listPages } from './listPages.js';
import { serveFolder } from './serveFolder.js';
import type { FolderServer } from './serveFolder.js';
import { connectBrowser, visitPages } from './visit.js';
import type { Visit } from './visit.js';

const folder = new URL('../../sample-site', import.meta.url).pathname;
const paths = listPages(folder);

describe('the sample site, as it lies on disk', () => {
  let server: FolderServer;
  let browser: Browser;
  let visits: Visit[];

  beforeAll(async () => {
    server = await serveFolder(folder);
    browser = await connectBrowser();
    visits = await visitPages(browser, server.url, paths);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it('has pages in the root, in folders and in other encodings', () => {
    expect(paths).toEqual(expect.arrayContaining(['', '404.html', 'docs/', 'docs/api/router.html', 'ja/', 'archive/']));
  });

  it.each(paths)('loads /%s without a failed request or a console message', (path) => {
    const visit = visits.find((one) => one.path === path)!;
    expect(visit.failures).toEqual([]);
    expect(visit.errors).toEqual([]);
    expect(visit.warnings).toEqual([]);
  });

  it('asks no other host for anything', () => {
    const hosts = new Set(visits.flatMap((visit) => visit.requests.map((request) => request.host)));
    expect([...hosts]).toEqual([new URL(server.url).host]);
  });

  it('starts its workers and loads its fonts', () => {
    const of = (path: string): Visit => visits.find((visit) => visit.path === path)!;
    expect(of('docs/').workers).toEqual([`${server.url}/docs/search-worker.js`]);
    expect(of('docs/').requests.map((request) => request.url)).toContain(`${server.url}/docs/search.json`);
    expect(of('playground/').workers).toEqual([`${server.url}/js/playground/field.worker.js`]);
    expect(of('').fonts).toEqual(
      expect.arrayContaining(['Bricolage Grotesque normal 200 800', 'Instrument Serif italic 400']),
    );
    expect(of('ja/').fonts).toContain('Zen Kaku JA normal normal');
  });

  it('looks the same on a second visit', async () => {
    const again = await visitPages(browser, server.url, paths);
    expect(keepPictures(comparePages(visits, again), visits, again)).toEqual([]);
  });
});
