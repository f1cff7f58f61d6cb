/** How wide pages show their images, where they say it: `<img width>`. */

/** Remembers the widest; an image that is once shown without a width, or by `srcset`, can be any width. */
export class ShownWidths {
  readonly #widest = new Map<string, number | null>();

  /**
   * @param markup the page's bytes as latin1.
   * @param at offset of the address in an `<img src>`.
   */
  add(image: string, markup: string, at: number): void {
    const known = this.#widest.get(image);
    if (known === null) return;
    const width = readWidth(markup, at);
    this.#widest.set(image, width === undefined ? null : Math.max(known ?? 0, width));
  }

  /** For references that say nothing about width: backgrounds, icons, `srcset`. */
  forget(image: string): void {
    this.#widest.set(image, null);
  }

  /** CSS pixels; undefined where nobody knows. */
  of(image: string): number | undefined {
    return this.#widest.get(image) ?? undefined;
  }
}

/** A tag longer than this is not looked at. */
const longestTag = 4000;

function readWidth(markup: string, at: number): number | undefined {
  const start = markup.lastIndexOf('<', at);
  const end = markup.indexOf('>', at);
  if (start < 0 || end < 0 || end - start > longestTag) return undefined;
  const tag = markup.slice(start, end);
  if (/\ssrcset\s*=/i.test(tag)) return undefined;
  const width = Number(/\swidth\s*=\s*["']?(\d{1,5})["'\s/]/i.exec(`${tag} `)?.[1]);
  return width > 0 ? width : undefined;
}
