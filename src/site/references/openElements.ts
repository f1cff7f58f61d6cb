/**
 * The open elements as far as they decide what a tag means: inside `<svg>` and `<math>` no element holds raw text,
 * CDATA sections exist, and `image` is not another name of `img` (HTML, "tree construction dispatcher").
 *
 * Foreign content is followed to the letter. Of HTML only what closes elements is: an end tag outside of an unclosed
 * `<svg>` ends it, one that a parser would ignore does not. Left out are `<select>`, framesets, and the elements that
 * the adoption agency and "reconstruct the active formatting elements" put back.
 */
import {
  breakouts,
  formatting,
  htmlPoints,
  ignored,
  paragraphEnds,
  scopeEnds,
  special,
  tableParts,
  textPoints,
  voids,
} from './elementNames.js';

export type Namespace = 'html' | 'svg' | 'math';

/** What the rules need to know of a start tag. */
export interface OpeningTag {
  readonly name: string;
  readonly selfClosing: boolean;
  /** Raw value of an attribute, lowercase; undefined where there is none. */
  attribute(name: string): string | undefined;
}

interface OpenElement {
  readonly name: string;
  readonly namespace: Namespace;
  /** An HTML integration point, or a MathML text integration point. */
  readonly integration: 'html' | 'text' | undefined;
}

export class OpenElements {
  private readonly stack: OpenElement[] = [];
  /** How many HTML elements of a name are open: most searches need not begin. */
  private readonly counts = new Map<string, number>();

  private get current(): OpenElement | undefined {
    return this.stack[this.stack.length - 1];
  }

  /** True where `<![CDATA[` opens a section. */
  get isForeign(): boolean {
    const { current } = this;
    return current !== undefined && current.namespace !== 'html';
  }

  /** True for the text of an SVG `<style>`. */
  get isForeignStyle(): boolean {
    return this.current?.name === 'style' && this.current.namespace === 'svg';
  }

  /** Takes a start tag; returns the namespace of its element. */
  open(tag: OpeningTag): Namespace {
    const { current } = this;
    if (current === undefined || takesHtml(current, tag.name)) return this.openHtml(tag);
    if (breakouts.has(tag.name) || (tag.name === 'font' && hasAny(tag, 'color', 'face', 'size'))) {
      this.leaveForeign();
      return this.openHtml(tag);
    }
    this.push(tag, current.namespace);
    return current.namespace;
  }

  /** Takes an end tag. */
  close(name: string): void {
    if (this.isForeign) {
      if (name === 'br' || name === 'p') this.leaveForeign();
      for (let index = this.stack.length - 1; index >= 0; index--) {
        const element = this.stack[index];
        if (element === undefined || element.namespace === 'html') break;
        if (element.name === name) return this.cut(index);
      }
    }
    this.closeHtml(name);
  }

  private openHtml(tag: OpeningTag): Namespace {
    const { name } = tag;
    if (name === 'svg' || name === 'math') {
      this.push(tag, name);
      return name;
    }
    if (voids.has(name) || ignored.has(name)) {
      if (name === 'hr') this.closeHtml('p');
      return 'html';
    }
    const level = tableParts.get(name);
    if (level !== undefined) {
      // Outside of tables these tags mean nothing.
      if (!this.has('table') && !this.has('template')) return 'html';
      this.cutTable(level);
    } else if (paragraphEnds.has(name)) this.closeHtml('p');
    else if (name === 'button' || name === 'a') this.closeHtml(name);
    else if (name === 'option' && this.current?.name === 'option') this.closeHtml(name);
    if (name === 'li') this.closeItem('li');
    if (name === 'dd' || name === 'dt') this.closeItem('dd', 'dt');
    if (/^h[1-6]$/.test(name) && /^h[1-6]$/.test(this.current?.name ?? '')) this.cut(this.stack.length - 1);
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    this.stack.push({ name, namespace: 'html', integration: undefined });
    return 'html';
  }

