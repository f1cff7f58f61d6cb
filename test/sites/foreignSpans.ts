/** Holds what our scanner sees of every page of a site against what parse5 sees. */
import type { AssetGraph } from '../../src/site/graph.js';
import { scanTags } from '../site/references/scanned.js';
import { seeTags, type SeenTag } from '../site/references/parse5Oracle.js';

export interface SpanComparison {
  readonly pages: number;
  readonly attributes: number;
  /** One line for each page on which the two disagree. */
  readonly differences: readonly string[];
}

/** Compares names, values and spans of all attributes of all pages, on their one-byte view. */
export async function compareSpans(graph: AssetGraph): Promise<SpanComparison> {
  let pages = 0;
  let attributes = 0;
  const differences: string[] = [];
  for (const asset of graph.assets.values()) {
    if (asset.mediaType !== 'text/html') continue;
    const bytes = await graph.site.read(asset);
    // A byte order mark is no text; parse5 is given text.
    const view = bytes.toString('latin1', bytes[0] === 0xef && bytes[1] === 0xbb ? 3 : 0);
    const [ours, theirs] = [scanTags(view), seeTags(view)];
    pages++;
    attributes += theirs.reduce((sum, tag) => sum + tag.attributes.length, 0);
    const at = firstDifference(ours, theirs);
    if (at >= 0) differences.push(`${asset.path}: ${JSON.stringify(ours[at])} is ${JSON.stringify(theirs[at])}`);
  }
  return { pages, attributes, differences };
}

function firstDifference(ours: readonly SeenTag[], theirs: readonly SeenTag[]): number {
  const length = Math.max(ours.length, theirs.length);
  for (let index = 0; index < length; index++)
    if (JSON.stringify(ours[index]) !== JSON.stringify(theirs[index])) return index;
  return -1;
}
