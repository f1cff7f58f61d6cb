/** Images without `width` and `height`: the page moves under the reader's eyes while they load. */
import type { Problem } from '../../problems.js';
import type { AssetGraph } from '../graph.js';
import { locateOffset } from '../lines.js';
import type { LogicalPath } from '../site.js';
import type { PageFacts } from './pageFacts.js';

/** One note for a page, at its first such image. */
export async function findUnsized(
  graph: AssetGraph,
  pages: ReadonlyMap<LogicalPath, PageFacts>,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const [path, { unsized }] of pages) {
    const [first] = unsized;
    const asset = graph.assets.get(path);
    if (first === undefined || asset === undefined) continue;
    const others = unsized.length - 1;
    const which =
      others === 0 ? 'an image has' : `this image and ${others === 1 ? 'another' : `${others} others`} have`;
    problems.push({
      code: 'missing-dimensions',
      severity: 'note',
      message: `${which} neither width nor height: the page moves while it loads`,
      file: path,
      ...locateOffset(await graph.site.read(asset), first),
      hint: 'Write the size of the file in pixels; style sheets may still scale it.',
    });
  }
  return problems;
}
