/** Media types: by extension from one table, sniffed only where a name has no extension, on source bytes. */
import { isUtf8 } from 'node:buffer';
import { posix } from 'node:path';
import { lookup } from 'mime-types';
import type { MediaType } from './site.js';

/** Where browsers or the standards want something else than mime-db's first choice. */
const overrides: Readonly<Record<string, MediaType>> = {
  '.js': 'text/javascript', // RFC 9239
  '.mjs': 'text/javascript',
  '.cjs': 'text/javascript',
  '.map': 'application/json', // ECMA-426
  '.webmanifest': 'application/manifest+json',
  '.ico': 'image/x-icon',
  '.md': 'text/markdown',
  '.xml': 'application/xml',
};

const signatures: readonly (readonly [MediaType, RegExp])[] = [
  ['image/png', /^\x89PNG\r\n\x1a\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8[79]a/],
  ['image/webp', /^RIFF....WEBP/s],
  ['application/pdf', /^%PDF-/],
  ['application/zip', /^PK\x03\x04/],
  ['application/gzip', /^\x1f\x8b/],
  ['text/html', /^(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html)/i],
  ['application/xml', /^(?:\xef\xbb\xbf)?<\?xml/],
];

/** The type of a file without extension, from its first bytes (a small subset of the WHATWG MIME Sniffing standard). */
function sniff(bytes: Buffer): MediaType {
  const head = bytes.subarray(0, 512).toString('latin1');
  for (const [type, signature] of signatures) if (signature.test(head)) return type;
  if (!isUtf8(bytes) || bytes.includes(0)) return 'application/octet-stream';
  return /^\s*[{[]/.test(head) && isJson(bytes) ? 'application/json' : 'text/plain';
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString());
    return true;
  } catch {
    return false;
  }
}

/** The media type of a file; `readBytes` is called only for names without extension. */
export function mediaTypeOf(path: string, readBytes: () => Buffer): MediaType {
  const extension = posix.extname(path).toLowerCase();
  if (extension === '' || extension === '.') return sniff(readBytes());
  return overrides[extension] ?? (lookup(extension) || 'application/octet-stream');
}

/** True for types whose bytes are characters: they take a charset and compress well. */
export function isText(type: MediaType): boolean {
  return (
    type.startsWith('text/') ||
    type.endsWith('+xml') ||
    type.endsWith('+json') ||
    type === 'application/json' ||
    type === 'application/xml' ||
    type === 'application/javascript'
  );
}

/**
 * `utf-8` when the bytes are that and the file does not say otherwise: a header would overrule its own declaration
 * (HTML, "determining the character encoding"; ISO-2022-JP is all ASCII bytes, so validity alone proves nothing).
 */
export function charsetOf(type: MediaType, bytes: Buffer): 'utf-8' | undefined {
  if (!isText(type) || !isUtf8(bytes)) return undefined;
  const head = bytes.subarray(0, 1024).toString('latin1');
  const declared =
    type === 'text/css'
      ? /^@charset "([^"]*)"/.exec(head)?.[1]
      : type.includes('xml')
        ? /^<\?xml[^>]*\sencoding=["']([\w.:-]+)/.exec(head)?.[1]
        : /<meta[^>]*charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(type.includes('html') ? head : '')?.[1];
  return declared === undefined || /^(utf-?8|us-ascii)$/i.test(declared) ? 'utf-8' : undefined;
}
