/** Why one asset has to stay on the pages origin, seen for itself. */
import type { Asset } from '../site/graph.js';
import type { Reference, Trait, Use } from '../site/references/reference.js';
import type { LogicalPath } from '../site/site.js';
import { fixedAddressReason } from './fixedAddresses.js';
import type { MobilityOptions } from './mobility.js';

/** A reference to an asset, with the file it stands in. */
export interface Incoming {
  readonly from: Asset;
  readonly reference: Reference;
}

/** What keeps an asset where it is. */
export interface Hold {
  readonly because: string;
  readonly at?: { readonly path: LogicalPath; readonly offset: number };
}

/** Uses that browsers refuse across origins, or that would lose their meaning there, CORS or not. */
const sameOriginUses: ReadonlySet<Use> = new Set<Use>(['same-origin', 'track', 'document', 'download']);

export function isPage({ mediaType }: Asset): boolean {
  return mediaType === 'text/html' || mediaType === 'application/xhtml+xml';
}

export function isScript({ mediaType }: Asset): boolean {
  return mediaType === 'text/javascript';
}

/** The first thing that holds an asset; undefined when it may go, as far as it alone is concerned. */
export function findHold(asset: Asset, incoming: readonly Incoming[], options: MobilityOptions): Hold | undefined {
  return (
    holdByUse(asset, incoming) ??
    holdByName(asset, incoming, options) ??
    (isScript(asset) ? holdByCode(asset) : holdBySvg(asset))
  );
}

/** By what others do with it. */
function holdByUse(asset: Asset, incoming: readonly Incoming[]): Hold | undefined {
  const loaded = incoming.some(({ reference }) => reference.treatment === 'rewrite');
  for (const one of incoming) {
    const { use, treatment, kind } = one.reference;
    // What it computes may be one of the modules that it also names.
    if (use === 'module' && one.from.found.traits?.dynamic !== undefined) {
      return holdAt(one, `${kind} stands beside an import by a computed name`);
    }
    if (treatment !== 'keep') continue;
    if (sameOriginUses.has(use)) {
      // A link to a picture that a page also shows: the link goes on leading to the original, the page shows the copy.
      const onlyLinked = use === 'document' || use === 'download';
      if (onlyLinked && loaded && isPlainMedia(asset)) continue;
      return holdAt(
        one,
        `${kind} ${onlyLinked ? 'links to its own address' : 'needs it from the origin of the pages'}`,
      );
    }
    // An address that is not rewritten goes on loading the script from here; it must not be loaded from there as well.
    if (isScript(asset) && use !== 'source-map' && use !== 'metadata') {
      return holdAt(one, `${kind} loads it by an address that cannot be rewritten`);
    }
  }
  const rewritten = incoming.filter(({ reference }) => reference.treatment === 'rewrite');
  const [first] = rewritten;
  // Whoever uses what is only preloaded asks for its own address: a preload from elsewhere would be wasted.
  if (first !== undefined && rewritten.every(({ reference }) => reference.use === 'preload')) {
    return holdAt(first, 'it is only preloaded here, and what will use it asks for its own address');
  }
  return undefined;
}

/** By those who know it by its name. */
function holdByName(asset: Asset, incoming: readonly Incoming[], { originals }: MobilityOptions): Hold | undefined {
  const named = incoming.find(({ reference }) => reference.treatment === 'evidence');
  const loaded = incoming.some(({ reference }) => reference.treatment === 'rewrite');
  // The original stays beside every copy, so a name in a script is harmless: but a script must not run twice, and a file
  // that nothing else refers to gains nothing from a copy.
  if (named !== undefined && (isScript(asset) || !loaded || originals === 'none')) {
    return holdAt(named, `a script names it as ${JSON.stringify(named.reference.url)}`);
  }
  if (originals === 'copy') return undefined;
  const kept = incoming.find(({ reference: { treatment, use } }) => treatment === 'keep' && use !== 'source-map');
  return kept && holdAt(kept, `${kept.reference.kind} knows it by an address that cannot be rewritten`);
}

/** The one that tells most comes first. */
const traitReasons: readonly (readonly [Trait, string])[] = [
  ['worker', 'it runs as a worker, which must be same-origin'],
  ['introspective', 'it looks up its own address'],
  ['dynamic', 'it imports by a computed name'],
];

/** By what a script does itself. */
function holdByCode(asset: Asset): Hold | undefined {
  const fixed = fixedAddressReason(asset.path);
  if (fixed !== undefined) return { because: fixed };
  for (const [trait, because] of traitReasons) {
    const offset = asset.found.traits?.[trait];
    if (offset !== undefined) return { because, at: { path: asset.path, offset } };
  }
  // What is loaded by an address relative to this script would be sought on the script's origin.
  const own = asset.edges.find(
    ({ reference: { treatment, relativeTo, use, ownAddress } }) =>
      treatment === 'keep' && relativeTo === 'file' && use !== 'source-map' && ownAddress === undefined,
  );
  if (own === undefined) return undefined;
  return holdAt({ from: asset, reference: own.reference }, `it uses ${own.reference.kind} relative to its own address`);
}

/** An SVG file with scripts is a document of its own: as an image it would not need them. */
function holdBySvg(asset: Asset): Hold | undefined {
  if (asset.mediaType !== 'image/svg+xml') return undefined;
  const block = asset.found.blocks?.find(({ type }) => type === 'script');
  const script = asset.found.references.find(({ use }) => use === 'script' || use === 'module');
  const offset = block?.start ?? script?.start;
  return offset === undefined
    ? undefined
    : { because: 'it is an SVG document with a script', at: { path: asset.path, offset } };
}

/** Pictures, sound and film: files that do nothing themselves. */
function isPlainMedia({ mediaType }: Asset): boolean {
  return /^(?:image|audio|video)\//.test(mediaType) && mediaType !== 'image/svg+xml';
}

/** A hold with the reference that is the reason. */
export function holdAt({ from, reference }: Incoming, because: string): Hold {
  return { because, at: { path: from.path, offset: reference.start } };
}
