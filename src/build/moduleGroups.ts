/** Groups of modules that belong together: whatever imports, or is mapped, across them. */
import type { Asset, AssetGraph } from '../site/graph.js';
import type { LogicalPath } from '../site/site.js';
import { isPage, isScript, type Incoming } from './holds.js';

/**
 * The weakly connected components of modules, in order of their first file. Pages and classic scripts only load modules
 * and do not join them, but an import map does: through it modules import each other by names that only it knows.
 */
export function findModuleGroups(
  graph: AssetGraph,
  incoming: ReadonlyMap<LogicalPath, readonly Incoming[]>,
): LogicalPath[][] {
  const modules = new Set<LogicalPath>();
  for (const asset of graph.assets.values()) {
    if (isPage(asset)) continue;
    const imported = incoming
      .get(asset.path)
      ?.some(({ reference: { use, treatment } }) => use === 'module' && treatment !== 'evidence');
    if (imported === true || (isScript(asset) && asset.found.module === true)) modules.add(asset.path);
  }
  const leaders = new Map<LogicalPath, LogicalPath>();
  const leaderOf = (path: LogicalPath): LogicalPath => {
    let leader = path;
    for (let next = leaders.get(leader); next !== undefined; next = leaders.get(leader)) leader = next;
    // Shorten the way for the next time.
    for (let one = path; one !== leader;) {
      const next = leaders.get(one) ?? leader;
      leaders.set(one, leader);
      one = next;
    }
    return leader;
  };
  const join = (a: LogicalPath, b: LogicalPath): void => {
    const [first, second] = [leaderOf(a), leaderOf(b)];
    if (first !== second) leaders.set(second, first);
  };

  for (const asset of graph.assets.values()) {
    const targets = moduleTargets(asset).filter((path) => modules.has(path));
    const [first] = targets;
    if (first === undefined) continue;
    if (modules.has(asset.path)) for (const target of targets) join(asset.path, target);
    else if (hasImportMap(asset)) for (const target of targets) join(first, target);
  }

  const groups = new Map<LogicalPath, LogicalPath[]>();
  for (const path of graph.assets.keys()) {
    if (!modules.has(path)) continue;
    const leader = leaderOf(path);
    const group = groups.get(leader);
    if (group === undefined) groups.set(leader, [path]);
    else group.push(path);
  }
  return [...groups.values()];
}

function moduleTargets(asset: Asset): LogicalPath[] {
  return asset.edges.flatMap(({ reference: { use, treatment }, destination }) =>
    use === 'module' && treatment !== 'evidence' && destination.type === 'file' ? [destination.path] : [],
  );
}

function hasImportMap(asset: Asset): boolean {
  return isPage(asset) && asset.edges.some(({ reference }) => reference.kind.startsWith('importmap'));
}
