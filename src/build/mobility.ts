/**
 * Which assets may leave the pages origin, and which keep the name a bundler gave them. Nothing moves that would stop
 * working; what stays is served as before.
 */
import { posix } from 'node:path';
import type { AssetGraph } from '../site/graph.js';
import type { LogicalPath } from '../site/site.js';
import { createEvidenceResolver } from './evidenceTargets.js';
import { findHashedNames } from './hashedNames.js';
import { findHold, holdAt, isPage, type Hold, type Incoming } from './holds.js';
import { findModuleGroups } from './moduleGroups.js';
import { findRenamed } from './renames.js';

export interface Mobility {
  /** It may be served from another origin than the pages. */
  readonly moves: boolean;
  /** When it moves, it takes a name with its digest; otherwise it keeps the name it has, which holds a hash already. */
  readonly renames: boolean;
  /** One sentence, which ends with the file (and, from `locateReasons()`, the line) of the reference that decided. */
  readonly reason: string;
  /** The reference that decided. */
  readonly at?: { readonly path: LogicalPath; readonly offset: number };
}

export interface MobilityOptions {
  /** With `none`, nothing answers at an asset's own path any more, so whatever is only known by it has to stay. */
  readonly originals: 'copy' | 'none';
}

/** Decides for every file but pages. Depends on the graph alone. */
export function decideMobility(graph: AssetGraph, options: MobilityOptions): ReadonlyMap<LogicalPath, Mobility> {
  const incoming = findIncoming(graph);
  const holds = new Map<LogicalPath, Hold>();
  for (const asset of graph.assets.values()) {
    if (isPage(asset)) continue;
    const hold = findHold(asset, incoming.get(asset.path) ?? [], options);
    if (hold !== undefined) holds.set(asset.path, hold);
  }
  const groups = findModuleGroups(graph, incoming);
  holdGroups(groups, holds);
  holdUnreached(graph, incoming, groups, holds);
  holdSourceMaps(graph, incoming, holds);
  const renamed = findRenamed(graph, findHashedNames(graph.assets.keys()), (path) => !holds.has(path));
  const decided = new Map<LogicalPath, Mobility>();
  for (const asset of graph.assets.values()) {
    if (isPage(asset)) continue;
    const hold = holds.get(asset.path);
    if (hold !== undefined) decided.set(asset.path, stay(hold));
    else if (renamed.has(asset.path))
      decided.set(asset.path, { moves: true, renames: true, reason: 'nothing holds it' });
    else
      decided.set(asset.path, { moves: true, renames: false, reason: 'its name already holds a hash of its content' });
  }
  return decided;
}

function stay({ because, at }: Hold): Mobility {
  const reason = at === undefined ? because : `${because} (${at.path})`;
  return at === undefined ? { moves: false, renames: false, reason } : { moves: false, renames: false, reason, at };
}

/**
 * The references to every file. What a script names relative to the document is looked for wherever that document may
 * be: one name can lead to several files.
 */
function findIncoming(graph: AssetGraph): ReadonlyMap<LogicalPath, readonly Incoming[]> {
  const incoming = new Map<LogicalPath, Incoming[]>();
  const resolve = createEvidenceResolver(graph);
  for (const from of graph.assets.values()) {
    for (const edge of from.edges) {
      for (const path of resolve(from, edge)) {
        const list = incoming.get(path) ?? [];
        list.push({ from, reference: edge.reference });
        incoming.set(path, list);
      }
    }
  }
  return incoming;
}

/**
 * Modules that import each other move as one or not at all: a module that is loaded from two addresses is two modules,
 * each with a state of its own, and what one imports by a computed name is searched for beside it.
 */
function holdGroups(groups: readonly (readonly LogicalPath[])[], holds: Map<LogicalPath, Hold>): void {
  for (const group of groups) {
    const held = group.find((path) => holds.has(path));
    const hold = held && holds.get(held);
    if (hold === undefined) continue;
    for (const path of group) {
      const because = `it belongs to the modules of ${held}, which stays: ${hold.because}`;
      if (!holds.has(path)) holds.set(path, { because, ...(hold.at !== undefined && { at: hold.at }) });
    }
  }
}

/**
 * A copy under a new name is of use only where a reference is made to lead to it. Modules count together: one that a
 * computed name loads still shares the others with those that a reference loads.
 */
function holdUnreached(
  graph: AssetGraph,
  incoming: ReadonlyMap<LogicalPath, readonly Incoming[]>,
  groups: readonly (readonly LogicalPath[])[],
  holds: Map<LogicalPath, Hold>,
): void {
  const isReached = (path: LogicalPath) =>
    incoming.get(path)?.some(({ from, reference }) => reference.treatment === 'rewrite' && from.path !== path) === true;
  const together = new Set(groups.filter((group) => group.some(isReached)).flat());
  for (const asset of graph.assets.values()) {
    const { path } = asset;
    if (isPage(asset) || holds.has(path) || together.has(path) || isReached(path)) continue;
    const asking = incoming.get(path)?.find(({ from }) => from.path !== path);
    holds.set(
      path,
      asking === undefined ? unknown : holdAt(asking, `${asking.reference.kind} asks for its own address`),
    );
  }
}

const unknown: Hold = { because: 'no reference leads to it, so nobody would know a copy of it' };

/** A source map is nobody else's business: it goes where its script or stylesheet goes. */
function holdSourceMaps(
  graph: AssetGraph,
  incoming: ReadonlyMap<LogicalPath, readonly Incoming[]>,
  holds: Map<LogicalPath, Hold>,
): void {
  for (const { path } of graph.assets.values()) {
    const owners = (incoming.get(path) ?? []).filter(({ reference }) => reference.treatment === 'rewrite');
    if (owners.length === 0 || holds.has(path)) continue;
    const alone = owners.every(({ from, reference }) => reference.use === 'source-map' && holds.has(from.path));
    const owner = owners[0]?.from.path ?? '';
    if (alone) holds.set(path, { because: `it is the source map of ${posix.basename(owner)}, which stays` });
  }
}
