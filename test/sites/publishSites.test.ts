import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assembleBuild } from '../../src/build/assemble.js';
import { originNames, type SiteBuild } from '../../src/build/build.js';
import { invert, splice } from '../../src/build/rewrite.js';
import { openDirectoryStore } from '../../src/local/store.js';
import { applyPlan } from '../../src/release/apply.js';
import { takeInventory } from '../../src/release/inventory.js';
import { acquireLock } from '../../src/release/lock.js';
import { makePlan } from '../../src/release/plan.js';
import { buildGraph } from '../../src/site/buildGraph.js';
import { checkSite } from '../../src/site/check.js';
import type { AssetGraph } from '../../src/site/graph.js';
import { defaultLazyAttributes } from '../../src/site/references/index.js';
import { scanSite } from '../../src/site/scan.js';
import { memoryWorld } from '../release/harness.js';
import { fetchSite, largeSites, sites, type PackageName } from './fetchSites.js';
import { compareSpans } from './foreignSpans.js';
import { findChangedMeanings } from './servedReferences.js';
import { servedSite } from './servedSite.js';

/** Hosts that no site mentions. */
const urls = {
  images: 'https://images.twinorigin.test',
  resources: 'https://static.twinorigin.test',
  pages: 'https://www.twinorigin.test',
} as const;

const options = {
  urls,
  rules: [],
  encodings: 'none',
  compression: 'fast',
  originals: 'copy',
  integrity: true,
  cached: new Set(originNames),
} as const;

const finding = { siteUrls: [urls.pages], lazyAttributes: defaultLazyAttributes };

/** Sites that take minutes in all: TWINORIGIN_SITES=all. Folders of your own: TWINORIGIN_FOLDER=/path/to/site:/another. */
const folders = process.env.TWINORIGIN_FOLDER?.split(':');
const names = Object.keys({ ...sites, ...(process.env.TWINORIGIN_SITES === 'all' && largeSites) }) as PackageName[];
const cases: readonly { readonly name: string; readonly fetch: () => string }[] =
  folders?.map((folder) => ({ name: folder, fetch: () => folder })) ??
  names.map((name) => ({ name, fetch: () => fetchSite(name) }));

describe.each(cases)('$name', ({ name, fetch }) => {
  let graph: AssetGraph;
  let build: SiteBuild;
  let folder: string;
  let cacheDir: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'twinorigin-sites-'));
    cacheDir = join(folder, 'cache');
    graph = await buildGraph(await scanSite(fetch(), { cacheDir }), { ...finding, cacheDir });
    build = await assembleBuild(graph, { ...options, cacheDir });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is the input again, byte for byte, when every edit is undone', async () => {
    let edits = 0;
    for (const asset of graph.assets.values()) {
      const served = build.served(asset.path)!;
      const before = await graph.site.read(asset);
      const after = splice(before, served.edits);
      expect(splice(after, invert(before, served.edits)).equals(before), asset.path).toBe(true);
      edits += served.edits.length;
    }
    if (name in sites) expect(edits).toBeGreaterThan(0);
  });

  it('has nothing left to rewrite when its own output is built again', async () => {
    const site = await servedSite(graph, build);
    const again = await assembleBuild(await buildGraph(site, { ...finding, cacheDir }), options);
    const edited = [...site.files.keys()].filter((path) => again.served(path)!.edits.length > 0);
    expect(edited.filter((path) => graph.assets.get(path)!.mediaType.includes('html'))).toEqual([]);
  });

  it('has only references that mean what they meant: none leads elsewhere, to nothing, or is gone', async () => {
    expect(await findChangedMeanings(graph, build, finding)).toEqual([]);
  });

  it('has the tags and attributes that parse5 sees, at the same places', async () => {
    const { differences, pages } = await compareSpans(graph);
    expect(differences).toEqual([]);
    if (name in sites) expect(pages).toBeGreaterThan(0);
  });

  it('writes no address with a host inside a path', () => {
    for (const asset of graph.assets.values()) {
      const served = build.served(asset.path)!;
      for (const { text } of served.edits) expect(text).not.toMatch(/\/https?:|undefined|\/\/[^/]*\/\//);
    }
  });

  it('publishes, and publishes again without writing anything', async () => {
    const stores = Object.fromEntries(originNames.map((origin) => [origin, openDirectoryStore(join(folder, origin))]));
    const world = memoryWorld({ stores: stores as never, fetch: () => Promise.reject(new Error('not asked')) });
    const publishing = { ...world, readers: world.stores };
    const publish = async () => {
      const inventory = await takeInventory(publishing.readers.pages, build.root);
      const plan = makePlan(build, inventory, { cached: world.cached, maxPaths: 100, now: world.clock() });
      if (plan.empty) return plan;
      const fence = await acquireLock(publishing, { wait: false });
      await applyPlan(plan, build, inventory, publishing, { concurrency: 32, verifySample: 0, wait: false, fence });
      await fence.release();
      return plan;
    };
    expect((await publish()).totals.created).toBe(build.objects.length);
    expect(await publish()).toMatchObject({
      empty: true,
      totals: { created: 0, updated: 0, deleted: 0, kept: build.objects.length },
    });
  });
});

it.runIf(folders === undefined)(
  'admin-lte has 343 dangling scripts and stylesheets: told as warnings with file and line, and left as they are',
  async () => {
    const graph = await buildGraph(await scanSite(fetchSite('admin-lte')), finding);
    const build = await assembleBuild(graph, options);
    const dangling = [...graph.assets.values()].flatMap((asset) =>
      asset.edges
        .filter(
          ({ reference, destination }) =>
            destination.type === 'missing' && /^(script@src|link\[rel=stylesheet\]@href)$/.test(reference.kind),
        )
        .map(({ reference }) => ({ asset, reference })),
    );
    expect(dangling).toHaveLength(343);
    for (const { asset, reference } of dangling) {
      const touched = build
        .served(asset.path)!
        .edits.some(({ start, end }) => start < reference.end && end > reference.start);
      expect(touched, `${asset.path} ${reference.url}`).toBe(false);
    }
    const problems = (await checkSite(graph)).filter(({ code }) => code === 'dangling-reference');
    expect(problems.length).toBeGreaterThanOrEqual(343);
    for (const { severity, file, line } of problems)
      expect({ severity, file, line }).toEqual({
        severity: 'warning',
        file: expect.any(String),
        line: expect.any(Number),
      });
  },
);
