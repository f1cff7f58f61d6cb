/** From the text of an address to a reference: what is an address at all, and which part of it may be replaced. */
import type { LoadingSlot, Reference, Treatment, Use } from './reference.js';

/** A stretch of text that holds an address or several, with the way to read it. */
export interface TextSpan {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Turns a piece of `text` into characters; the identity where `text` is decoded already. */
  readonly decode: (piece: string) => string;
}

/** What a finder knows about an address before it has read it. */
export interface AddressRole {
  readonly kind: string;
  readonly use: Use;
  readonly treatment: Treatment;
  readonly slot?: LoadingSlot;
}

/** Left over from a template engine: no address yet. */
const template = /\{\{|<%|\$\{|<\?/;
const otherScheme = /^(?!https?:)[a-z][a-z0-9+.-]*:/i;

/** True for what may name a file: not empty, no bare query or fragment, no other scheme, no template leftover. */
export function isAddress(url: string): boolean {
  const first = url.charCodeAt(0);
  if (Number.isNaN(first) || first === 0x23 || first === 0x3f) return false;
  return !otherScheme.test(url) && !template.test(url) && !url.startsWith('%23');
}

/**
 * The reference for one address; undefined for what is none. Offsets are indices of `span.text`.
 * Leading and trailing C0 controls and spaces are not part of it, tabs and newlines within are dropped (WHATWG URL,
 * "basic URL parser").
 */
export function makeReference({ text, start, end, decode }: TextSpan, role: AddressRole): Reference | undefined {
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (start < end && isBlank(text.charCodeAt(end - 1))) end -= 1;
  if (start === end) return undefined;
  // Inline images are long, and no addresses.
  if (/^data:/i.test(text.slice(start, start + 5))) return undefined;
  const raw = text.slice(start, end);
  const url = cleanUrl(decode(raw));
  if (!isAddress(url)) return undefined;
  const suffix = raw.search(/[?#]/);
  const { slot, ...rest } = role;
  return {
    ...rest,
    start,
    end: suffix < 0 ? end : start + suffix,
    url,
    relativeTo: 'file',
    ...(slot === undefined ? {} : { slot }),
  };
}

/** C0 controls and space; HTML and CSS have made U+FFFD of U+0000 before. */
function isBlank(code: number): boolean {
  return code <= 0x20 && code !== 0;
}

function cleanUrl(url: string): string {
  return /[\0\t\n\r]/.test(url) ? url.replace(/[\t\n\r]/g, '').replace(/\0/g, '\ufffd') : url;
}

/** Moves a reference found in decoded text to where that text stands. Slots do not survive: quotes would not fit there. */
export function moveReference(reference: Reference, offsetOf: (index: number) => number): Reference {
  const { kind, use, treatment, url, relativeTo } = reference;
  return { kind, use, treatment, start: offsetOf(reference.start), end: offsetOf(reference.end), url, relativeTo };
}

/** `pdf` for `a/b.PDF?c`; '' without. */
export function extensionOf(url: string): string {
  return (/\.([a-z0-9]+)(?:[?#]|$)/i.exec(/^[^?#]*/.exec(url)?.[0] ?? '')?.[1] ?? '').toLowerCase();
}

/** Extensions that browsers show as documents; an address without extension counts as one. */
export function isPageAddress(url: string): boolean {
  const path = /^(?:https?:)?(?:\/\/[^/?#]*)?([^?#]*)/i.exec(url)?.[1] ?? '';
  return /^$|^x?html?$|^(?:php\d?|aspx?|jsp|cgi|xml)$/.test(extensionOf(path));
}
