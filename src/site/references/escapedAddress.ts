/** Reads an address out of a string literal: its exact span and its decoded value. */
import { decodeXML } from 'entities';
import { isAddress } from './address.js';

/** An address inside a file, as a `Reference` wants it. */
export interface Address {
  /** Span without white space around it, `?query` and `#fragment`. */
  readonly start: number;
  readonly end: number;
  /** Decoded, query and fragment included. */
  readonly url: string;
}

/** How a language writes characters that it cannot write plainly. */
export interface Escapes {
  readonly marker: string;
  readonly pattern: RegExp;
  readonly decode: (escape: string) => string;
}

/** String literals of JavaScript (ECMA-262, 12.9.4) and, as a subset, of JSON. */
export const scriptEscapes: Escapes = {
  marker: '\\',
  // An escaped surrogate pair is one match, so that both halves are decoded together.
  pattern:
    /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u\{[\da-fA-F]{1,6}\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|\r\n|[^])/g,
  decode: decodeScriptEscape,
};

/** Attributes and text of XML. Entities that a DTD declares stay as they are. */
export const xmlEscapes: Escapes = {
  marker: '&',
  pattern: /&(?:#\d{1,7}|#x[\da-fA-F]{1,6}|amp|lt|gt|quot|apos);/g,
  decode: decodeXML,
};

const controls: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', 0: '\0' };

function decodeScriptEscape(escape: string): string {
  const body = escape.slice(1);
  if (/^[ux]./.test(body)) {
    return body.replace(/\\?[ux]\{?([\da-fA-F]+)\}?/g, (_, hex: string) => {
      const code = Number.parseInt(hex, 16);
      return code > 0x10ffff ? '' : String.fromCodePoint(code);
    });
  }
  if (/^[\r\n]/.test(body)) return ''; // a line continuation stands for nothing
  return controls[body] ?? body;
}

/** Turns a piece of a view into what a browser reads there; see `EncodedText` and `EmbeddedFinder`. */
export type Decode = (piece: string) => string;

/** Reads the address between two offsets of a view; undefined when there is nothing but white space. */
export function readAddress(
  view: string,
  from: number,
  to: number,
  decode: Decode,
  escapes?: Escapes,
): Address | undefined {
  let start = from;
  let end = to;
  while (start < end && view.charCodeAt(start) <= 0x20) start++;
  while (end > start && view.charCodeAt(end - 1) <= 0x20) end--;
  if (start >= end) return undefined;
  const raw = view.slice(start, end);
  if (escapes === undefined || !raw.includes(escapes.marker)) {
    const stop = raw.search(/[?#]/);
    return { start, end: stop < 0 ? end : start + stop, url: decode(raw) };
  }
  const { url, stop } = unescape(raw, decode, escapes);
  return { start, end: start + stop, url };
}

/** Decodes, and finds where the first `?` or `#` is written, escaped or not. */
function unescape(raw: string, decode: Decode, escapes: Escapes): { url: string; stop: number } {
  let url = '';
  let plain = '';
  let stop = -1;
  let last = 0;
  const take = (upTo: number) => {
    const part = raw.slice(last, upTo);
    if (stop < 0 && /[?#]/.test(part)) stop = last + part.search(/[?#]/);
    plain += part;
  };
  for (const match of raw.matchAll(escapes.pattern)) {
    take(match.index);
    const decoded = escapes.decode(match[0]);
    if (stop < 0 && (decoded === '?' || decoded === '#')) stop = match.index;
    // A backslash before a plain character (`\/`, or the first byte of `é`) changes nothing.
    if (match[0] === `\\${decoded}`) plain += decoded;
    else {
      url += decode(plain) + decoded;
      plain = '';
    }
    last = match.index + match[0].length;
  }
  take(raw.length);
  return { url: url + decode(plain), stop: stop < 0 ? raw.length : stop };
}

/** True for addresses of files: neither a bare fragment or query, nor inline data or another scheme than http(s). */
export function namesFile(address: Address | undefined): address is Address {
  return address !== undefined && address.end > address.start && isAddress(address.url.trim());
}
