/** Which attributes of which elements hold addresses, and what browsers do with them. */
import type { Treatment, Use } from './reference.js';
import type { Namespace } from './openElements.js';

export interface AddressAttribute {
  readonly use: Use;
  readonly treatment: Treatment;
  /** The use where the element (or the media element around it) has a `crossorigin` attribute. */
  readonly cors?: Use;
  /** How the value is read: one address, or image candidates. */
  readonly list?: 'srcset';
}

type Row = Readonly<Record<string, AddressAttribute>>;

const image: AddressAttribute = { use: 'image', treatment: 'rewrite', cors: 'image-cors' };
const candidates: AddressAttribute = { ...image, list: 'srcset' };
const plainImage: AddressAttribute = { use: 'image', treatment: 'rewrite' };
const media: AddressAttribute = { use: 'media', treatment: 'rewrite', cors: 'media-cors' };
const page: AddressAttribute = { use: 'document', treatment: 'keep' };
const bound: AddressAttribute = { use: 'same-origin', treatment: 'keep' };
const component: AddressAttribute = { use: 'module', treatment: 'evidence' };

const background: Row = { background: plainImage };
const quotation: Row = { cite: page };

const html: Readonly<Record<string, Row>> = {
  'img': { src: image, srcset: candidates, longdesc: page },
  // The parser makes an img of it.
  'image': { src: image, srcset: candidates, longdesc: page },
  'source': { src: media, srcset: candidates },
  'video': { src: media, poster: plainImage },
  'audio': { src: media },
  'iframe': { src: page, longdesc: page },
  'frame': { src: page, longdesc: page },
  'embed': { src: bound },
  'object': { data: bound },
  'a': { href: page },
  'area': { href: page },
  'blockquote': quotation,
  'q': quotation,
  'ins': quotation,
  'del': quotation,
  'body': background,
  'table': background,
  'thead': background,
  'tbody': background,
  'tfoot': background,
  'tr': background,
  'td': background,
  'th': background,
  'html': { manifest: bound },
  'bgsound': { src: { use: 'media', treatment: 'keep' } },
  'command': { icon: { use: 'image', treatment: 'keep' } },
  'applet': { archive: bound },
  'astro-island': { 'component-url': component, 'renderer-url': component },
};

const both = (row: AddressAttribute): Row => ({ 'href': row, 'xlink:href': row });

const svg: Readonly<Record<string, Row>> = {
  image: both(image),
  feimage: both(image),
  a: both(page),
  ...Object.fromEntries(
    // Elements of other files, which browsers load from the page's own origin alone.
    (
      'use textpath mpath lineargradient radialgradient pattern filter set animate animatemotion animatetransform tref ' +
      'font-face-uri color-profile cursor altglyph glyphref'
    )
      .split(' ')
      .map((name) => [name, both(bound)]),
  ),
};

const math: Readonly<Record<string, Row>> = { mglyph: { src: { use: 'image', treatment: 'keep' } } };

const elements: Readonly<Record<Namespace, ReadonlyMap<string, Row>>> = {
  html: new Map(Object.entries(html)),
  svg: new Map(Object.entries(svg)),
  math: new Map(Object.entries(math)),
};

/** The attributes of an element that hold addresses; undefined for most elements. */
export function addressAttributesOf(namespace: Namespace, element: string): Row | undefined {
  return elements[namespace].get(element);
}

/** SVG attributes that are CSS values and may refer to elements of other files. */
export const presentationAttributes: ReadonlySet<string> = new Set(
  'fill stroke marker marker-start marker-mid marker-end clip-path mask filter cursor'.split(' '),
);

/** Attributes in which lazy loaders keep image and media addresses, unless the configuration names others. */
export const defaultLazyAttributes: readonly string[] = [
  'data-src',
  'data-srcset',
  'data-bg',
  'data-background',
  'data-background-image',
  'data-original',
  'data-lazy',
  'data-lazy-src',
  'data-lazy-srcset',
  'data-poster',
  'data-thumb',
];

/** Extensions of what lazy loaders load; anything else in their attributes (`data-background="#fff"`) is no address. */
export const mediaExtensions: ReadonlySet<string> = new Set(
  (
    'png jpg jpeg jpe jfif gif webp avif svg apng bmp ico cur jxl tif tiff heic heif ' +
    'mp4 m4v webm ogv ogg mov mp3 m4a aac wav flac opus oga'
  ).split(' '),
);
