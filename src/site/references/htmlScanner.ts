/**
 * Walks over the tags of a page (HTML, section 13.2.5 "Tokenization"), with the exact span of every attribute value.
 * Scripting counts as disabled: the content of `<noscript>` is markup.
 *
 * It is a scanner, not a parser: a tag that the tree builder would ignore or move is seen where it stands.
 */
import { OpenElements, type Namespace, type OpeningTag } from './openElements.js';
import { findRawTextEnd, findXmlTextEnd, isRawText } from './rawText.js';

export interface Attribute {
  /** Lowercase. */
  readonly name: string;
  readonly nameStart: number;
  /** The value without quotes; empty at the end of the name where there is none. */
  readonly start: number;
  readonly end: number;
  /** Behind the closing quote. */
  readonly after: number;
  readonly quote: '"' | "'" | '';
}

export interface StartTag {
  /** Lowercase. */
  readonly name: string;
  readonly namespace: Namespace;
  /** In order; of two with one name a browser takes the first. */
  readonly attributes: readonly Attribute[];
  readonly selfClosing: boolean;
  /** From `<` to behind `>`. */
  readonly start: number;
  readonly end: number;
}

export interface HtmlVisitor {
  startTag(tag: StartTag): void;
  endTag?(name: string, start: number, end: number): void;
  /** The content of an element that holds no markup: script, style, title, textarea, iframe and so on. */
  rawText?(tag: StartTag, start: number, end: number): void;
  /** Text (or a CDATA section) of an SVG `<style>`, which is ordinary text. */
  foreignStyle?(start: number, end: number, type: 'text' | 'cdata'): void;
  /** Comments, doctypes and everything a browser takes for one. */
  skipped?(start: number, end: number): void;
}

/**
 * Walks over `view` from `start` to its end. Never throws; whatever is not closed reaches to the end.
 * @param xml for XHTML: every element can close itself, CDATA sections are everywhere, and only script and style are
 * given as raw text, which then still has its character references.
 */
export function scanHtml(view: string, start: number, visitor: HtmlVisitor, xml = false): void {
  // Most pages hold no foreign elements and need no track of any.
  const elements = /<(?:svg|math)/i.test(view) ? new OpenElements() : undefined;
  let at = start;
  for (;;) {
    const text = at;
    at = view.indexOf('<', text);
    if (elements?.isForeignStyle === true) visitor.foreignStyle?.(text, at < 0 ? view.length : at, 'text');
    if (at < 0) return;
    const next = view.charCodeAt(at + 1);
    if (isLetter(next)) at = scanStartTag(at);
    else if (next === SLASH) at = scanEndTag(at);
    else if (next === EXCLAMATION || next === QUESTION) at = skipDeclaration(at);
    else at += 1;
  }

  function scanStartTag(open: number): number {
    const nameEnd = findNameEnd(view, open + 1);
    const attributes: Attribute[] = [];
    const end = scanAttributes(view, nameEnd, attributes);
    if (end < 0) return view.length;
    const name = view.slice(open + 1, nameEnd).toLowerCase();
    const selfClosing = view.charCodeAt(end - 2) === SLASH && isSelfClosing(end, attributes);
    const namespace = elements?.open(openingTag(name, selfClosing, attributes)) ?? 'html';
    const tag: StartTag = { name, namespace, attributes, selfClosing, start: open, end };
    visitor.startTag(tag);
    if (namespace !== 'html' || !isRawText(name) || (xml && (selfClosing || !/^(?:script|style)$/.test(name))))
      return end;
    const textEnd = xml ? findXmlTextEnd(view, name, end) : findRawTextEnd(view, name, end);
    visitor.rawText?.(tag, end, textEnd);
    return textEnd;
  }

  function openingTag(name: string, selfClosing: boolean, attributes: readonly Attribute[]): OpeningTag {
    const attribute = (wanted: string) => {
      const found = attributes.find((candidate) => candidate.name === wanted);
      return found && view.slice(found.start, found.end).toLowerCase();
    };
    return { name, selfClosing, attribute };
  }

  function scanEndTag(open: number): number {
    const first = view.charCodeAt(open + 2);
    if (first === GREATER) return open + 3;
    if (Number.isNaN(first)) return view.length;
    if (!isLetter(first)) return skipTo('>', open, open + 2);
    const nameEnd = findNameEnd(view, open + 2);
    const end = view.charCodeAt(nameEnd) === GREATER ? nameEnd + 1 : scanAttributes(view, nameEnd, []);
    if (end < 0) return view.length;
    const name = view.slice(open + 2, nameEnd).toLowerCase();
    elements?.close(name);
    visitor.endTag?.(name, open, end);
    return end;
  }

  function skipDeclaration(open: number): number {
    if (view.startsWith('<!--', open)) {
      if (view.charCodeAt(open + 4) === GREATER) return skipTo('>', open, open + 4);
      if (view.startsWith('->', open + 4)) return skipTo('>', open, open + 4);
      commentEnd.lastIndex = open + 4;
      const end = commentEnd.test(view) ? commentEnd.lastIndex : view.length;
      visitor.skipped?.(open, end);
      return end;
    }
    if ((xml || elements?.isForeign === true) && view.startsWith('<![CDATA[', open)) {
      const close = view.indexOf(']]>', open + 9);
      const end = close < 0 ? view.length : close;
      if (elements?.isForeignStyle === true) visitor.foreignStyle?.(open + 9, end, 'cdata');
      return close < 0 ? view.length : close + 3;
    }
    return skipTo('>', open, open + 2);
  }

  function skipTo(mark: string, open: number, from: number): number {
    const found = view.indexOf(mark, from);
    const end = found < 0 ? view.length : found + mark.length;
    visitor.skipped?.(open, end);
    return end;
  }
}

