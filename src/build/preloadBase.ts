/** Lets Vite's preload function take whole addresses beside the names that it puts its own address before. */
import type { Asset, AssetGraph } from '../site/graph.js';
import { isListed } from '../site/preloads.js';
import type { LogicalPath } from '../site/site.js';
import type { Route } from './build.js';
import { decideRewrite } from './decideRewrite.js';
import type { Edit } from './rewrite.js';

/** Whether any name in a preload list is replaced by an address. */
export function rewritesPreloads(graph: AssetGraph, routes: ReadonlyMap<LogicalPath, Route>): boolean {
  for (const asset of graph.assets.values()) {
    const from = routes.get(asset.path);
    const rewritten = asset.edges.some(
      (edge) =>
        from !== undefined &&
        isListed(edge.reference) &&
        decideRewrite(edge, from, (path) => routes.get(path)).type !== 'leave',
    );
    if (rewritten) return true;
  }
  return false;
}

/** `return "/"+e` becomes `return (/^https?:/.test(e)?"":"/")+e`. */
export function openPreloadBase({ found: { preload } }: Asset): Edit[] {
  if (preload?.type !== 'prefix') return [];
  const { start, end, prefix, parameter } = preload;
  return [{ start, end, text: `(/^https?:/.test(${parameter})?"":${JSON.stringify(prefix)})` }];
}
