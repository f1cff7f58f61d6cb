/** Structured data (`application/ld+json`): images for search engines, whose addresses have to be absolute. */
import type { Node } from 'jsonc-parser';
import { namesFile } from './escapedAddress.js';
import type { EmbeddedFinder } from './embedded.js';
import { fileFinder, foundOf } from './finder.js';
import { jsonAddress, jsonElements, jsonProperties, jsonProperty, parseJson } from './json.js';
import type { Reference } from './reference.js';

/** Properties of schema.org whose values are images or objects that describe one. */
const images = new Set([
  'image',
  'logo',
  'thumbnailUrl',
  'contentUrl',
  'screenshot',
  'photo',
  'primaryImageOfPage',
  'thumbnail',
]);
/** Properties that name pages; `@id` and `sameAs` are names, not links. */
const pages = new Set(['url', 'mainEntityOfPage']);

/** Finds the references of a block of structured data. */
export const findInJsonLd: EmbeddedFinder = (view, start, end, decode) => {
  const references: Reference[] = [];
  /** Without recursion: the depth is up to whoever wrote the file. */
  const pending: { node: Node; image: boolean }[] = [];
  const root = parseJson(view, start, end);
  if (root !== undefined) pending.push({ node: root, image: false });
  for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
    const { node } = one;
    if (node.type === 'array')
      pending.push(...(node.children ?? []).map((child) => ({ node: child, image: one.image })));
    if (node.type === 'string' && one.image) add(node, true);
    const isImage = one.image || isImageObject(node);
    for (const { name, value } of jsonProperties(node)) {
      const image = images.has(name) || (isImage && name === 'url');
      if (image) pending.push({ node: value, image });
      else if (!pages.has(name)) pending.push({ node: value, image: false });
      else for (const page of jsonElements(value)) if (page.type === 'string') add(page, false);
    }
  }
  return foundOf({ references });

  function add(node: Node, image: boolean): void {
    const address = jsonAddress(node, view, decode);
    if (!namesFile(address)) return;
    const role = image
      ? ({ kind: 'JSON-LD image', use: 'metadata', treatment: 'rewrite' } as const)
      : ({ kind: 'JSON-LD url', use: 'document', treatment: 'keep' } as const);
    references.push({ ...role, ...address, relativeTo: 'file' });
  }
};

function isImageObject(node: Node): boolean {
  return jsonElements(jsonProperty(node, '@type')).some((type) => type.value === 'ImageObject');
}

/** The finder for files of structured data. */
export const findInJsonLdFile = fileFinder(findInJsonLd);
