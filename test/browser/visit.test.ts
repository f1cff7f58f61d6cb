import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparePage, comparePages } from './comparePages.js';
import { findChromium } from './startChromium.js';
import { withSite } from './temporarySite.js';
import { connectBrowser, visitPage } from './visit.js';

const font = readFileSync(new URL('../../sample-site/fonts/instrument-serif-italic.woff2', import.meta.url));
const page = (body: string, head = ''): string =>
  `<!doctype html><meta charset=utf-8><title>t</title><link rel=icon href=data:,>${head}<body style="margin:0">${body}`;
const square = (colour: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><path fill="${colour}" d="M0 0h40v40H0z"/></svg>`;

let browser: Browser;
beforeAll(async () => {
  browser = await connectBrowser();
});
afterAll(() => browser.close());

describe('a visit', () => {
  it('records requests that fail, with their status', () =>
    withSite({ 'index.html': page('<img src=gone.png><p>text') }, async ({ url }) => {
      const visit = await visitPage(browser, url, '');
      expect(visit.failures).toMatchObject([
        { url: `${url}/gone.png`, type: 'image', status: 404, reason: '404 Not Found' },
      ]);
      expect(visit.errors).toHaveLength(1);
    }));

  it('records console errors, warnings and exceptions', () =>
    withSite(
      { 'index.html': page('<script>console.error("wrong"); console.warn("odd"); throw new Error("broken")</script>') },
      async ({ url }) => {
        const { errors, warnings } = await visitPage(browser, url, '');
        expect([[...errors].sort(), warnings]).toEqual([['Error: broken', 'wrong'], ['odd']]);
      },
    ));

  it('brings lazy images into view and waits for what scripts add', () =>
    withSite(
      {
        'index.html': page(
          `<div style="height:4000px"></div><img loading=lazy src=late.svg><p id=p></p>
           <script>fetch('words.txt').then(r => r.text()).then(t => { p.textContent = t; new Image().src = 'last.svg' })</script>`,
        ),
        'words.txt': 'arrived',
        'late.svg': square('red'),
        'last.svg': square('blue'),
      },
      async ({ url }) => {
        const { requests, failures } = await visitPage(browser, url, '');
        const paths = requests.map((request) => new URL(request.url).pathname);
        expect(paths).toEqual(expect.arrayContaining(['/', '/late.svg', '/words.txt', '/last.svg']));
        expect(failures).toEqual([]);
      },
    ));

  it('records fonts, workers and what workers ask for', () =>
    withSite(
      {
        'index.html': page(
          '<i style="font-family:Chart">38</i><script>var worker = new Worker("worker.js")</script>',
          '<style>@font-face{font-family:"Chart";src:url(chart.woff2);font-style:italic}</style>',
        ),
        'chart.woff2': font,
        'worker.js': 'importScripts("part.js"); fetch("table.json").then((answer) => answer.json()).then(postMessage)',
        'part.js': '',
        'table.json': '{}',
      },
      async ({ url }) => {
        const visit = await visitPage(browser, url, '');
        expect(visit.fonts).toEqual(['Chart italic normal']);
        expect(visit.workers).toEqual([`${url}/worker.js`]);
        expect(visit.requests.map((request) => request.url)).toContain(`${url}/table.json`);
      },
    ));

  it('reaches the names under localhost that stand for other origins', () =>
    withSite(
      {
        'index.html': page('<script>document.write(`<img src="//images.localhost:${location.port}/a.svg">`)</script>'),
        'a.svg': square('red'),
      },
      async ({ url }) => {
        const { port } = new URL(url);
        const { requests, failures } = await visitPage(browser, `http://www.localhost:${port}`, '');
        expect(requests.map((request) => request.host)).toEqual([`www.localhost:${port}`, `images.localhost:${port}`]);
        expect(failures).toEqual([]);
      },
    ));
});

describe('comparing two visits', () => {
  const visitOf = (files: Record<string, string | Buffer>): ReturnType<typeof visitPage> =>
    withSite(files, ({ url }) => visitPage(browser, url, ''));

  it('finds nothing between two equal pages on different hosts', async () => {
    const files = { 'index.html': page('<img src=a.svg>'), 'a.svg': square('red') };
    expect(comparePage(await visitOf(files), await visitOf(files))).toEqual({
      path: '',
      problems: [],
      differentPixels: 0,
    });
  });

  it('counts pixels that changed and marks them', async () => {
    const html = page('<img src=a.svg>');
    const before = await visitOf({ 'index.html': html, 'a.svg': square('red') });
    const after = await visitOf({ 'index.html': html, 'a.svg': square('lime') });
    const { problems, differentPixels, difference } = comparePage(before, after);
    expect([problems, differentPixels]).toEqual([['1600 pixels differ'], 1600]);
    expect(difference?.subarray(1, 4).toString()).toBe('PNG');
    expect(comparePage(before, after, { tolerance: 1600 }).problems).toEqual([]);
  });

  it('tells new failures and errors from those that were there before', async () => {
    const before = await visitOf({ 'index.html': page('<img src=gone.svg width=40 height=40>') });
    const after = await visitOf({
      'index.html': page('<img src=gone.svg width=40 height=40><script src=away.js></script>'),
    });
    expect(comparePage(before, before).problems).toEqual([]);
    expect(comparePage(before, after).problems).toEqual([
      expect.stringMatching(/^new failed request: script http:.*away\.js \(404 Not Found\)$/),
      expect.stringMatching(/^new console error: Failed to load resource/),
      expect.stringMatching(/^new console error: Refused to execute script from 'http:.*away\.js'/),
    ]);
    expect(comparePage(after, before).problems).toEqual([]);
  });

  it('notices a font that no longer loads', async () => {
    const html = page(
      '<i style="font-family:Chart">&nbsp;</i>',
      '<style>@font-face{font-family:"Chart";src:url(chart.woff2);font-style:italic}</style>',
    );
    const before = await visitOf({ 'index.html': html, 'chart.woff2': font });
    const after = await visitOf({ 'index.html': html });
    expect(comparePage(before, after).problems).toContain('font no longer loaded: Chart italic normal');
  });

  it('notices another size of page and a page that is missing', async () => {
    const before = await visitOf({ 'index.html': page('<div style="height:900px"></div>') });
    const after = await visitOf({ 'index.html': page('<div style="height:950px"></div>') });
    expect(comparePage(before, after).problems).toEqual(['picture was 1280 by 900 pixels, is 1280 by 950']);
    expect(comparePages([before], [])).toMatchObject([{ path: '', problems: ['was visited only before'] }]);
  });
});

describe('a machine without Chromium', () => {
  it('is told how to get one', () => {
    expect(() => findChromium({ CHROMIUM: '/nowhere/chromium' })).toThrow(
      /no Chromium at \/nowhere\/chromium \(from CHROMIUM\).*apt-get install chromium/,
    );
  });
});
