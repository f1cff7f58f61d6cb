/** Files with the same content: visitors load it again under each name. */
import type { Problem } from '../../problems.js';
import type { Asset, AssetGraph } from '../graph.js';
import type { Digest } from '../site.js';

/** Smaller ones (empty files, single pixels, stubs) cost nothing worth telling. */
const leastBytes = 1024;

/** A note for each file but the first of those with one content. */
export function findDuplicates(graph: AssetGraph): readonly Problem[] {
  const first = new Map<Digest, Asset>();
  const problems: Problem[] = [];
  for (const asset of graph.assets.values()) {
    if (asset.size < leastBytes) continue;
    const twin = first.get(asset.digest);
    if (twin === undefined) first.set(asset.digest, asset);
    else
      problems.push({
        code: 'duplicate-content',
        severity: 'note',
        message: `holds the same ${asset.size} bytes as ${twin.path}`,
        file: asset.path,
      });
  }
  return problems;
}
