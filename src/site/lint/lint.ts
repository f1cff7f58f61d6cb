/** Everything that is worth knowing about a site before it is published: what is wrong with it, and what is wasteful. */
import type { Problem } from '../../problems.js';
import { checkSite } from '../check.js';
import type { AssetGraph } from '../graph.js';
import type { LogicalPath } from '../site.js';
import { findDuplicates } from './duplicates.js';
import { findLostFragments } from './fragments.js';
import { readPages } from './pageFacts.js';
import { findOversized } from './sizes.js';
import { findUnsized } from './unsized.js';

/**
 * The findings of `checkSite()` and those that only somebody who asks wants to hear. Reads every page once more.
 * @param isExpected true for files that other software looks for by itself, so that no reference need reach them.
 */
export async function lintSite(
  graph: AssetGraph,
  isExpected?: (path: LogicalPath) => boolean,
): Promise<readonly Problem[]> {
  const pages = await readPages(graph);
  return [
    ...(await checkSite(graph, isExpected)),
    ...(await findLostFragments(graph, pages)),
    ...(await findUnsized(graph, pages)),
    ...findOversized(graph),
    ...findDuplicates(graph),
  ];
}
