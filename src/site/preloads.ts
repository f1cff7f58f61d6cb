/** Where the names in Vite's preload lists lead, once it is known which preload function takes them. */
import type { Asset, Edge } from './graph.js';
import type { PreloadBase, Reference } from './references/reference.js';
import { baseOf, type Resolver } from './resolve.js';
import type { LogicalPath } from './site.js';

/** True for references that only `connectPreloads()` can resolve. */
export function isListed({ relativeTo }: Reference): boolean {
  return relativeTo === 'preload';
}

/**
 * Resolves the lists of a script: by the function that it holds, or that it imports, or that is the only one of the
 * site. Where there is none, its names are no more than evidence, and the script has to stay where they work.
 */
export function connectPreloads(asset: Asset, assets: ReadonlyMap<LogicalPath, Asset>, resolver: Resolver): Asset {
  const base = asset.mediaType === 'text/javascript' ? findBase(asset, assets) : undefined;
  const edges = asset.edges.map((edge) => (isListed(edge.reference) ? connect(edge) : edge));
  if (base !== undefined) return { ...asset, edges };
  const first = asset.edges.find(({ reference }) => isListed(reference))?.reference.start;
  const traits = { ...asset.found.traits, ...(first !== undefined && { introspective: first }) };
  return { ...asset, edges, found: { ...asset.found, traits } };

  function connect({ reference }: Edge): Edge {
    const own = baseOf(asset.path);
    switch (base?.type) {
      case undefined: {
        const evidence: Reference = { ...reference, kind: 'js string', treatment: 'evidence', relativeTo: 'document' };
        return { reference: evidence, destination: resolver.resolve(reference.url, own) };
      }
      case 'relative':
        return { reference: { ...reference, relativeTo: 'file' }, destination: resolver.resolve(reference.url, own) };
      case 'prefix':
        return { reference, destination: resolver.resolve(base.prefix + reference.url, own) };
    }
  }
}

function findBase(asset: Asset, assets: ReadonlyMap<LogicalPath, Asset>): PreloadBase | undefined {
  if (asset.found.preload !== undefined) return asset.found.preload;
  const imported = asset.edges.flatMap(({ reference, destination }) =>
    reference.use === 'module' && reference.treatment === 'rewrite' && destination.type === 'file'
      ? (assets.get(destination.path)?.found.preload ?? [])
      : [],
  );
  const bases = imported.length > 0 ? imported : [...assets.values()].flatMap(({ found }) => found.preload ?? []);
  const [first] = bases;
  return first !== undefined && bases.every((one) => sameBase(one, first)) ? first : undefined;
}

function sameBase(a: PreloadBase, b: PreloadBase): boolean {
  return a.type === 'prefix' ? b.type === 'prefix' && a.prefix === b.prefix : b.type === 'relative';
}
