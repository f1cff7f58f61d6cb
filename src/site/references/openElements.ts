/**
 * The open elements as far as they decide what a tag means: inside `<svg>` and `<math>` no element holds raw text,
 * CDATA sections exist, and `image` is not another name of `img` (HTML, "tree construction dispatcher").
 *
 * Outside of them a page needs no tree to be scanned, so nothing but a count for each name is kept there. Inside, the
 * rules of "parsing tokens in foreign content" are followed; for HTML inside `foreignObject` and its like, those of
 * "in body" that close elements.
 */

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

const names = (list: string): ReadonlySet<string> => new Set(list.split(' '));

const breakouts = names(
  'b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta ' +
    'nobr ol p pre ruby s small span strong strike sub sup table tt u ul var',
);
const voids = names(
  'area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr image',
);
const textPoints = names('mi mo mn ms mtext');
const htmlPoints = names('foreignobject desc title');
const formatting = names('a b big code em font i nobr s small strike strong tt u');
const closesParagraph = names(
  'address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 ' +
    'h5 h6 header hgroup hr li dd dt listing main menu nav ol p plaintext pre search section summary table ul xmp',
);
const special = names(
  'address applet area article aside base basefont bgsound blockquote body br button caption center col colgroup dd ' +
    'details dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header ' +
    'hgroup hr html iframe img input keygen li link listing main marquee menu meta nav noembed noframes noscript object ' +
    'ol p param plaintext pre script search section select source style summary table tbody td template textarea tfoot ' +
    'th thead title tr track ul wbr xmp',
);
const scopeEnds = names('applet caption html table td th marquee object select template');

export class OpenElements {
  /** From the outermost `<svg>` or `<math>` inwards; empty in plain HTML. */
  private readonly inner: OpenElement[] = [];
  private readonly outer = new Map<string, number>();

  private get current(): OpenElement | undefined {
    return this.inner[this.inner.length - 1];
  }

  /** True where `<![CDATA[` opens a section and text is not HTML's. */
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
    if (this.current === undefined) {
      const count = this.outer.get(name);
      if (count !== undefined && count > 0) this.outer.set(name, count - 1);
      return;
    }
    if (this.isForeign) {
      if (name === 'br' || name === 'p') return this.leaveForeign();
      for (let index = this.inner.length - 1; index >= 0; index--) {
        const element = this.inner[index];
        if (element?.namespace === 'html') break;
        if (element?.name === name) return this.cut(index);
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
    if (voids.has(name)) return 'html';
    if (this.inner.length === 0) {
      this.outer.set(name, (this.outer.get(name) ?? 0) + 1);
      return 'html';
    }
    if (name === 'li') this.closeHtml('li');
    if (name === 'dd' || name === 'dt') this.closeHtml(name === 'dd' ? 'dt' : 'dd');
    if (closesParagraph.has(name)) this.closeHtml('p', 'button');
    this.inner.push({ name, namespace: 'html', integration: undefined });
    return 'html';
  }

  /** "in body", end tags: block elements look through the scope, others stop at the first special element. */
  private closeHtml(name: string, wall?: string): void {
    for (let index = this.inner.length - 1; index >= 0; index--) {
      const element = this.inner[index];
      if (element === undefined) return;
      if (element.namespace === 'html') {
        if (element.name === name) {
          if (formatting.has(name)) this.inner.splice(index, 1);
          else this.cut(index);
          return;
        }
        if (element.name === wall || scopeEnds.has(element.name)) return;
        if (!special.has(name) && !formatting.has(name) && special.has(element.name)) return;
      } else if (element.integration !== undefined || element.name === 'annotation-xml') {
        return;
      }
    }
    // Nothing in here: an element around the <svg> may be meant, and closing it closes the <svg> with it.
    const count = this.outer.get(name) ?? 0;
    if (count > 0) {
      this.outer.set(name, count - 1);
      this.cut(0);
    }
  }

  /** Leaves the innermost foreign elements: the breakout tags of "foreign content". */
  private leaveForeign(): void {
    while (this.current !== undefined && this.current.namespace !== 'html' && this.current.integration === undefined) {
      this.inner.pop();
    }
  }

  private push(tag: OpeningTag, namespace: Namespace): void {
    if (tag.selfClosing) return;
    this.inner.push({ name: tag.name, namespace, integration: integrationOf(tag, namespace) });
  }

  private cut(index: number): void {
    this.inner.length = index;
  }
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
