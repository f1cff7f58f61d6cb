/** What a page or stylesheet, as it was served, makes a browser load by itself. */
import { defaultLazyAttributes, finderFor } from './index.js';
import type { Use } from './reference.js';

/** Links and addresses for other machines are not followed. */
const notLoaded: ReadonlySet<Use> = new Set<Use>(['document', 'download', 'metadata', 'source-map']);

/**
 * Finds what is loaded, as absolute addresses without fragment; nothing in what is neither HTML nor CSS.
 * @param contentType as served. @param url where it was served.
 */
export function findLoaded(content: Buffer, contentType: string, url: string): readonly string[] {
  const mediaType = contentType.split(';', 1)[0]?.trim() ?? '';
  const find = /^text\/(html|css)$/.test(mediaType) ? finderFor(mediaType) : undefined;
  if (find === undefined) return [];
  const found = find(content, { lazyAttributes: defaultLazyAttributes });
  const base = found.base === undefined ? url : new URL(found.base, url).href;
  return found.references.flatMap(({ url: address, use, treatment, kind }) => {
    // An import map only names what modules may ask for; folders in it are no addresses at all.
    if (kind.startsWith('importmap') && address.endsWith('/')) return [];
    if (treatment === 'evidence' || notLoaded.has(use) || address.startsWith('#')) return [];
    if (!URL.canParse(address, base)) return [];
    const target = new URL(address, base);
    target.hash = '';
    return [target.href];
  });
}
