/**
 * `npm run bench:invalidation -- [--versions N] [--real N] [--out FILE]`
 * What strategies of invalidation cost, and how much they make CloudFront forget that was right: over generated versions
 * of a site, and over the releases of UIkit, whose package holds its pages of tests. Needs the npm registry the first
 * time. Writes Markdown.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { assembleBuild } from '../../dist/build/assemble.js';
import { addressForms } from '../../dist/release/invalidate.js';
import { compileInvalidation } from '../../dist/local/invalidationPath.js';
import { buildGraph } from '../../dist/site/buildGraph.js';
import { scanSite } from '../../dist/site/scan.js';
import { strategies } from './invalidationStrategies.mjs';
import { fetchVersions, generateVersions } from './siteVersions.mjs';

const { values: options } = parseArgs({
  options: {
    versions: { type: 'string', default: '1000' },
    real: { type: 'string', default: '20' },
    out: { type: 'string' },
  },
});
const work = mkdtempSync(join(tmpdir(), 'twinorigin-invalidation-'));
const cache = new URL('../../node_modules/.cache/twinorigin-sites/', import.meta.url).pathname;
const pricePerItem = 0.005;
const urls = { images: 'https://i.example.com', resources: 'https://r.example.com', pages: 'https://www.example.com' };

/** What the pages origin holds of a folder. */
async function buildOf(folder) {
  const tools = { emit: () => undefined, signal: new globalThis.AbortController().signal };
  const cacheDir = join(work, 'cache');
  const site = await scanSite(folder, { ...tools, ignore: [], cacheDir });
  const graph = await buildGraph(site, {
    ...tools,
    lazyAttributes: [],
    conditionalComments: 'keep',
    siteUrls: [urls.pages],
    cacheDir,
  });
  const build = await assembleBuild(graph, {
    ...tools,
    urls,
    rules: [],
    encodings: 'none',
    compression: 'fast',
    originals: 'copy',
    integrity: true,
    cached: new Set(['images', 'resources', 'pages']),
    cacheTags: true,
    cacheDir,
  });
  return new Map(build.objects.filter(({ origin }) => origin === 'pages').map((object) => [object.key, object]));
}

function compare(before, after) {
  const changes = [...after.values()].map((object) => {
    const live = before.get(object.key);
    const [was, is] = [live, object].map((one) => one && JSON.stringify([one.digest, one.headers]));
    const action = was === undefined ? 'create' : was === is ? 'keep' : 'update';
    return { origin: 'pages', key: object.key, action, reason: '', object, ...(live && { before: live }) };
  });
  for (const object of before.values())
    if (!after.has(object.key))
      changes.push({ origin: 'pages', key: object.key, action: 'delete', reason: '', before: object });
  return changes;
}

function newScores() {
  return Object.fromEntries(
    Object.keys(strategies).map((name) => [name, { publishes: 0, items: 0, most: 0, disturbed: 0, fresh: 0, left: 0 }]),
  );
}

/** Over-invalidation in objects, what is left stale in addresses: visitors ask for those. */
function score(scores, changes) {
  const stale = changes.filter(({ action }) => action === 'update' || action === 'delete');
  if (stale.length === 0) return;
  const fresh = changes.filter(({ action }) => action === 'keep');
  for (const [name, choose] of Object.entries(strategies)) {
    const items = choose(changes);
    const tests = items.map(compileInvalidation);
    const forgets = (path, object) =>
      tests.some((matches) => matches(decodeURIComponent(path).slice(1), object.headers.cacheTags));
    const own = scores[name];
    own.publishes++;
    own.items += items.length;
    own.most = Math.max(own.most, items.length);
    own.fresh += fresh.length;
    own.disturbed += fresh.filter(({ key, before }) => addressForms(key).some((form) => forgets(form, before))).length;
    own.left += stale.flatMap(({ key, before }) =>
      addressForms(key).filter((form) => !forgets(form.replace(/\*$/, ''), before)),
    ).length;
  }
}

function renderTable(title, scores) {
  const rows = Object.entries(scores).map(([name, { publishes, items, most, disturbed, fresh, left }]) =>
    [
      name,
      items,
      most,
      `$${(items * pricePerItem).toFixed(2)}`,
      (disturbed / publishes).toFixed(1),
      `${((100 * disturbed) / fresh).toFixed(1)} %`,
      left,
    ].join(' | '),
  );
  const head = [
    'strategy',
    'items',
    'most at once',
    'price',
    'forgotten in vain, a publish',
    'of what was right',
    'addresses left stale',
  ];
  return `### ${title}\n\n| ${head.join(' | ')} |\n| --- | ${head
    .slice(1)
    .map(() => '---:')
    .join(' | ')} |\n${rows.map((row) => `| ${row} |`).join('\n')}\n`;
}

try {
  const generated = newScores();
  const kinds = {};
  const folder = join(work, 'site');
  let before;
  for (const what of generateVersions(folder, Number(options.versions))) {
    const after = await buildOf(folder);
    if (before !== undefined) {
      const changes = compare(before, after);
      score(generated, changes);
      score((kinds[what] ??= newScores()), changes);
    }
    before = after;
  }
  const real = newScores();
  const versions = fetchVersions('uikit', '3.25.29', Number(options.real), cache);
  let objects = 0;
  before = undefined;
  for (const one of versions) {
    const after = await buildOf(one.folder);
    if (before !== undefined) score(real, compare(before, after));
    before = after;
    objects = after.size;
  }
  const publishes = (scores) => Object.values(scores)[0].publishes;
  const text = [
    renderTable(
      `${options.versions} generated versions of a site with 151 pages (${publishes(generated)} of them change something)`,
      generated,
    ),
    ...Object.entries(kinds)
      .filter(([, scores]) => publishes(scores) > 0)
      .map(([what, scores]) =>
        renderTable(`of these, ${publishes(scores)} versions in which this changed: ${what}`, scores),
      ),
    renderTable(
      `${versions.length - 1} successive releases of UIkit (${versions[0].version} to ${versions.at(-1).version}, ${objects} objects, ${publishes(real)} of them change something)`,
      real,
    ),
  ].join('\n');
  if (options.out === undefined) process.stdout.write(text);
  else writeFileSync(options.out, text);
} finally {
  rmSync(work, { recursive: true, force: true });
}
