/** References in HTML: in attributes, in inline styles and scripts, in `srcdoc`. */
import { moveReference } from './address.js';
import { findCssReferences } from './css.js';
import { embeddedFinders } from './embedded.js';
import { fileFinder } from './finder.js';
import { createAttributeFinder } from './htmlElements.js';
import { declaredInHtml } from './htmlEncoding.js';
import { findInConditionalComment } from './conditionalComment.js';
import { scanHtml, type HtmlVisitor, type StartTag } from './htmlScanner.js';
import { scriptType } from './htmlScript.js';
import { HtmlTag } from './htmlTag.js';
import { decodeSpan } from './mappedText.js';
import type { FinderOptions, Found, InlineBlock, MetaPolicy, Reference } from './reference.js';
import { contentInXml, cssInXml, declaredInXml, stylesheetInstruction } from './xml.js';

/** Finds the references of a page. */
export function findInHtml(bytes: Buffer, options: FinderOptions): Found {
  const find = fileFinder((view, start, _end, decode) => findInMarkup(view, start, decode, options), declaredInHtml);
  return find(bytes, options);
}

/** Finds the references of a page that browsers read as XML. */
export function findInXhtml(bytes: Buffer, options: FinderOptions): Found {
  const find = fileFinder(
    (view, start, _end, decode) => findInMarkup(view, start, decode, options, true),
    declaredInXml,
  );
  return find(bytes, options);
}

/** Finds the references of markup from `start` on: a page, or the decoded `srcdoc` of a frame. */
export function findInMarkup(
  view: string,
  start: number,
  decode: (piece: string) => string,
  options: FinderOptions,
  xml = false,
): Found {
  const references: Reference[] = [];
  const blocks: InlineBlock[] = [];
  const policies: MetaPolicy[] = [];
  const notes: NonNullable<Found['notes']>[number][] = [];
  let traits: Found['traits'];
  let base: string | undefined;
  const attributes = createAttributeFinder(references, options);

  const visitor: HtmlVisitor = {
    startTag(tag) {
      if (tag.attributes.length === 0) return attributes.open(tag.name);
      const element = new HtmlTag(tag, view, decode);
      attributes.find(element);
      if (tag.namespace !== 'html') return;
      if (tag.name === 'base') base ??= element.value('href')?.trim();
      else if (tag.name === 'meta') findPolicy(element);
      else if (tag.name === 'iframe') findInFrame(element);
    },
    endTag(name) {
      attributes.close(name);
    },
    rawText(tag, from, to) {
      if (from === to) return;
      if (tag.name === 'style') findInStyle(tag, from, to);
      else if (tag.name === 'script') findInScript(tag, from, to);
    },
    foreignStyle(from, to, type) {
      if (type === 'cdata') {
        references.push(...findCssReferences(view, from, to, decode));
        return;
      }
      const { text, offsetOf } = decodeSpan(view, from, to, decode, 'text');
      const found = findCssReferences(text, 0, text.length, (piece) => piece);
      references.push(...found.map((reference) => moveReference(reference, offsetOf)));
    },
    skipped(from, to) {
      if (view.startsWith('<!--[if', from))
        references.push(...findInConditionalComment(view, from, to, decode, options));
      else if (xml && view.startsWith('<?xml-stylesheet', from))
        references.push(...stylesheetInstruction(view, { start: from + 2, end: to - 1 }, decode));
    },
  };
  scanHtml(view, start, visitor, xml);

  sortByStart(references);
  return {
    references,
    ...(base === undefined ? {} : { base }),
    ...(policies.length === 0 ? {} : { policies }),
    ...(blocks.length === 0 ? {} : { blocks }),
    ...(traits === undefined ? {} : { traits }),
    ...(notes.length === 0 ? {} : { notes }),
  };

  function findPolicy(element: HtmlTag): void {
    const content = element.find('content');
    if (content === undefined) return;
    if (element.value('http-equiv')?.toLowerCase() !== 'content-security-policy') return;
    const { start: from, end, quote } = content;
    policies.push({ start: from, end, value: element.value('content') ?? '', quote });
  }

  /** A frame's own document. One with its own `<base>` stays as it is: a reference here has the base of the page. */
  function findInFrame(element: HtmlTag): void {
    const srcdoc = element.find('srcdoc');
    if (srcdoc === undefined) return;
    const { text, offsetOf } = decodeSpan(view, srcdoc.start, srcdoc.end, decode, 'attribute');
    const inner = findInMarkup(text, 0, (piece) => piece, options);
    if (inner.base !== undefined) return;
    for (const reference of inner.references) {
      const moved = moveReference(reference, offsetOf);
      // The hash could not be renewed in there.
      const fixed = reference.slot?.integrity !== null && reference.slot !== undefined;
      references.push(fixed ? { ...moved, treatment: 'keep' } : moved);
    }
  }

  function findInStyle(tag: StartTag, from: number, to: number): void {
    const type = new HtmlTag(tag, view, decode).value('type') ?? '';
    if (type !== '' && type.toLowerCase() !== 'text/css') return;
    blocks.push({ type: 'style', start: from, end: to });
    const part = xml ? contentInXml(view, from, to) : { start: from, end: to, escaped: false };
    references.push(...cssInXml(view, part, decode, !part.escaped));
  }

  function findInScript(tag: StartTag, from: number, to: number): void {
    const element = new HtmlTag(tag, view, decode);
    if (element.has('src')) return;
    const type = scriptType(element.value('type'), element.value('language'));
    if (type !== 'json' && type !== 'json-ld' && type !== 'other')
      blocks.push({ type: 'script', start: from, end: to });
    if (type === 'other' || type === 'speculationrules') return;
    const part = xml ? contentInXml(view, from, to) : { start: from, end: to, escaped: false };
    // With character references the offsets would not be those of the script.
    const found = part.escaped ? undefined : embeddedFinders[type]?.(view, part.start, part.end, decode);
    if (found === undefined) return;
    references.push(...found.references);
    notes.push(...(found.notes ?? []));
    // The first place of each.
    if (found.traits !== undefined) traits = { ...found.traits, ...traits };
  }
}

function sortByStart(references: Reference[]): void {
  const sorted = references.every(
    (reference, index) => index === 0 || (references[index - 1]?.start ?? 0) <= reference.start,
  );
  if (!sorted) references.sort((a, b) => a.start - b.start);
}
