/**
 * Cache tags: names under which CloudFront finds everything it has cached of an object, whatever address it was asked
 * for. An object has one of its own, and those of the groups it belongs to: all pages or all originals, and those in the
 * folders it lies in. A page also has those of the assets it holds: when one of these changes, so does the page.
 */
import { compareBytewise, digestOf } from '../site/names.js';
import type { LogicalPath } from '../site/site.js';
import type { Stage } from './build.js';

/** "an object can have up to 50 tags" (AWS, "Invalidating content by cache tags"). */
const mostTags = 50;
/** Deeper folders are covered by those above them. */
const mostFolders = 8;

/**
 * The tags as the header holds them; the object's own comes first. They follow from the path and from the references
 * of this object alone, so that a change elsewhere never changes them.
 * @param assets what it refers to that has another address when its content changes.
 */
export function cacheTagsFor(path: LogicalPath, stage: Stage, assets: readonly LogicalPath[]): string {
  const own = tagOf('f', path);
  const folders = path.split('/').slice(0, -1);
  const groupsOf = (kind: string) =>
    folders.slice(0, mostFolders).map((_, index) => tagOf(kind, folders.slice(0, index + 1).join('/')));
  if (stage === 'original') return [own, 'originals', ...groupsOf('o')].join(',');
  const held = [...new Set(assets)].sort(compareBytewise).map((asset) => tagOf('a', asset));
  return [own, 'pages', ...groupsOf('d'), ...held].slice(0, mostTags).join(',');
}

/** Letters and digits; the same name for two things would only invalidate more than is needed. */
function tagOf(kind: string, text: string): string {
  return kind + digestOf(text).slice(0, 10);
}
