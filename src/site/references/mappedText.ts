/** Text whose characters stand elsewhere: the decoded value of an attribute, with the way back to the file's bytes. */
import { DecodingMode, HtmlEntityDecoder } from 'entities/decode';

export interface MappedText {
  readonly text: string;
  /** The offset in the outer view of the character at `index`; the end of the span for `text.length`. */
  readonly offsetOf: (index: number) => number;
}

/**
 * Decodes a span of the view: character references (HTML, "character reference state"; `attribute` for attribute
 * values, where `&copy=` stays what it is) and the document's encoding.
 */
export function decodeSpan(
  view: string,
  start: number,
  end: number,
  decode: (piece: string) => string,
  place: 'attribute' | 'text',
): MappedText {
  const raw = view.slice(start, end);
  /** Pieces of the text: where each begins in the text and in the view, and whether it maps one to one. */
  const pieces: { readonly index: number; readonly offset: number; readonly direct: boolean }[] = [];
  let text = '';
  let at = 0;
  let decoded: string;
  let consumed: number;
  const decoder = new HtmlEntityDecoder((codePoint, length) => {
    decoded += String.fromCodePoint(codePoint);
    consumed = length;
  });
  while (at < raw.length) {
    const ampersand = raw.indexOf('&', at);
    const stop = ampersand < 0 ? raw.length : ampersand;
    if (stop > at) append(at, stop);
    if (ampersand < 0) break;
    decoded = '';
    consumed = 0;
    decoder.startEntity(place === 'attribute' ? DecodingMode.Attribute : DecodingMode.Legacy);
    if (decoder.write(raw, ampersand + 1) < 0) decoder.end();
    if (consumed === 0) {
      append(ampersand, ampersand + 1);
      at = ampersand + 1;
    } else {
      pieces.push({ index: text.length, offset: start + ampersand, direct: false });
      text += decoded;
      at = ampersand + consumed;
    }
  }

  return { text, offsetOf };

  function append(from: number, to: number): void {
    for (const { 0: run, index } of raw.slice(from, to).matchAll(/[\x00-\x7f]+|[^\x00-\x7f]+/g)) {
      const direct = run.charCodeAt(0) < 0x80;
      pieces.push({ index: text.length, offset: start + from + index, direct });
      text += direct ? run : decode(run);
    }
    at = to;
  }

  function offsetOf(index: number): number {
    if (index >= text.length) return end;
    let low = 0;
    let high = pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((pieces[middle]?.index ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    const piece = pieces[low];
    if (piece === undefined) return start;
    return piece.direct ? piece.offset + index - piece.index : piece.offset;
  }
}
