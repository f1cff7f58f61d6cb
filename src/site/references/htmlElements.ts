/** Finds the addresses in the attributes of elements, one start tag after the other. */
import { extensionOf, isPageAddress, makeReference, moveReference, type AddressRole } from './address.js';
import { findCssReferences } from './css.js';
import {
  addressAttributesOf,
  mediaExtensions,
  presentationAttributes,
  type AddressAttribute,
} from './htmlAttributes.js';
import { linkRole } from './htmlLink.js';
import { metaRole } from './htmlMeta.js';
import type { Attribute } from './htmlScanner.js';
import { scriptType } from './htmlScript.js';
import type { AttributeText, HtmlTag } from './htmlTag.js';
import type { FinderOptions, Reference } from './reference.js';
import { splitSrcset } from './srcset.js';

export interface AttributeFinder {
  /** Takes a start tag with attributes. */
  find(element: HtmlTag): void;
  /** Takes a start tag without. */
  open(name: string): void;
  close(name: string): void;
}

/** Collects into `references`; remembers what a later element needs of an earlier one. */
export function createAttributeFinder(references: Reference[], options: FinderOptions): AttributeFinder {
  const lazy = new Set(options.lazyAttributes.map((name) => name.toLowerCase()));
  /** The open media element: whether its sources and tracks are fetched with CORS. */
  let mediaCors = false;
  /** Index of the first reference inside the open `<picture>`. */
  let picture: number | undefined;

  return { find, open, close };

  function open(name: string): void {
    if (name === 'picture') picture = references.length;
    else if (name === 'video' || name === 'audio') mediaCors = false;
  }

  function close(name: string): void {
    if (name === 'picture') picture = undefined;
    else if (name === 'video' || name === 'audio') mediaCors = false;
  }

  function find(element: HtmlTag): void {
    const { name, namespace, attributes } = element.tag;
    open(name);
    const cors = element.has('crossorigin');
    if (namespace === 'html' && (name === 'video' || name === 'audio')) mediaCors = cors;
    if (namespace === 'html') findSpecial(element);
    else if (namespace === 'svg' && name === 'script') findScript(element, 'href', 'xlink:href');
    const row = addressAttributesOf(namespace, name);
    for (const attribute of attributes) {
      const address = row !== undefined && Object.hasOwn(row, attribute.name) ? row[attribute.name] : undefined;
      const isLazy = address === undefined && lazy.has(attribute.name);
      const isStyle = attribute.name === 'style' || (namespace === 'svg' && presentationAttributes.has(attribute.name));
      if (address === undefined && !isLazy && !isStyle) continue;
      if (element.find(attribute.name) !== attribute || attribute.start === attribute.end) continue;
      if (address !== undefined) addAddress(element, attribute, address, cors || (name === 'source' && mediaCors));
      else if (isLazy) addLazy(element, attribute);
      else addStyle(element, attribute);
    }
    if (cors && picture !== undefined && (name === 'img' || name === 'image')) raisePicture(picture);
  }

  function addAddress(element: HtmlTag, attribute: Attribute, address: AddressAttribute, cors: boolean): void {
    const role: AddressRole = {
      kind: `${element.tag.name}@${attribute.name}`,
      use: cors && address.cors !== undefined ? address.cors : address.use,
      treatment: address.treatment,
    };
    if (address.list === 'srcset') addSrcset(element, attribute, role);
    else addOne(element.text(attribute), refine(role, element, attribute));
  }

  /** Links and embedded objects: what the address ends in tells pages from other files. */
  function refine(role: AddressRole, element: HtmlTag, attribute: Attribute): AddressRole {
    const { name } = element.tag;
    const url = () => element.value(attribute.name) ?? '';
    if (name === 'a' || name === 'area') {
      return element.has('download') || !isPageAddress(url().trim()) ? { ...role, use: 'download' } : role;
    }
    if ((name === 'embed' || name === 'object') && isPageAddress(url().trim())) return { ...role, use: 'document' };
    return role;
  }

  function addOne(span: AttributeText, role: AddressRole): void {
    const reference = makeReference(span, role);
    if (reference === undefined) return;
    if (span.offsetOf === undefined) references.push(reference);
    else references.push({ ...moveReference(reference, span.offsetOf), ...(role.slot && { slot: role.slot }) });
  }

  function addSrcset(element: HtmlTag, attribute: Attribute, role: AddressRole): void {
    const span = element.text(attribute);
    // An engine's leftover can hold commas and spaces: then nothing here can be told apart.
    if (/\{\{|<%|\$\{|<\?/.test(span.text.slice(span.start, span.end))) return;
    for (const { start, end } of splitSrcset(span.text, span.start, span.end)) addOne({ ...span, start, end }, role);
  }

  function addStyle(element: HtmlTag, attribute: Attribute): void {
    const { text, start, end, decode, offsetOf } = element.text(attribute);
    const property = attribute.name === 'style' ? '' : attribute.name;
    for (const reference of findCssReferences(text, start, end, decode, property)) {
      references.push(offsetOf === undefined ? reference : moveReference(reference, offsetOf));
    }
  }

  /** Only what ends like an image or a film counts: such attributes hold colours and names as well. */
  function addLazy(element: HtmlTag, attribute: Attribute): void {
    const role: AddressRole = { kind: `${element.tag.name}@${attribute.name}`, use: 'image', treatment: 'rewrite' };
    const span = element.text(attribute);
    const raw = span.text.slice(span.start, span.end);
    if (attribute.name.endsWith('srcset')) return addSrcset(element, attribute, role);
    if (/url\(/i.test(raw)) {
      for (const found of findCssReferences(span.text, span.start, span.end, span.decode, 'background-image')) {
        const reference = { ...found, kind: role.kind };
        references.push(span.offsetOf === undefined ? reference : moveReference(reference, span.offsetOf));
      }
    } else if (mediaExtensions.has(extensionOf(raw.trim()))) {
      addOne(span, role);
    }
  }

  function findSpecial(element: HtmlTag): void {
    switch (element.tag.name) {
      case 'script':
        return findScript(element, 'src');
      case 'link':
        return findLink(element);
      case 'meta':
        return findMeta(element);
      case 'input': {
        const src = element.find('src');
        if (src === undefined || element.value('type')?.toLowerCase() !== 'image') return;
        return addOne(element.text(src), { kind: 'input@src', use: 'image', treatment: 'rewrite' });
      }
      case 'track': {
        const src = element.find('src');
        // Without crossorigin on the media element, text tracks must be same-origin (HTML, "start the track processing").
        const treatment = mediaCors ? 'rewrite' : 'keep';
        if (src !== undefined) addOne(element.text(src), { kind: 'track@src', use: 'track', treatment });
        return;
      }
      case 'form': {
        const action = element.find('action');
        if (action === undefined || element.value('method')?.toLowerCase() === 'post') return;
        return addOne(element.text(action), { kind: 'form@action', use: 'document', treatment: 'keep' });
      }
      case 'param': {
        const value = element.find('value');
        if (value === undefined || element.value('valuetype')?.toLowerCase() !== 'ref') return;
        return addOne(element.text(value), { kind: 'param@value', use: 'same-origin', treatment: 'keep' });
      }
      default:
    }
  }

  function findScript(element: HtmlTag, ...names: readonly string[]): void {
    const src = names.map((name) => element.find(name)).find((attribute) => attribute !== undefined);
    if (src === undefined) return;
    const type = scriptType(element.value('type'), element.value('language'));
    const kind = `script@${src.name}`;
    const span = element.text(src);
    if (type === 'script' || type === 'module') {
      addOne(span, { kind, use: type, treatment: 'rewrite', slot: element.slot(src) });
    } else {
      // Not run by browsers; a script may fetch it.
      addOne(span, { kind, use: 'fetch', treatment: 'keep' });
    }
  }

  function findLink(element: HtmlTag): void {
    const href = element.find('href');
    const role = linkRole(element.value('rel') ?? '', element.value('as') ?? '', element.value('itemprop') ?? '');
    if (role === undefined) return;
    const { rel, use, treatment, loads } = role;
    const kind = `link[rel=${rel}]@`;
    if (href !== undefined) {
      const slot = loads ? { slot: element.slot(href) } : {};
      const refined = use === 'image' && element.has('crossorigin') ? 'image-cors' : use;
      addOne(element.text(href), { kind: `${kind}href`, use: refined, treatment, ...slot });
    }
    const candidates = rel === 'preload' ? element.find('imagesrcset') : undefined;
    if (candidates !== undefined) addSrcset(element, candidates, { kind: `${kind}imagesrcset`, use, treatment });
  }

  function findMeta(element: HtmlTag): void {
    const content = element.find('content');
    if (content === undefined) return;
    const role = metaRole({
      name: element.value('name'),
      property: element.value('property'),
      itemprop: element.value('itemprop'),
      httpEquiv: element.value('http-equiv'),
    });
    if (role === undefined) return;
    const { pattern, ...rest } = role;
    const span = element.text(content);
    if (pattern === undefined) return addOne(span, rest);
    const match = pattern.exec(span.text.slice(span.start, span.end));
    const address = match?.findLast((group, index) => index > 0 && group !== undefined);
    if (match === null || address === undefined) return;
    const end = span.start + match.index + match[0].length;
    addOne({ ...span, start: end - address.length, end }, rest);
  }

  /** `<img crossorigin>` decides for the sources before it. */
  function raisePicture(first: number): void {
    for (let index = first; index < references.length; index++) {
      const reference = references[index];
      if (reference?.use === 'image') references[index] = { ...reference, use: 'image-cors' };
    }
  }
}
