import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchSite, type PackageName } from '../sites/fetchSites.js';
import { assemblePdfViewer } from './pdfViewer.js';
import { compareSite, type SiteComparison } from './compareSite.js';
import { buildGenerated, generators } from './generators.js';
import { listPages } from './listPages.js';
import { connectBrowser } from './visit.js';

/**
 * Pages of each site: TWINORIGIN_PAGES=50 visits more. Sites that take minutes: TWINORIGIN_SITES=all. Folders of your
 * own: TWINORIGIN_FOLDER=/path/to/site:/another.
 */
const pages = Number(process.env.TWINORIGIN_PAGES ?? 3);
const folders = process.env.TWINORIGIN_FOLDER?.split(':');
const all = process.env.TWINORIGIN_SITES === 'all';

interface Case {
  readonly name: string;
  readonly folder: () => string;
  /** Which pages, where the first ones do not tell most. */
  readonly paths?: readonly string[];
  /** True where all is loaded by computed addresses, so that nothing can move. */
  readonly stays?: boolean;
  /** How many workers have to run. */
  readonly workers?: number;
  /** True where every script that is loaded by an address has to come from another host. */
  readonly scripts?: boolean;
}

type PackageCase = Omit<Case, 'folder'> & { readonly name: PackageName };

const packages: readonly PackageCase[] = [
  { name: 'reveal.js', paths: ['demo.html'] },
  { name: 'paper', paths: ['dist/docs/classes/Path.html', 'examples/Scripts/Arcs.html'] },
];
const largePackages: readonly PackageCase[] = [
  { name: 'uikit', paths: ['tests/card.html', 'tests/image.html', 'tests/slider.html'] },
  { name: 'admin-lte', paths: ['', 'pages/widgets.html'] },
  { name: 'startbootstrap-sb-admin-2', paths: ['', 'tables.html'] },
  // Loads its parts by addresses that it computes from that of its own script.
  { name: 'mathjax', paths: ['test/sample-tex.html', 'test/sample-mml.html'], stays: true },
];

const slowToBuild: ReadonlySet<string> = new Set(['VitePress']);

const cases: readonly Case[] =
  folders !== undefined
    ? folders.map((folder) => ({ name: folder, folder: () => folder }))
    : [
        ...Object.keys(generators)
          .filter((name) => all || !slowToBuild.has(name))
          .map((name) => ({
            name,
            folder: () => buildGenerated(name),
            ...(name.startsWith('Vite with') && { workers: 1 }),
            ...(/^(?:Vite with|Vite in|SvelteKit)/.test(name) && { scripts: true }),
          })),
        ...[...packages, ...(all ? largePackages : [])].map((one) => ({ ...one, folder: () => fetchSite(one.name) })),
        { name: 'PDF viewer', folder: assemblePdfViewer, workers: 1 },
      ];

let browser: Browser;
beforeAll(async () => {
  browser = await connectBrowser();
});
afterAll(() => browser.close());

describe.each(cases)('$name, published', ({ folder, paths, stays = false, workers = 0, scripts = false }) => {
  let result: SiteComparison;
  beforeAll(async () => {
    const site = folder();
    const listed = pages > 3 || paths === undefined ? listPages(site).slice(0, pages) : paths;
    result = await compareSite(browser, site, listed);
  });

  it('fails and complains no more than before, and looks the same', () => {
    expect(result.worse).toEqual([]);
  });

  it('loads no script from two addresses', () => {
    expect(result.doubled).toEqual([]);
  });

  it.runIf(stays)('loads everything from the host of the pages, where it is sought', () => {
    expect(result.moved).toBe(0);
  });

  it.runIf(!stays)('loads assets from the two other hosts', () => {
    expect(result.moved).toBeGreaterThan(0);
  });

  it.runIf(scripts)('loads all its scripts from the other hosts, but for workers', () => {
    const loaded = result.after.flatMap((visit) => visit.requests.filter(({ type }) => type === 'script'));
    const workers = new Set(result.after.flatMap((visit) => visit.workers));
    expect(loaded.length).toBeGreaterThan(0);
    expect(loaded.filter(({ host, url }) => host.startsWith('www.') && !workers.has(url))).toEqual([]);
  });

  it.runIf(workers > 0)('runs its worker, on the origin of the pages', () => {
    const home = result.after.find(({ path }) => path === '');
    expect(home?.workers).toHaveLength(workers);
    for (const url of home?.workers ?? []) expect(new URL(url).host).toMatch(/^www\.localhost:/);
  });
});
