/** The encoding that a page declares (HTML, "prescan a byte stream to determine its encoding"). */
import { declaredEncoding } from './encoding.js';
import { scanHtml } from './htmlScanner.js';
import { HtmlTag } from './htmlTag.js';

/** What the first known `<meta charset>` or `<meta http-equiv=Content-Type>` of the first bytes says, or an XML declaration. */
export function declaredInHtml(head: string): string | undefined {
  let encoding: string | undefined;
  // Cut off tags count as well as others, raw text does not hide them: this is no real scan of the page.
  const metas = head.replace(/<!--[^]*?-->/g, '').matchAll(/<meta[\s/][^>]*>/gi);
  for (const [meta] of metas) {
    scanHtml(meta, 0, {
      startTag(tag) {
        const element = new HtmlTag(tag, meta, (piece) => piece);
        encoding ??= declaredEncoding(element.value('charset')?.trim() ?? inContentType(element));
      },
    });
  }
  return encoding ?? declaredEncoding(/^<\?xml[^>]*\sencoding\s*=\s*["']([^"'>]*)/.exec(head)?.[1]);
}

/** HTML, "extracting a character encoding from a meta element". */
function inContentType(element: HtmlTag): string | undefined {
  if (element.value('http-equiv')?.toLowerCase() !== 'content-type') return undefined;
  const content = element.value('content') ?? '';
  const [, double, single, plain] = /charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;"']+))/i.exec(content) ?? [];
  return (double ?? single ?? plain)?.trim();
}
