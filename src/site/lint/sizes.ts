/** Files that visitors wait for. */
import type { Problem } from '../../problems.js';
import type { Asset, AssetGraph } from '../graph.js';
import type { Use } from '../references/reference.js';
import type { LogicalPath } from '../site.js';

/** Bytes above which a file is worth a note, or a warning: at 1.6 Mbit/s (Lighthouse, "slow 4G") 2.5 and 10 seconds. */
const noteBytes = 500_000;
const warningBytes = 2_000_000;

/** What a page waits for or shows; films and downloads are large for a reason. */
const shown: ReadonlySet<Use> = new Set<Use>(['image', 'image-cors', 'style', 'script', 'module', 'font']);

/** Images, scripts, stylesheets and fonts that are too large, where something loads them; and such pages. */
export function findOversized(graph: AssetGraph): readonly Problem[] {
  const loaded = new Set<LogicalPath>();
  for (const { edges } of graph.assets.values())
    for (const { reference, destination } of edges)
      if (destination.type === 'file' && shown.has(reference.use) && reference.treatment !== 'evidence')
        loaded.add(destination.path);
  const large = [...graph.assets.values()].filter(
    ({ path, size, mediaType }) => size > noteBytes && (mediaType === 'text/html' || loaded.has(path)),
  );
  return large.map((asset) => ({
    code: 'oversized',
    severity: asset.size > warningBytes ? 'warning' : 'note',
    message: `${(asset.size / 1e6).toFixed(1)} MB of ${asset.mediaType} for one request`,
    file: asset.path,
    hint: adviceFor(asset),
  }));
}

function adviceFor({ mediaType }: Asset): string {
  if (mediaType.startsWith('image/')) return 'Scale it to the size it is shown in; WebP and AVIF are smaller.';
  if (mediaType.startsWith('font/')) return 'Use WOFF2, and leave out what no page writes.';
  return 'Split it, and leave out what the page does not need.';
}
