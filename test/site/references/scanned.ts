/** What our scanner sees, in the terms of the oracle. */
import { scanHtml } from '../../../src/site/references/htmlScanner.js';
import { decodeSpan } from '../../../src/site/references/mappedText.js';
import type { SeenAttribute, SeenTag } from './parse5Oracle.js';

/** The start tags of a page; of attributes with one name only the first. */
export function scanTags(html: string): SeenTag[] {
  const tags: SeenTag[] = [];
  scanHtml(html, 0, {
    startTag({ name, start, attributes }) {
      const seen = new Map<string, SeenAttribute>();
      for (const attribute of attributes) {
        const plain = clean(attribute.name);
        if (seen.has(plain)) continue;
        const { text } = decodeSpan(html, attribute.start, attribute.end, (piece) => piece, 'attribute');
        const nameStart = attribute.nameStart;
        seen.set(plain, { name: plain, value: clean(text), start: nameStart, end: attribute.after });
      }
      tags.push({ name: clean(name), start, attributes: [...seen.values()] });
    },
  });
  return tags;
}

/** The input stream's newlines (HTML, "preprocessing the input stream") and the tokenizer's U+0000. */
function clean(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/\0/g, '\ufffd');
}
