/** Puts a build together: every object of every origin, in every encoding, with headers and a way to its bytes. */
import type { Event } from '../events.js';
import { openPack } from '../site/pack.js';
import { compareBytewise, parseDigest } from '../site/names.js';
import type { Asset, AssetGraph } from '../site/graph.js';
import type { SiteRules } from '../site/rules/rules.js';
import type { LogicalPath } from '../site/site.js';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  originNames,
  type Body,
  type BuiltObject,
  type EdgeRules,
  type ObjectHeaders,
  type OriginName,
  type Route,
  type Stage,
  type SiteBuild,
} from './build.js';
import { cacheTagsFor } from './cacheTags.js';
import { createEncoder } from './encode.js';
import { fixedAddressReason } from './fixedAddresses.js';
import { addressOf, nameAssets, type NamedAsset, type Naming } from './fingerprint.js';
import { decideRewrite } from './decideRewrite.js';
import { headersFor } from './headers.js';
import { ownKey } from './names.js';
import { isPage } from './holds.js';
import { editPage } from './pageEdits.js';
import type { Need } from './policy.js';
import { rewritesPreloads } from './preloadBase.js';
import { routeAssets, type RouteRule } from './route.js';
import { createServer, type Served } from './served.js';
import { openSource, storeVariants, type Draft } from './storeVariants.js';
import type { EncodingMode } from './variants.js';

export interface BuildOptions {
  readonly urls: Readonly<Record<OriginName, string>>;
  readonly rules: readonly RouteRule[];
  readonly encodings: EncodingMode;
  /** Of the pages, where their server wants them otherwise. */
  readonly pagesEncodings?: EncodingMode | undefined;
  readonly compression: 'best' | 'fast';
  readonly originals: 'copy' | 'none';
  readonly integrity: boolean;
  /** How the edge serves the pages; undefined where no function of ours stands before them. */
  readonly edge?: Pick<EdgeRules, 'mode' | 'urls' | 'missingPage' | 'servers'> | undefined;
  /** Objects on the pages origin get cache tags. */
  readonly cacheTags?: boolean;
  /** Origins with a distribution that we invalidate. */
  readonly cached: ReadonlySet<OriginName>;
  readonly cacheDir?: string;
  readonly emit?: (event: Event) => void;
  readonly signal?: AbortSignal;
}

const noRules: SiteRules = { redirects: [], headers: [] };

/** Builds what will be served from what was found. Pure but for its caches: the same graph gives the same build. */
export async function assembleBuild(graph: AssetGraph, options: BuildOptions): Promise<SiteBuild> {
  const { emit = () => undefined } = options;
  const started = performance.now();
  emit({ type: 'phase-started', phase: 'build', total: graph.assets.size });
  const pack = openPack(options.cacheDir && join(options.cacheDir, 'served.pack'), 'served-1');
  const server = createServer(graph.site, pack);
  const routes = routeAssets(graph, options.rules, options.originals);
  const naming: Naming = { graph, routes, urls: options.urls, server, preloads: rewritesPreloads(graph, routes) };
  const named = await nameAssets(naming);
  const drafts = [...draftMoved(named, routes, options), ...(await draftPages(naming, named, options))];
  pack.save();
  emit({ type: 'phase-finished', phase: 'build', done: drafts.length, milliseconds: performance.now() - started });

  const encoder = createEncoder(options.cacheDir);
  const stored = await storeVariants(drafts, server, encoder, options);
  encoder.save();
  const pages = new Map(
    drafts.filter(({ stage }) => stage !== 'asset').map(({ served }) => [served.file.path, served]),
  );
  const objects = [...stored.keys()].sort(compareObjects);
  const rules = options.edge && { ...options.edge, ...(graph.site.rules ?? noRules) };
  return {
    objects,
    root: rootOf(objects, rules),
    rules,
    urls: options.urls,
    problems: graph.problems,
    routes,
    bytes: {
      source: sum([...graph.assets.values()].map(({ size }) => size)),
      stored: sum(objects.map(({ size }) => size)),
    },
    addressOf: (path) => {
      const asset = named.get(path);
      return asset === undefined ? undefined : addressOf(options.urls, asset);
    },
    served: (path) => named.get(path)?.served ?? pages.get(path),
    isStaged: () => false,
    open: (object): Promise<Body> => {
      const source = stored.get(object);
      if (source === undefined) throw new Error(`${object.key} is not part of this build`);
      return openSource(source, server, encoder);
    },
  };
}

