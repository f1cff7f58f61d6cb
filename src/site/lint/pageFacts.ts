/** What the linter wants to know of a page that is no reference. */
import type { Asset, AssetGraph } from '../graph.js';
import { viewBytes } from '../references/encoding.js';
import { declaredInHtml } from '../references/htmlEncoding.js';
import { scanHtml, type HtmlVisitor } from '../references/htmlScanner.js';
import { HtmlTag } from '../references/htmlTag.js';
import { declaredInXml } from '../references/xml.js';
import type { LogicalPath } from '../site.js';

export interface PageFacts {
  /** What a fragment can lead to: `id` of any element, `name` of a link (HTML, "find a potential indicated element"). */
  readonly targets: ReadonlySet<string>;
  /** Links to a place in the page itself, without `#`. */
  readonly jumps: readonly { readonly fragment: string; readonly offset: number }[];
  /** Where images stand whose size the page does not tell. */
  readonly unsized: readonly number[];
}

/** Reads the pages of a site; pages in encodings that cannot be read byte by byte are left out. */
export async function readPages(graph: AssetGraph): Promise<ReadonlyMap<LogicalPath, PageFacts>> {
  const pages = new Map<LogicalPath, PageFacts>();
  for (const asset of graph.assets.values()) {
    if (!isHtml(asset)) continue;
    const facts = readPage(await graph.site.read(asset), asset.mediaType === 'application/xhtml+xml');
    if (facts !== undefined) pages.set(asset.path, facts);
  }
  return pages;
}

export function isHtml({ mediaType }: Pick<Asset, 'mediaType'>): boolean {
  return mediaType === 'text/html' || mediaType === 'application/xhtml+xml';
}

function readPage(bytes: Buffer, xml: boolean): PageFacts | undefined {
  const text = viewBytes(bytes, xml ? declaredInXml : declaredInHtml);
  if (typeof text === 'string') return undefined;
  const targets = new Set<string>();
  const jumps: { fragment: string; offset: number }[] = [];
  const unsized: number[] = [];
  const visitor: HtmlVisitor = {
    startTag(tag) {
      if (tag.attributes.length === 0) return;
      const element = new HtmlTag(tag, text.view, text.decode);
      const id = element.value('id');
      if (id !== undefined) targets.add(id);
      if (tag.name === 'a') {
        const name = element.value('name');
        if (name !== undefined) targets.add(name);
        const href = element.value('href')?.trim();
        if (href?.startsWith('#') === true) jumps.push({ fragment: href.slice(1), offset: tag.start });
      } else if (tag.name === 'img' && isUnsized(element)) unsized.push(tag.start);
    },
  };
  scanHtml(text.view, text.start, visitor, xml);
  return { targets, jumps, unsized };
}

/** One of the two with a style sheet's `aspect-ratio` may be enough; none at all seldom is. */
function isUnsized(element: HtmlTag): boolean {
  if (!element.has('src') && !element.has('srcset')) return false;
  if (element.has('width') || element.has('height')) return false;
  return !/\b(?:width|height|aspect-ratio|position)\s*:/i.test(element.value('style') ?? '');
}
