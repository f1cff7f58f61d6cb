/**
 * `node scripts/bench/scan.mjs [--megabytes 30] [--html FOLDER,…] [--js FOLDER,…] [--no-peers]`
 * How fast references are found and rewritten, without compression, in one process: megabytes of source for each second
 * of processor time, beside reading the files, parse5 and assetgraph. Without folders, packages from npm serve as sites.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'parse5';
import { assembleBuild } from '../../dist/build/assemble.js';
import { buildGraph } from '../../dist/site/buildGraph.js';
import { defaultLazyAttributes } from '../../dist/site/references/index.js';
import { scanSite } from '../../dist/site/scan.js';

const packages = {
  html: ['dojox@1.17.3', 'dijit@1.17.3', 'dojo@1.17.3', 'paper@0.12.20', 'admin-lte@3.2.0', 'uikit@3.25.29'],
  js: ['three@0.180.0', 'monaco-editor@0.53.0'],
};
const peer = 'assetgraph@7.13.0';
const cache = join(tmpdir(), 'twinorigin-bench', 'scan');

/**
 * @param {{ megabytes?: number, html?: readonly string[], js?: readonly string[], peers?: boolean }} options
 * @returns {Promise<readonly { what: string, html?: number, js?: number }[]>} megabytes for each second of processor time
 */
export async function benchScan({ megabytes = 30, html, js, peers = true } = {}) {
  const folders = {
    html: makeCorpus('html', html ?? packages.html.map(unpack), megabytes),
    js: makeCorpus('js', js ?? packages.js.map(unpack), megabytes),
  };
  const rows = [];
  const add = async (what, run, kinds = ['html', 'js']) => {
    const row = { what };
    for (const kind of kinds) row[kind] = await speedOf(() => run(folders[kind]), folders[kind]);
    rows.push(row);
  };
  const state = mkdtempSync(join(tmpdir(), 'twinorigin-scan-'));
  try {
    await add('reading the files', readAll);
    await add('finding and rewriting, nothing known', (folder) => rewrite(folder));
    await add('the same, filling the cache', (folder) => rewrite(folder, join(state, folder.replace(/\W/g, '-'))));
    await add('the same, from the cache', (folder) => rewrite(folder, join(state, folder.replace(/\W/g, '-'))));
    if (peers) {
      await add('parse5, parsing with locations', parseAll, ['html']);
      const populate = await loadAssetGraph();
      if (populate !== undefined) await add(`${peer}, loading and writing`, populate, ['html']);
    }
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
  return rows;
}

/** Hashing, finding, resolving, naming and editing: all of a build but compression. */
async function rewrite(folder, cacheDir) {
  const tools = { ...(cacheDir !== undefined && { cacheDir }) };
  const urls = {
    images: 'https://i.example.com',
    resources: 'https://r.example.com',
    pages: 'https://www.example.com',
  };
  const site = await scanSite(folder, tools);
  const graph = await buildGraph(site, { ...tools, siteUrls: [urls.pages], lazyAttributes: defaultLazyAttributes });
  await assembleBuild(graph, {
    ...tools,
    urls,
    rules: [],
    encodings: 'none',
    compression: 'fast',
    originals: 'copy',
    integrity: true,
    cached: new Set(),
  });
}

function readAll(folder) {
  for (const file of list(folder)) readFileSync(file);
}

function parseAll(folder) {
  for (const file of list(folder)) parse(readFileSync(file, 'utf8'), { sourceCodeLocationInfo: true });
}

async function speedOf(run, folder) {
  const bytes = list(folder).reduce((sum, file) => sum + readFileSync(file).length, 0);
  globalThis.gc?.();
  const before = process.cpuUsage();
  const share = (await run(folder)) ?? 1;
  const { user, system } = process.cpuUsage(before);
  return (bytes * share) / (user + system);
}

/** Files of one kind, with the folders they lie in, up to a size. */
function makeCorpus(kind, sources, megabytes) {
  const folder = join(cache, `${kind}-${megabytes}-${sources.length}`);
  if (existsSync(folder)) return folder;
  const pattern = kind === 'html' ? /\.html?$/ : /\.m?js$/;
  let room = megabytes * 1e6;
  for (const [index, source] of sources.entries())
    for (const file of list(source)) {
      if (!pattern.test(file) || room <= 0) continue;
      const bytes = readFileSync(file);
      const target = join(`${folder}.new`, String(index), file.slice(source.length));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, bytes);
      room -= bytes.length;
    }
  execFileSync('mv', [`${folder}.new`, folder]);
  return folder;
}

function list(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function unpack(name) {
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  const work = `${folder}.new`;
  mkdirSync(work, { recursive: true });
  const packed = execFileSync('npm', ['pack', '--silent', name], { cwd: work, encoding: 'utf8' }).trim();
  execFileSync('tar', ['-xzf', packed.split('\n').at(-1)], { cwd: work });
  execFileSync('mv', [join(work, 'package'), folder]);
  rmSync(work, { recursive: true });
  return folder;
}

/** Installed beside the corpora; undefined where that does not work, which is said. It gets a tenth of the pages. */
async function loadAssetGraph() {
  const folder = join(cache, peer);
  try {
    if (!existsSync(join(folder, 'node_modules'))) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'package.json'), '{ "private": true }');
      execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', peer], {
        cwd: folder,
        stdio: 'pipe',
      });
    }
    const AssetGraph = createRequire(join(folder, 'package.json'))('assetgraph');
    return async (root) => {
      const files = list(root).filter((_, index) => index % 10 === 0);
      const all = list(root).reduce((sum, file) => sum + readFileSync(file).length, 0);
      let taken = 0;
      for (const file of files) {
        const graph = new AssetGraph({ root: String(pathToFileURL(root)) });
        graph.on('warn', () => undefined).on('error', () => undefined);
        const [asset] = await graph.loadAssets(String(pathToFileURL(file)));
        try {
          // Its relations, and the page as it writes it after a change.
          void asset.outgoingRelations.length;
          asset.markDirty();
          void asset.rawSrc;
        } catch {
          // Pages that it cannot read count as read.
        }
        taken += readFileSync(file).length;
      }
      return taken / all;
    };
  } catch (error) {
    console.error(`${peer} does not run here: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
    return undefined;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: {
      'megabytes': { type: 'string', default: '30' },
      'html': { type: 'string' },
      'js': { type: 'string' },
      'no-peers': { type: 'boolean', default: false },
    },
  });
  const rows = await benchScan({
    megabytes: Number(values.megabytes),
    html: values.html?.split(','),
    js: values.js?.split(','),
    peers: !values['no-peers'],
  });
  const show = (speed) => (speed === undefined ? '-' : speed >= 10 ? speed.toFixed(0) : speed.toFixed(1));
  console.log('| MB for each second of processor time | HTML | JavaScript |\n| --- | ---: | ---: |');
  for (const { what, html, js } of rows) console.log(`| ${what} | ${show(html)} | ${show(js)} |`);
}