/** Moved assets under their new names, and beside the pages under their own, byte for byte as they were. */
function* draftMoved(
  named: ReadonlyMap<LogicalPath, NamedAsset>,
  routes: ReadonlyMap<LogicalPath, Route>,
  { originals, cached, cacheTags = false }: BuildOptions,
): Iterable<Draft> {
  for (const { asset, origin, key, served, immutable } of named.values()) {
    const cacheControl = routes.get(asset.path)?.cacheControl;
    const headers = headersFor(asset, { immutable, cacheControl, cached: cached.has(origin) });
    yield { origin, key, stage: 'asset', served, headers, immutable, lasting: true };
    if (originals === 'none') continue;
    yield {
      origin: 'pages',
      key: ownKey(asset.path),
      stage: 'original',
      served: { file: asset, edits: [], digest: asset.digest, size: asset.size },
      headers: withTags(
        headersFor(asset, { immutable: false, cached: cached.has('pages') }),
        cacheTags && cacheTagsFor(asset.path, 'original', []),
      ),
      immutable: false,
      // The same bytes as the fingerprinted object are compressed once for both.
      lasting: served.digest === asset.digest,
    };
  }
}

async function draftPages(
  naming: Naming,
  named: ReadonlyMap<LogicalPath, NamedAsset>,
  { integrity, cached, cacheTags = false, signal }: BuildOptions,
): Promise<Draft[]> {
  const needs = findNeeds(naming, named);
  const drafts: Draft[] = [];
  /** Files that stay and are edited there: pages may hold hashes of them, so pages come last. */
  const edited = new Map<LogicalPath, Served>();
  const assets = [...naming.graph.assets.values()];
  for (const asset of [...assets.filter((one) => !isPage(one)), ...assets.filter(isPage)]) {
    const route = naming.routes.get(asset.path);
    if (route?.origin !== 'pages') continue;
    signal?.throwIfAborted();
    const edits = await editPage(naming, named, asset, { integrity, needs, edited });
    const served = await naming.server.serve(asset, edits);
    if (edits.length > 0) edited.set(asset.path, served);
    const stage = stageOf(asset);
    const { cacheControl } = route;
    drafts.push({
      origin: 'pages',
      key: ownKey(asset.path),
      stage,
      served,
      headers: withTags(
        headersFor(asset, { immutable: false, cacheControl, cached: cached.has('pages') }),
        cacheTags && cacheTagsFor(asset.path, stage, listMoved(asset, named)),
      ),
      immutable: false,
      lasting: false,
    });
  }
  return drafts;
}

function withTags(headers: ObjectHeaders, cacheTags: string | false): ObjectHeaders {
  return cacheTags === false ? headers : { ...headers, cacheTags };
}

function stageOf({ path, mediaType }: Asset): Stage {
  if (mediaType.includes('html')) return 'page';
  return fixedAddressReason(path) === undefined ? 'original' : 'last';
}

/** What it refers to that has another address when its content changes. */
function listMoved({ edges }: Asset, named: ReadonlyMap<LogicalPath, NamedAsset>): readonly LogicalPath[] {
  return edges.flatMap(({ destination }) =>
    destination.type === 'file' && named.has(destination.path) ? [destination.path] : [],
  );
}

/** What pages load from the CDN hosts, themselves or through stylesheets. */
function findNeeds(naming: Naming, named: ReadonlyMap<LogicalPath, NamedAsset>): Need[] {
  const needs = new Map<string, Need>();
  for (const asset of naming.graph.assets.values()) {
    const from = naming.routes.get(asset.path);
    if (from === undefined) continue;
    for (const edge of asset.edges) {
      const rewrite = decideRewrite(edge, from, (path) => naming.routes.get(path));
      const target = rewrite.type === 'name' ? named.get(rewrite.target) : undefined;
      if (target === undefined) continue;
      const need = { use: edge.reference.use, url: naming.urls[target.origin] };
      needs.set(`${need.use} ${need.url}`, need);
    }
  }
  return [...needs.values()].sort((a, b) => compareBytewise(a.use + a.url, b.use + b.url));
}

function compareObjects(a: BuiltObject, b: BuiltObject): number {
  return originNames.indexOf(a.origin) - originNames.indexOf(b.origin) || compareBytewise(a.key, b.key);
}

function rootOf(objects: readonly BuiltObject[], rules: EdgeRules | undefined) {
  const hash = createHash('sha256');
  let before = '';
  const add = (line: string): void => {
    hash.update(before + line);
    before = '\n';
  };
  for (const { origin, key, digest, recipe, immutable, headers } of objects)
    add(JSON.stringify([origin, key, digest, recipe, immutable, headers]));
  if (rules !== undefined) add(JSON.stringify(rules));
  return parseDigest(hash.digest('hex'));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
