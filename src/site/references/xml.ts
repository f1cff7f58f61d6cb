/** Tokens of XML documents, and addresses in their attributes and text. */
import { Tokenizer } from 'htmlparser2';
import { findCssReferences } from './css.js';
import { namesFile, readAddress, xmlEscapes, type Decode } from './escapedAddress.js';
import { moveReference, type AddressRole } from './address.js';
import { decodeSpan } from './mappedText.js';
import type { Reference } from './reference.js';

/** A stretch of the view. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface XmlElement {
  /** As written, with its prefix. */
  readonly name: string;
  /** Without prefix. */
  readonly local: string;
  /** Spans of the values, without quotes, by name as written; the first of several wins. */
  readonly attributes: ReadonlyMap<string, Span>;
}

export interface XmlHandler {
  element?(element: XmlElement): void;
  /** Character data of the innermost open element; in a CDATA section nothing is escaped. */
  text?(span: Span, parent: XmlElement | undefined, cdata: boolean): void;
  close?(element: XmlElement): void;
  /** `<?…?>`: the span between the question marks. */
  instruction?(span: Span): void;
}

/** Reads a part of a view as XML. Whatever is not well-formed is read as far as it goes. */
export function scanXml(view: string, start: number, end: number, handler: XmlHandler): void {
  const text = start === 0 && end === view.length ? view : view.slice(start, end);
  const open: XmlElement[] = [];
  /** How often each name is open: closing tags without an opening one would otherwise be sought in all of them. */
  const counts = new Map<string, number>();
  let name = '';
  let attributes = new Map<string, Span>();
  let attribute = '';
  let value: Span | undefined;
  const finish = (selfClosing: boolean) => {
    const element = { name, local: localName(name), attributes };
    handler.element?.(element);
    if (selfClosing) handler.close?.(element);
    else {
      open.push(element);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  };
  const tokenizer = new Tokenizer(
    { xmlMode: true, decodeEntities: false },
    {
      onopentagname(from, to) {
        name = text.slice(from, to);
        attributes = new Map();
      },
      onattribname(from, to) {
        attribute = text.slice(from, to);
        value = undefined;
      },
      onattribdata(from, to) {
        value = { start: value?.start ?? start + from, end: start + to };
      },
      onattribend() {
        if (value !== undefined && !attributes.has(attribute)) attributes.set(attribute, value);
      },
      onopentagend: () => finish(false),
      onselfclosingtag: () => finish(true),
      onclosetag(from, to) {
        const closing = text.slice(from, to);
        if ((counts.get(closing) ?? 0) === 0) return;
        for (let element = open.pop(); element !== undefined; element = open.pop()) {
          counts.set(element.name, (counts.get(element.name) ?? 1) - 1);
          handler.close?.(element);
          if (element.name === closing) break;
        }
      },
      ontext: (from, to) => handler.text?.({ start: start + from, end: start + to }, open.at(-1), false),
      oncdata: (from, to) => handler.text?.({ start: start + from, end: start + to - 2 }, open.at(-1), true),
      onprocessinginstruction: (from, to) =>
        handler.instruction?.({ start: start + from, end: start + to - (text[to - 1] === '?' ? 1 : 0) }),
      onattribentity: ignore,
      ontextentity: ignore,
      oncomment: ignore,
      ondeclaration: ignore,
      onend: ignore,
    },
  );
  tokenizer.write(text);
  tokenizer.end();
}

function ignore(): void {
  // Nothing of interest.
}

export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** A reference from the value of an attribute or from text. */
export function xmlReference(view: string, span: Span | undefined, decode: Decode, role: AddressRole): Reference[] {
  const address = span === undefined ? undefined : readAddress(view, span.start, span.end, decode, xmlEscapes);
  return namesFile(address) ? [{ ...role, ...address, relativeTo: 'file' }] : [];
}

/**
 * The references of CSS in an attribute or in character data, where character references may stand for characters.
 * @param declared as of `findCssReferences()`: '' for declarations, the name of a property for its value.
 */
export function cssInXml(view: string, span: Span, decode: Decode, cdata: boolean, declared?: string): Reference[] {
  if (cdata || !view.slice(span.start, span.end).includes('&')) {
    return findCssReferences(view, span.start, span.end, decode, declared);
  }
  const mapped = decodeSpan(view, span.start, span.end, decode, 'text');
  const found = findCssReferences(mapped.text, 0, mapped.text.length, (piece) => piece, declared);
  return found.map((reference) => moveReference(reference, mapped.offsetOf));
}

/** What `encoding="…"` in the XML declaration says (XML 1.0, section 4.3.3). */
export function declaredInXml(head: string): string | undefined {
  return /^<\?xml\s[^>]*?\sencoding\s*=\s*["']([\w.:-]+)/.exec(head)?.[1] ?? 'utf-8';
}

/** `<?xml-stylesheet?>`; the span is what stands between the question marks. */
export function stylesheetInstruction(view: string, span: Span, decode: Decode): Reference[] {
  const content = view.slice(span.start, span.end);
  if (!/^xml-stylesheet\s/.test(content)) return [];
  const attribute = (name: string): Span | undefined => {
    const match = new RegExp(String.raw`\s${name}\s*=\s*(["'])(.*?)\1`, 's').exec(content);
    if (match === null) return undefined;
    const end = span.start + match.index + match[0].length - 1;
    return { start: end - (match[2] ?? '').length, end };
  };
  const type = attribute('type') ?? { start: 0, end: 0 };
  // XSLT never comes from another origin.
  const style = /^(?:text\/css)?$/i.test(view.slice(type.start, type.end).trim());
  const role: AddressRole = style
    ? { kind: 'xml-stylesheet', use: 'style', treatment: 'rewrite' }
    : { kind: 'xml-stylesheet', use: 'same-origin', treatment: 'keep' };
  return xmlReference(view, attribute('href'), decode, role);
}

/** The text of an XHTML script or style: the inside of its CDATA section, or what may hold character references. */
export function contentInXml(view: string, start: number, end: number): Span & { readonly escaped: boolean } {
  const text = view.slice(start, end);
  const section = text.indexOf('<![CDATA[');
  if (section < 0) return { start, end, escaped: text.includes('&') };
  const close = text.lastIndexOf(']]>');
  return { start: start + section + 9, end: close < section ? end : start + close, escaped: false };
}
