/** Our scanner in the terms of html5lib's tokenizer tests. */
import { scanHtml } from '../../../src/site/references/htmlScanner.js';
import { decodeSpan } from '../../../src/site/references/mappedText.js';

/** `["StartTag", name, attributes, selfClosing?]`, `["EndTag", name]`, `["Comment", …]`, `["Character", …]`, `["DOCTYPE"]`. */
export type Token = readonly [type: string, ...rest: unknown[]];

interface Placed {
  readonly start: number;
  readonly end: number;
  readonly token: Token;
}

/** Elements that bring the scanner into a state; CDATA sections exist in SVG alone. */
const openers: Readonly<Record<string, string>> = {
  'Data state': '',
  'PLAINTEXT state': '<plaintext>',
  'RCDATA state': '<title>',
  'RAWTEXT state': '<xmp>',
  'Script data state': '<script>',
  'CDATA section state': '<svg><style><![CDATA[',
};

/** Reads `input` from a state on. Text is whatever no token covers. */
export function tokensOf(input: string, state: string, lastStartTag: string | undefined): Token[] {
  const opener =
    lastStartTag === undefined || state === 'PLAINTEXT state' ? (openers[state] ?? '') : `<${lastStartTag}>`;
  const html = opener + input.replace(/\r\n?/g, '\n');
  const placed: Placed[] = [];
  let raw: { start: number; end: number } | undefined;
  scanHtml(html, 0, {
    startTag({ name, attributes, selfClosing, start, end }) {
      const values: Record<string, string> = {};
      for (const attribute of attributes) {
        const plain = clean(attribute.name);
        if (!Object.hasOwn(values, plain)) values[plain] = read(attribute.start, attribute.end, 'attribute');
      }
      placed.push({ start, end, token: ['StartTag', clean(name), values, ...(selfClosing ? [true] : [])] });
    },
    endTag: (name, start, end) => placed.push({ start, end, token: ['EndTag', clean(name)] }),
    rawText: (_, start, end) => (raw ??= { start, end }),
    foreignStyle(start, end, type) {
      if (type === 'cdata') raw ??= { start, end };
    },
    skipped: (start, end) => placed.push({ start, end, token: skippedToken(html.slice(start, end)) }),
  });
  const tokens: Token[] = [];
  let at = opener.length;
  for (const { start, end, token } of placed) {
    if (start < opener.length) continue;
    addText(at, start);
    tokens.push(token);
    at = end;
  }
  addText(at, html.length);
  return tokens;

  function addText(start: number, end: number): void {
    if (start === raw?.start && state !== 'Data state') {
      add(state === 'RCDATA state' ? read(start, raw.end, 'text') : clean(html.slice(start, raw.end), state));
      start = state === 'CDATA section state' ? Math.min(raw.end + 3, html.length) : raw.end;
    }
    // A tag that the end of the page cuts off is dropped, `</>` is nothing.
    const text = html.slice(start, end).replace(cutTag, '').replaceAll('</>', '');
    add(decodeSpan(text, 0, text.length, same, 'text').text);
  }

  function add(text: string): void {
    if (text === '') return;
    const last = tokens.at(-1);
    if (last?.[0] === 'Character') tokens[tokens.length - 1] = ['Character', String(last[1]) + text];
    else tokens.push(['Character', text]);
  }

  function read(start: number, end: number, place: 'attribute' | 'text'): string {
    return clean(decodeSpan(html, start, end, same, place).text);
  }
}

const same = (piece: string) => piece;

const cutTag = /<\/?[a-z](?:[^>"']|"[^"]*"|'[^']*')*(?:["'][^]*)?$/i;

/** U+0000 as tags, comments and raw text have it; CDATA sections keep it. */
function clean(text: string, state = ''): string {
  return state === 'CDATA section state' ? text : text.replace(/\0/g, '\ufffd');
}

function skippedToken(text: string): Token {
  if (/^<!doctype/i.test(text)) return ['DOCTYPE'];
  if (/^<!--(?:>|->)$/.test(text)) return ['Comment', ''];
  if (text.startsWith('<!--')) return ['Comment', clean(text.slice(4).replace(/--!?>?$|-$/, ''))];
  return ['Comment', clean(text.slice(text.startsWith('<?') ? 1 : 2).replace(/>$/, ''))];
}
