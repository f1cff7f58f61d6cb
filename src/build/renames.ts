/** Which moved files cannot keep the name a bundler gave them. */
import type { Asset, AssetGraph, Edge } from '../site/graph.js';
import { isListed } from '../site/preloads.js';
import type { LogicalPath } from '../site/site.js';

/**
 * A name with a hash says what the bytes are, so it is only kept while the bytes are: a file in which a reference has to
 * be edited takes a new name, and so does every file that refers to it, to a fixed point.
 * @param hashed files whose name holds a hash.
 * @param moves whether a file may move.
 * @returns the files that take a name with our digest when they move.
 */
export function findRenamed(
  graph: AssetGraph,
  hashed: ReadonlySet<LogicalPath>,
  moves: (path: LogicalPath) => boolean,
): ReadonlySet<LogicalPath> {
  const renamed = new Set<LogicalPath>();
  const referrers = new Map<LogicalPath, LogicalPath[]>();
  const pending: LogicalPath[] = [];
  const listed = hasMovedPreloads(graph, moves);
  const rename = (path: LogicalPath) => {
    if (renamed.has(path)) return;
    renamed.add(path);
    pending.push(path);
  };
  for (const asset of graph.assets.values()) {
    if (!hashed.has(asset.path)) {
      rename(asset.path);
      continue;
    }
    if (listed && asset.found.preload?.type === 'prefix') rename(asset.path);
    for (const edge of asset.edges) {
      if (isEdited(graph, asset, edge, moves)) rename(asset.path);
      else if (edge.destination.type === 'file') {
        const list = referrers.get(edge.destination.path) ?? [];
        if (edge.reference.treatment === 'rewrite') list.push(asset.path);
        referrers.set(edge.destination.path, list);
      }
    }
  }
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) referrers.get(path)?.forEach(rename);
  return renamed;
}

/** Whether a reference changes even though both of its ends keep their names. */
function isEdited(graph: AssetGraph, asset: Asset, edge: Edge, moves: (path: LogicalPath) => boolean): boolean {
  const { reference, destination } = edge;
  if (destination.type === 'external' || reference.treatment === 'evidence') return false;
  // Relative to the document it means the same from everywhere.
  if (reference.relativeTo === 'document') return false;
  // Only developer tools follow these; they are no reason to edit a bundler's file.
  if (reference.use === 'source-map' && (destination.type === 'missing' || !moves(destination.path))) return false;
  if (reference.use === 'source-map' && reference.treatment === 'keep') return false;
  if (destination.type === 'missing' || reference.treatment === 'keep' || !moves(destination.path)) return true;
  // A name in a preload list is no address by itself.
  if (isListed(reference)) return true;
  // Files that move with their folders keep what is relative among them; but pictures go to an origin of their own.
  const target = graph.assets.get(destination.path);
  return /^(?:[a-z][a-z\d+.-]*:|[/\\])/i.test(reference.url) || isPicture(target) !== isPicture(asset);
}

/** Whether names in preload lists become addresses, so that the preload function has to take them. */
function hasMovedPreloads(graph: AssetGraph, moves: (path: LogicalPath) => boolean): boolean {
  return [...graph.assets.values()].some((asset) =>
    asset.edges.some(
      ({ reference, destination }) => isListed(reference) && destination.type === 'file' && moves(destination.path),
    ),
  );
}

function isPicture(asset: Asset | undefined): boolean {
  return asset?.mediaType.startsWith('image/') === true;
}
