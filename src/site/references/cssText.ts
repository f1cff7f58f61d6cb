/** Addresses as CSS writes them: inside quotes or `url(…)`, with escapes. */
import type { CSSToken } from '@csstools/css-tokenizer';
import { makeReference, moveReference, type AddressRole, type TextSpan } from './address.js';
import type { Reference } from './reference.js';

/** The span of a string token's content, without quotes; `offset` is where the tokenized text begins. */
export function stringContent(token: CSSToken, offset: number): { start: number; end: number } {
  const [, text, start] = token;
  // At the end of the file the closing quote may be missing.
  const closed = text.length > 1 && text.endsWith(text.charAt(0)) && !isEscaped(text, text.length - 1);
  return { start: offset + start + 1, end: offset + start + text.length - (closed ? 1 : 0) };
}

/** The span of a url token's content, between the parentheses. */
export function urlContent(token: CSSToken, offset: number): { start: number; end: number } {
  const [, text, start] = token;
  const closed = text.endsWith(')') && !isEscaped(text, text.length - 1);
  return {
    start: offset + start + text.indexOf('(') + 1,
    end: offset + start + text.length - (closed ? 1 : 0),
  };
}

function isEscaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (text.charAt(index - 1 - backslashes) === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

/** The reference of an address in CSS, or undefined; escapes are read, offsets stay those of the text. */
export function makeCssReference(span: TextSpan, role: AddressRole): Reference | undefined {
  const raw = span.text.slice(span.start, span.end);
  if (!raw.includes('\\')) return makeReference(span, role);
  // A backslash at the very end is U+FFFD in url(), and nothing in a string.
  const atEnd = /["']/.test(span.text.charAt(span.start - 1)) ? '' : '\ufffd';
  const { text, offsets } = unescapeCss(raw, span.decode, atEnd);
  const reference = makeReference({ text, start: 0, end: text.length, decode: (piece) => piece }, role);
  return reference && moveReference(reference, (index) => span.start + (offsets[index] ?? raw.length));
}

const escape = /\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\n\r\f])?|(\r\n|[\n\r\f])|([^\x00-\x7f]+|[\x00-\x7f]|$))/g;

/** Reads escapes (CSS Syntax, "consume an escaped code point"); `offsets` holds where each character of the text begins. */
function unescapeCss(
  raw: string,
  decode: (piece: string) => string,
  atEnd: string,
): { text: string; offsets: number[] } {
  let text = '';
  const offsets: number[] = [];
  const append = (piece: string, offset: number, direct: boolean) => {
    for (let index = 0; index < piece.length; index++) offsets.push(direct ? offset + index : offset);
    text += piece;
  };
  /** ASCII stands for itself; a run of other bytes is decoded as one and never cut. */
  const appendRuns = (from: number, to: number) => {
    for (const { 0: run, index } of raw.slice(from, to).matchAll(/[\x00-\x7f]+|[^\x00-\x7f]+/g)) {
      const direct = run.charCodeAt(0) < 0x80;
      append(direct ? run : decode(run), from + index, direct);
    }
  };
  let at = 0;
  for (const match of raw.matchAll(escape)) {
    const [whole, hex, newline, character = ''] = match;
    appendRuns(at, match.index);
    at = match.index + whole.length;
    if (hex !== undefined) append(codePoint(parseInt(hex, 16)), match.index, false);
    else if (newline !== undefined) continue;
    else append(character === '' ? atEnd : decode(character), match.index, false);
  }
  appendRuns(at, raw.length);
  return { text, offsets };
}

function codePoint(code: number): string {
  const valid = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return valid ? String.fromCodePoint(code) : '\ufffd';
}
