/**
 * Which encoding a file is in, and its one-byte view: a string in which every index is a byte offset and every ASCII
 * character is one. Bytes from 0x80 stay opaque until a piece is decoded, so unknown and broken encodings survive.
 */
import { isUtf8 } from 'node:buffer';

/** The view of a file's bytes with the means to read pieces of it. */
export interface EncodedText {
  readonly view: string;
  /** Behind a byte order mark. */
  readonly start: number;
  /** WHATWG name of the encoding, lowercase. */
  readonly encoding: string;
  /** Reads a piece of the view as the characters a browser sees. */
  readonly decode: (piece: string) => string;
}

/** Encodings in which ASCII bytes can mean something else, so that no one-byte view exists. */
const unviewable = /^(?:utf-16(?:le|be)|iso-2022-jp|iso-2022-kr|iso-2022-cn(?:-ext)?|hz-gb-2312|replacement)$/;

/**
 * First bytes of the two-byte characters whose second byte can be ASCII (0x40 to 0x7E, among them `\`, `{` and `|`),
 * by encoding. In Shift_JIS 0xA1 to 0xDF are characters of their own.
 */
const leadBytes: Readonly<Record<string, string>> = {
  'shift_jis': '[\\x81-\\x9f\\xe0-\\xfc]',
  'gbk': '[\\x81-\\xfe]',
  'gb18030': '[\\x81-\\xfe]',
  'big5': '[\\x81-\\xfe]',
  'euc-kr': '[\\x81-\\xfe]',
};

/** Views a file; only the name of its encoding where it cannot be viewed byte by byte. */
export function viewBytes(bytes: Buffer, declared: (head: string) => string | undefined): EncodedText | string {
  const mark = byteOrderMark(bytes);
  const label = mark ?? declared(bytes.toString('latin1', 0, 1024));
  const encoding = canonicalName(label) ?? (isUtf8(bytes) ? 'utf-8' : 'windows-1252');
  if (unviewable.test(encoding)) return encoding;
  const view = bytes.toString('latin1');
  return {
    view: maskTrails(view, leadBytes[encoding]),
    start: mark === undefined ? 0 : 3,
    encoding,
    decode: decoderFor(encoding),
  };
}

/** The byte order mark decides before everything else (WHATWG Encoding, "BOM sniff"). */
function byteOrderMark(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  // HTML, "prescan a byte stream": `<` as the first UTF-16 character. Such text is of no use as bytes in any case.
  if (bytes[0] === 0x3c && bytes[1] === 0) return 'utf-16le';
  if (bytes[0] === 0 && bytes[1] === 0x3c) return 'utf-16be';
  return undefined;
}

/** What `@charset "…";` as the very first bytes says (CSS Syntax, section 3.2). */
export function declaredInCss(head: string): string | undefined {
  return declaredEncoding(/^@charset "([^"]*)";/.exec(head)?.[1]);
}

/**
 * The encoding that a declaration names, undefined for none. One that could be read as ASCII cannot mean UTF-16: HTML
 * and CSS then take UTF-8.
 */
export function declaredEncoding(label: string | undefined): string | undefined {
  const name = canonicalName(label);
  return name?.startsWith('utf-16') === true ? 'utf-8' : name;
}

function canonicalName(label: string | undefined): string | undefined {
  if (label === undefined) return undefined;
  if (/^(?:csiso2022kr|hz-gb-2312|iso-2022-(?:cn|cn-ext|kr)|replacement)$/i.test(label)) return 'replacement';
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

/**
 * Moves the second byte of a two-byte character out of the ASCII range, so that no tokenizer sees a backslash there.
 * The low byte stays, and `Buffer.from(…, 'latin1')` keeps just that: decoding needs no way back.
 */
function maskTrails(view: string, lead: string | undefined): string {
  if (lead === undefined) return view;
  return view.replace(new RegExp(`${lead}[\\x40-\\x7e\\x80-\\xff]`, 'g'), (pair) => {
    const trail = pair.charCodeAt(1);
    return trail < 0x80 ? pair.charAt(0) + String.fromCharCode(0x100 | trail) : pair;
  });
}

function decoderFor(encoding: string): (piece: string) => string {
  const decoder = encoding === 'utf-8' ? undefined : new TextDecoder(encoding);
  return (piece) => {
    if (!/[^\x00-\x7f]/.test(piece)) return piece;
    const bytes = Buffer.from(piece, 'latin1');
    return decoder === undefined ? bytes.toString('utf8') : decoder.decode(bytes);
  };
}
