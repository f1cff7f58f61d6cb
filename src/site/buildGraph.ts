/** Finds the references of every file and where they lead. */
import type { Event } from '../events.js';
import type { Problem } from '../problems.js';
import { openFoundCache } from './foundCache.js';
import type { Asset, AssetGraph } from './graph.js';
import { locateOffset } from './lines.js';
import { isReferenceType } from './references/kinds.js';
import type { Found, FinderOptions } from './references/reference.js';
import { findersVersion } from './references/version.js';
import { connectPreloads, isListed } from './preloads.js';
import { baseOf, createResolver, type Resolver } from './resolve.js';
import type { LogicalPath, Site, SiteFile } from './site.js';

export interface GraphOptions extends FinderOptions {
  /** Addresses under which the pages are served: absolute references to them are references to the site. */
  readonly siteUrls: readonly string[];
  /** Folder for the cache of found references. */
  readonly cacheDir?: string;
  readonly emit?: (event: Event) => void;
  readonly signal?: AbortSignal;
}

const nothing: Found = { references: [] };

/** Builds the asset graph of a site. Reads only files of a kind that can hold references and that are not cached. */
export async function buildGraph(site: Site, options: GraphOptions): Promise<AssetGraph> {
  const { emit = () => undefined, signal } = options;
  const started = performance.now();
  const resolver = createResolver(site.files, options.siteUrls);
  const { lazyAttributes, conditionalComments = 'keep' } = options;
  const finderOptions: FinderOptions = { lazyAttributes, conditionalComments };
  const cache = openFoundCache(options.cacheDir, `${findersVersion} ${JSON.stringify(finderOptions)}`);
  const assets = new Map<LogicalPath, Asset>();
  const problems: Problem[] = [...site.problems];
  /** Files with lists that mean nothing without another file. */
  const listing: LogicalPath[] = [];
  emit({ type: 'phase-started', phase: 'find', total: site.files.size });
  let yielded = performance.now();
  for (const file of site.files.values()) {
    const found = await findIn(file);
    assets.set(file.path, connect(file, found, resolver));
    if (found.references.some(isListed)) listing.push(file.path);
    if (performance.now() - yielded > 50) {
      emit({ type: 'phase-progress', phase: 'find', done: assets.size });
      await new Promise(setImmediate);
      signal?.throwIfAborted();
      yielded = performance.now();
    }
  }
  for (const path of listing) {
    const asset = assets.get(path);
    if (asset !== undefined) assets.set(path, connectPreloads(asset, assets, resolver));
  }
  cache.save();
  emit({ type: 'phase-finished', phase: 'find', done: assets.size, milliseconds: performance.now() - started });
  return { site, assets, problems };

  async function findIn(file: SiteFile): Promise<Found> {
    if (!isReferenceType(file.mediaType)) return nothing;
    let found = cache.recall(file.mediaType, file.digest);
    if (found === undefined) {
      // Loaded at the first file that is not remembered: parsers are most of the program.
      const { finderFor } = await import('./references/index.js');
      const first = finderFor(file.mediaType)?.(await site.read(file), finderOptions) ?? nothing;
      found = cache.remember(file.mediaType, file.digest, first);
    }
    if (found.notes !== undefined && found.notes.length > 0) problems.push(...(await locateNotes(site, file, found)));
    return found;
  }
}

function connect(file: SiteFile, found: Found, resolver: Resolver): Asset {
  const base = baseOf(file.path, found.base);
  const edges = found.references.map((reference) => ({
    reference,
    destination: resolver.resolve(reference.url, base),
  }));
  const { path, size, digest, mediaType, charset } = file;
  // Written out: every copy by spreading has a hidden class of its own, larger than the object.
  return charset === undefined
    ? { path, size, digest, mediaType, found, edges }
    : { path, size, digest, mediaType, charset, found, edges };
}

async function locateNotes(site: Site, file: SiteFile, found: Found): Promise<Problem[]> {
  const bytes = await site.read(file);
  return (found.notes ?? []).map(({ code, severity, message, offset }) => ({
    code,
    severity,
    message,
    file: file.path,
    ...locateOffset(bytes, offset),
  }));
}
