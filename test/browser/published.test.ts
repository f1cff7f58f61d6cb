import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchAddress } from '../../src/local/fetch.js';
import { comparePages } from './comparePages.js';
import { keepPictures } from './keepPictures.js';
import { listPages } from './listPages.js';
import { publishFolder, type PublishedFolder } from './publishFolder.js';
import { serveFolder, type FolderServer } from './serveFolder.js';
import { connectBrowser, visitPages, type Visit } from './visit.js';

const folder = new URL('../../sample-site', import.meta.url).pathname;
const paths = listPages(folder);

describe('the sample site, published', () => {
  let server: FolderServer;
  let published: PublishedFolder;
  let browser: Browser;
  let before: Visit[];
  let after: Visit[];

  beforeAll(async () => {
    [server, published, browser] = await Promise.all([serveFolder(folder), publishFolder(folder), connectBrowser()]);
    before = await visitPages(browser, server.url, paths);
    after = await visitPages(browser, published.urls.pages, paths);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await published.close();
  });

  it.each(paths)('loads /%s without a failed request or a console message', (path) => {
    const visit = after.find((one) => one.path === path)!;
    expect(visit.failures).toEqual([]);
    expect(visit.errors).toEqual([]);
    expect(visit.warnings).toEqual([]);
  });

  it('looks the same, with the same fonts and workers', () => {
    expect(keepPictures(comparePages(before, after), before, after)).toEqual([]);
  });

  it('loads images, styles, scripts and fonts from the two other hosts', () => {
    const home = after.find(({ path }) => path === '')!;
    const hostsOf = (type: string) =>
      new Set(home.requests.filter((request) => request.type === type).map(({ host }) => host));
    expect(hostsOf('stylesheet')).toEqual(new Set([new URL(published.urls.resources).host]));
    expect(hostsOf('font')).toEqual(new Set([new URL(published.urls.resources).host]));
    expect(hostsOf('script')).toContain(new URL(published.urls.resources).host);
    expect(hostsOf('image')).toContain(new URL(published.urls.images).host);
  });

  it('shows a changed image on the next publish, and old pages still find the old one', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'twinorigin-changed-'));
    try {
      cpSync(folder, copy, { recursive: true });
      const logo =
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M0 0h10v10H0z" fill="red"/></svg>';
      writeFileSync(join(copy, 'images/logo/mark.svg'), logo);
      const outcome = await published.publishAgain(copy);
      expect(outcome.plan.totals.created).toBeGreaterThan(0);
      const [home] = await visitPages(browser, published.urls.pages, ['']);
      expect(home!.failures).toEqual([]);
      const imagesOf = (visit: Visit) => visit.requests.filter(({ url }) => url.includes('mark')).map(({ url }) => url);
      const old = imagesOf(after.find(({ path }) => path === '')!);
      expect(old.length).toBeGreaterThan(0);
      expect(imagesOf(home!).filter((url) => old.includes(url))).toEqual([]);
      for (const url of old) expect((await fetchAddress(url, {})).status).toBe(200);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
});