const [TAB, LF, FF, CR, SPACE] = [9, 10, 12, 13, 32];
const [EXCLAMATION, DOUBLE, SINGLE, SLASH, EQUALS, GREATER, QUESTION] = [33, 34, 39, 47, 61, 62, 63];
const commentEnd = /--!?>/g;

function isLetter(code: number): boolean {
  return (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
}

function isSpace(code: number): boolean {
  return code === SPACE || code === LF || code === TAB || code === CR || code === FF;
}

function findNameEnd(view: string, from: number): number {
  let at = from;
  for (; at < view.length; at++) {
    const code = view.charCodeAt(at);
    if (code === GREATER || code === SLASH || isSpace(code)) break;
  }
  return at;
}

/** `/>` closes itself, unless the slash belongs to an unquoted value (`<a href=x/>`). */
function isSelfClosing(end: number, attributes: readonly Attribute[]): boolean {
  const last = attributes.at(-1);
  return last === undefined || last.after < end - 1;
}

/** Fills `attributes` from behind the tag name; returns the offset behind `>`, or -1 where the page ends before it. */
function scanAttributes(view: string, from: number, attributes: Attribute[]): number {
  const { length } = view;
  let at = from;
  for (;;) {
    let code = view.charCodeAt(at);
    while (isSpace(code) || code === SLASH) code = view.charCodeAt(++at);
    if (code === GREATER) return at + 1;
    if (at >= length) return -1;
    const nameStart = at;
    // An equals sign in first place belongs to the name.
    do code = view.charCodeAt(++at);
    while (code !== EQUALS && code !== GREATER && code !== SLASH && !isSpace(code) && at < length);
    const nameEnd = at;
    while (isSpace(code)) code = view.charCodeAt(++at);
    const name = view.slice(nameStart, nameEnd).toLowerCase();
    if (code !== EQUALS) {
      attributes.push({ name, nameStart, start: nameEnd, end: nameEnd, after: nameEnd, quote: '' });
      continue;
    }
    do code = view.charCodeAt(++at);
    while (isSpace(code));
    if (code === DOUBLE || code === SINGLE) {
      const quote = code === DOUBLE ? '"' : "'";
      const end = view.indexOf(quote, at + 1);
      if (end < 0) return -1;
      attributes.push({ name, nameStart, start: at + 1, end, after: end + 1, quote });
      at = end + 1;
    } else {
      const start = at;
      while (code !== GREATER && !isSpace(code) && at < length) code = view.charCodeAt(++at);
      attributes.push({ name, nameStart, start, end: at, after: at === start ? nameEnd : at, quote: '' });
    }
  }
}
