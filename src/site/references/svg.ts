/** SVG documents (SVG 2, "Linking" and "Styling"). `xml:base` is gone from the standard and is not honoured. */
import { embeddedFinders, type EmbeddedFinder } from './embedded.js';
import type { AddressRole } from './address.js';
import { fileFinder, foundOf } from './finder.js';
import { scriptType } from './htmlScript.js';
import type { FoundNote, InlineBlock, LoadingSlot, Reference } from './reference.js';
import {
  cssInXml,
  declaredInXml,
  localName,
  scanXml,
  stylesheetInstruction,
  xmlReference,
  type Span,
  type XmlElement,
} from './xml.js';

const image: AddressRole = { kind: 'svg image@href', use: 'image', treatment: 'rewrite' };
/** Elements of another file: browsers take them from the page's own origin only, CORS or not. */
const foreign = (local: string): AddressRole => ({ kind: `svg ${local}@href`, use: 'same-origin', treatment: 'keep' });

/** Elements that draw what their href names. */
const pictures = new Set(['image', 'feImage']);
/** Elements whose href is an element, here or in another SVG file. */
const elementReferences = new Set(
  'use linearGradient radialGradient pattern filter mpath textPath tref clipPath mask hatch'.split(' '),
);
/** Attributes that are CSS properties and may hold `url()` (SVG 2, "Presentation attributes"). */
const presentation = new Set(
  'fill stroke filter mask clip-path marker marker-start marker-mid marker-end cursor'.split(' '),
);

/** Finds the references of an SVG document. */
const findInSvgText: EmbeddedFinder = (view, start, end, decode) => {
  const references: Reference[] = [];
  const blocks: InlineBlock[] = [];
  const notes: FoundNote[] = [];

  scanXml(view, start, end, {
    instruction: (span) => references.push(...stylesheetInstruction(view, span, decode)),
    element(element) {
      references.push(...linked(element));
      for (const [name, span] of element.attributes) {
        if (name === 'style') references.push(...cssInXml(view, span, decode, false, ''));
        else if (presentation.has(name)) references.push(...cssInXml(view, span, decode, false, name));
      }
    },
    text(span, parent, cdata) {
      if (parent?.local === 'style') {
        blocks.push({ type: 'style', ...span });
        references.push(...cssInXml(view, span, decode, cdata));
      } else if (parent?.local === 'script' && /\S/.test(view.slice(span.start, span.end))) {
        blocks.push({ type: 'script', ...span });
        script(span, parent, cdata);
      }
    },
  });
  return foundOf({ references, blocks, notes });

  function linked(element: XmlElement): Reference[] {
    const { local, attributes } = element;
    const href = attributes.get('href') ?? prefixed(attributes, 'href');
    if (pictures.has(local)) return xmlReference(view, href, decode, { ...image, kind: `svg ${local}@href` });
    if (elementReferences.has(local)) return xmlReference(view, href, decode, foreign(local));
    switch (local) {
      case 'a':
        return xmlReference(view, href, decode, { kind: 'svg a@href', use: 'document', treatment: 'keep' });
      case 'script':
        return scriptReference(element, href ?? attributes.get('src'));
      case 'font-face-uri':
        return xmlReference(view, href, decode, { kind: 'svg font-face-uri@href', use: 'font', treatment: 'keep' });
      // HTML in a foreignObject.
      case 'img':
        return xmlReference(view, attributes.get('src'), decode, { ...image, kind: 'svg img@src' });
      case 'iframe':
        return xmlReference(view, attributes.get('src'), decode, {
          kind: 'svg iframe@src',
          use: 'document',
          treatment: 'keep',
        });
      case 'link':
        return /(?:^|\s)stylesheet(?:\s|$)/i.test(valueOf(attributes.get('rel')))
          ? xmlReference(view, href, decode, { kind: 'svg link@href', use: 'style', treatment: 'rewrite' })
          : [];
      default:
        return [];
    }
  }

  function scriptReference({ attributes }: XmlElement, address: Span | undefined): Reference[] {
    const type = runnable(valueOf(attributes.get('type')));
    if (type === undefined || address === undefined) return [];
    const crossorigin = attributes.get('crossorigin');
    const integrity = attributes.get('integrity');
    const slot: LoadingSlot = {
      insertAt: address.end + 1,
      crossorigin:
        crossorigin === undefined
          ? null
          : valueOf(crossorigin).trim().toLowerCase() === 'use-credentials'
            ? 'use-credentials'
            : 'anonymous',
      integrity: integrity === undefined ? null : { ...integrity, value: valueOf(integrity) },
    };
    return xmlReference(view, address, decode, { kind: 'svg script@href', use: type, treatment: 'rewrite', slot });
  }

  function script(span: Span, parent: XmlElement, cdata: boolean): void {
    const type = runnable(valueOf(parent.attributes.get('type')));
    // With character references the offsets would not be those of the script; its strings are then unknown.
    if (type === undefined || (!cdata && view.slice(span.start, span.end).includes('&'))) return;
    const found = embeddedFinders[type]?.(view, span.start, span.end, decode);
    references.push(...(found?.references ?? []));
    notes.push(...(found?.notes ?? []));
  }

  function valueOf(span: Span | undefined): string {
    return span === undefined ? '' : view.slice(span.start, span.end);
  }
};

/** `xlink:href`, whatever its prefix is. */
function prefixed(attributes: ReadonlyMap<string, Span>, local: string): Span | undefined {
  for (const [name, span] of attributes) if (localName(name) === local) return span;
  return undefined;
}

/** Undefined for what is no script; SVG takes the types of HTML. */
function runnable(type: string): 'script' | 'module' | undefined {
  const known = scriptType(type.trim(), undefined);
  return known === 'script' || known === 'module' ? known : undefined;
}

/** The finder for SVG files. */
export const findInSvg = fileFinder(findInSvgText, declaredInXml);