  /** "in body", end tags: those of blocks look through their scope, others stop at the first special element. */
  private closeHtml(name: string): void {
    const heading = /^h[1-6]$/.test(name);
    if (!heading && !this.has(name)) return;
    const known = special.has(name) || formatting.has(name);
    for (let index = this.stack.length - 1; index >= 0; index--) {
      const element = this.stack[index];
      if (element === undefined) return;
      if (element.namespace === 'html' && (element.name === name || (heading && /^h[1-6]$/.test(element.name)))) {
        if (formatting.has(name)) this.cut(index + 1 + this.stack.slice(index + 1).findLastIndex(isSpecial) + 1);
        // The adoption agency leaves the blocks inside of a formatting element open, "form" all elements.
        if (formatting.has(name) || name === 'form') this.remove(index);
        else this.cut(index);
        return;
      }
      if (known ? endsScope(element, name) : isSpecial(element)) return;
    }
  }

  /** "in body", a start tag "li", "dd", "dt": closes the last one unless a special element stands between. */
  private closeItem(...names: readonly string[]): void {
    if (!names.some((name) => this.has(name))) return;
    for (let index = this.stack.length - 1; index >= 0; index--) {
      const element = this.stack[index];
      if (element === undefined) return;
      if (element.namespace === 'html' && names.includes(element.name)) return this.cut(index);
      if (isSpecial(element) && !/^(?:address|div|p)$/.test(element.name)) return;
    }
  }

  /** Back to what can hold a part of a table of this level. */
  private cutTable(level: number): void {
    for (let index = this.stack.length - 1; index >= 0; index--) {
      const element = this.stack[index];
      if (element === undefined || element.name === 'table' || element.name === 'template') return this.cut(index + 1);
      if (element.namespace === 'html' && (tableParts.get(element.name) ?? level) < level) return this.cut(index + 1);
    }
  }

  /** Leaves the innermost foreign elements: the breakout tags of "foreign content". */
  private leaveForeign(): void {
    while (this.current !== undefined && this.current.namespace !== 'html' && this.current.integration === undefined) {
      this.stack.pop();
    }
  }

  private push(tag: OpeningTag, namespace: Namespace): void {
    if (tag.selfClosing) return;
    this.stack.push({ name: tag.name, namespace, integration: integrationOf(tag, namespace) });
  }

  private has(name: string): boolean {
    return (this.counts.get(name) ?? 0) > 0;
  }

  private cut(index: number): void {
    while (this.stack.length > index) this.remove(this.stack.length - 1);
  }

  private remove(index: number): void {
    const [element] = this.stack.splice(index, 1);
    if (element?.namespace === 'html') this.counts.set(element.name, (this.counts.get(element.name) ?? 1) - 1);
  }
}

/** Whether a search for an element to close ends here (HTML, "has an element in scope" and its relatives). */
function endsScope({ name, namespace, integration }: OpenElement, wanted: string): boolean {
  if (tableParts.has(wanted) || wanted === 'table') return namespace === 'html' && /^(?:table|template)$/.test(name);
  if (namespace === 'svg') return integration !== undefined;
  if (namespace === 'math') return integration === 'text' || name === 'annotation-xml';
  if (wanted === 'p' && name === 'button') return true;
  if (wanted === 'li' && (name === 'ol' || name === 'ul')) return true;
  return scopeEnds.has(name);
}

function isSpecial({ name, namespace, integration }: OpenElement): boolean {
  if (namespace === 'html') return special.has(name);
  return integration !== undefined || (namespace === 'math' && name === 'annotation-xml');
}

/** Whether a start tag is read by the rules of HTML although it may stand inside a foreign element. */
function takesHtml({ name, namespace, integration }: OpenElement, tag: string): boolean {
  if (namespace === 'html' || integration === 'html') return true;
  if (integration === 'text') return tag !== 'mglyph' && tag !== 'malignmark';
  return namespace === 'math' && name === 'annotation-xml' && tag === 'svg';
}

function integrationOf(tag: OpeningTag, namespace: Namespace): OpenElement['integration'] {
  if (namespace === 'svg') return htmlPoints.has(tag.name) ? 'html' : undefined;
  if (namespace !== 'math') return undefined;
  if (textPoints.has(tag.name)) return 'text';
  const encoding = tag.name === 'annotation-xml' ? tag.attribute('encoding') : undefined;
  return encoding === 'text/html' || encoding === 'application/xhtml+xml' ? 'html' : undefined;
}

function hasAny(tag: OpeningTag, ...attributes: readonly string[]): boolean {
  return attributes.some((name) => tag.attribute(name) !== undefined);
}
