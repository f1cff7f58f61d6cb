/** Reads the attributes of one start tag. */
import type { TextSpan } from './address.js';
import type { Attribute, StartTag } from './htmlScanner.js';
import { decodeSpan } from './mappedText.js';
import type { LoadingSlot } from './reference.js';

/** The value of an attribute as text, with the way back to the view where characters were decoded. */
export interface AttributeText extends TextSpan {
  /** Absent where offsets in the text are offsets in the view. */
  readonly offsetOf?: (index: number) => number;
}

const asIs = (piece: string) => piece;

/** A start tag with the view it stands in. */
export class HtmlTag {
  constructor(
    readonly tag: StartTag,
    private readonly view: string,
    private readonly decode: (piece: string) => string,
  ) {}

  /** The first attribute of a name: browsers drop the others. */
  find(name: string): Attribute | undefined {
    return this.tag.attributes.find((attribute) => attribute.name === name);
  }

  has(name: string): boolean {
    return this.find(name) !== undefined;
  }

  /** The decoded value of an attribute. */
  value(name: string): string | undefined {
    const attribute = this.find(name);
    if (attribute === undefined) return undefined;
    const { text, start, end, decode } = this.text(attribute);
    return decode(text.slice(start, end));
  }

  /** The value of an attribute for finders; decoded at once only where it holds character references. */
  text({ start, end }: Attribute): AttributeText {
    const ampersand = this.view.indexOf('&', start);
    if (ampersand < 0 || ampersand >= end) return { text: this.view, start, end, decode: this.decode };
    const { text, offsetOf } = decodeSpan(this.view, start, end, this.decode, 'attribute');
    return { text, start: 0, end: text.length, decode: asIs, offsetOf };
  }

  /** Where attributes can be added to an element that loads a script or a style. */
  slot(address: Attribute): LoadingSlot {
    const crossorigin = this.value('crossorigin');
    const integrity = this.find('integrity');
    const writable = integrity !== undefined && (integrity.quote !== '' || integrity.end > integrity.start);
    return {
      insertAt: address.after,
      crossorigin:
        crossorigin === undefined
          ? null
          : crossorigin.toLowerCase() === 'use-credentials'
            ? 'use-credentials'
            : 'anonymous',
      integrity: writable ? { start: integrity.start, end: integrity.end, value: this.value('integrity') ?? '' } : null,
    };
  }
}
