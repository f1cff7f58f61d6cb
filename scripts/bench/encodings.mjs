/**
 * `npm run bench:encodings -- [--out FILE]`
 * Bytes of text that are sent for whole sites: with the variants that a publish stores, with what CloudFront compresses on
 * the fly, and with one gzip object for everybody. Needs the npm registry the first time. Writes Markdown.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { assembleBuild } from '../../dist/build/assemble.js';
import { isNegotiated } from '../../dist/edge/negotiate.js';
import { buildGraph } from '../../dist/site/buildGraph.js';
import { scanSite } from '../../dist/site/scan.js';
import { fetchVersions } from './siteVersions.mjs';

const { values: options } = parseArgs({ options: { out: { type: 'string' } } });
const cache = new URL('../../node_modules/.cache/twinorigin-sites/', import.meta.url).pathname;
const names = ['images', 'resources', 'pages'];
const urls = Object.fromEntries(names.map((name) => [name, `https://${name}.example.com`]));
const sites = {
  'sample-site': new URL('../../sample-site', import.meta.url).pathname,
  'reveal.js 6.0.2': fetchVersions('reveal.js', '6.0.2', 0, cache)[0].folder,
  'swagger-ui-dist 5.35.0': fetchVersions('swagger-ui-dist', '5.35.0', 0, cache)[0].folder,
};

async function buildOf(site) {
  const tools = { emit: () => undefined, signal: new globalThis.AbortController().signal };
  const scanned = await scanSite(site, { ...tools, ignore: [] });
  const graph = await buildGraph(scanned, {
    ...tools,
    lazyAttributes: [],
    conditionalComments: 'keep',
    siteUrls: [urls.pages],
  });
  return assembleBuild(graph, {
    ...tools,
    urls,
    rules: [],
    encodings: 'negotiate',
    compression: 'best',
    originals: 'none',
    integrity: true,
    cached: new Set(names),
  });
}

/** "between 1,000 bytes and 10,000,000 bytes" (AWS, "Serving compressed files"); its levels are not documented. */
const onTheFly = (bytes, compress) =>
  bytes.length < 1000 || bytes.length > 10_000_000 ? bytes.length : compress(bytes);
const brotli = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }).length;
const gzip = (level) => (bytes) => gzipSync(bytes, { level }).length;

async function measure(site) {
  const build = await buildOf(site);
  const sizes = new Map(build.objects.map((object) => [`${object.origin}/${object.key}`, object.size]));
  const rows = new Map();
  for (const object of build.objects) {
    if (object.recipe !== 'identity' || !isNegotiated(`/${object.key}`)) continue;
    const body = await build.open(object);
    const bytes = 'bytes' in body ? body.bytes : readFileSync(body.file);
    const place = `${object.origin}/${object.key}`;
    const type = object.immutable ? 'fingerprinted assets' : 'pages, and what keeps its address';
    const row = rows.get(type) ?? { objects: 0, plain: 0, br: 0, gz: 0, flyBr: 0, flyGz: 0, gzip6: 0 };
    row.objects++;
    row.plain += bytes.length;
    row.br += sizes.get(`${place}.br`) ?? bytes.length;
    row.gz += sizes.get(`${place}.gz`) ?? bytes.length;
    row.flyBr += onTheFly(bytes, brotli);
    row.flyGz += onTheFly(bytes, gzip(5));
    row.gzip6 += gzip(6)(bytes);
    rows.set(type, row);
  }
  return rows;
}

function addUp(rows) {
  const all = { objects: 0, plain: 0, br: 0, gz: 0, flyBr: 0, flyGz: 0, gzip6: 0 };
  for (const row of rows) for (const name of Object.keys(all)) all[name] += row[name];
  return all;
}

function renderRow(name, { objects, plain, br, gz, flyBr, flyGz, gzip6 }) {
  const share = (size, of) => `${((100 * size) / of).toFixed(1)} %`;
  const cells = [objects, Math.round(plain / 1000), br, gz, flyBr, flyGz, gzip6].map((cell, index) =>
    index < 2 ? cell : share(cell, plain),
  );
  return `| ${[name, ...cells, share(br, flyBr), share(br, gzip6)].join(' | ')} |`;
}

const head = [
  'site',
  'objects',
  'kB plain',
  'stored br',
  'stored gz',
  'br 5',
  'gzip 5',
  'gzip 6',
  'stored br of br 5',
  'stored br of gzip 6',
];
const lines = [
  `| ${head.join(' | ')} |`,
  `| --- | ${head
    .slice(1)
    .map(() => '---:')
    .join(' | ')} |`,
];
for (const [name, folder] of Object.entries(sites)) {
  const rows = await measure(folder);
  lines.push(renderRow(`**${name}**`, addUp(rows.values())));
  lines.push(...[...rows].map(([type, row]) => renderRow(type, row)));
}
const text = `${lines.join('\n')}\n`;
if (options.out === undefined) process.stdout.write(text);
else writeFileSync(options.out, text);
