/** Text for terminals: colours, widths, and nothing that a file name could do to the screen. */
import { inspect, stripVTControlCharacters } from 'node:util';

export type Tone = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan' | 'magenta' | 'underline';

/** How a report may look. */
export interface Look {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** Nothing is left out. */
  readonly verbose: boolean;
}

/** Colours text where colours are wanted. */
export function paint(look: Pick<Look, 'color'>, tone: Tone, text: string): string {
  const [open, close] = inspect.colors[tone] ?? [0, 0];
  return look.color && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text;
}

/** Makes control characters, bidirectional overrides and line breaks of foreign text visible and harmless. */
export function showSafely(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}

const segmenter = new Intl.Segmenter();
/** East Asian wide characters and emoji take two columns (Unicode TR 11, roughly). */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Columns that text takes on a terminal. */
export function measureWidth(text: string): number {
  const plain = stripVTControlCharacters(text);
  if (/^[\x20-\x7e]*$/.test(plain)) return plain.length;
  let width = 0;
  for (const { segment } of segmenter.segment(plain)) width += wide.test(segment) ? 2 : 1;
  return width;
}

/** Fills with spaces up to a width. */
export function pad(text: string, width: number, side: 'left' | 'right' = 'right'): string {
  const gap = ' '.repeat(Math.max(0, width - measureWidth(text)));
  return side === 'right' ? text + gap : gap + text;
}

/** Shortens unstyled text in the middle, where paths are least telling. */
export function shorten(text: string, width: number): string {
  if (measureWidth(text) <= width) return text;
  const characters = Array.from(segmenter.segment(text), ({ segment }) => segment);
  const room = Math.max(1, width - 1);
  let head = '';
  for (const character of characters) {
    if (measureWidth(head + character) > Math.floor(room / 2)) break;
    head += character;
  }
  let tail = '';
  for (const character of characters.reverse()) {
    if (measureWidth(head + character + tail) > room) break;
    tail = character + tail;
  }
  return `${head}…${tail}`;
}

/** Breaks text at spaces into lines of at most `width` columns; words that are longer stay whole. */
export function wrap(text: string, width: number, first = '', others = first): string {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(' ')) {
    const longer = empty ? line + word : `${line} ${word}`;
    if (empty || measureWidth(longer) <= width) line = longer;
    else {
      lines.push(line);
      line = others + word;
    }
    empty = false;
  }
  return [...lines, line].join('\n');
}

/** A block with a heading, or nothing when it is empty. */
export function joinBlocks(blocks: readonly (string | undefined)[]): string {
  return blocks.filter((block) => block !== undefined && block !== '').join('\n\n');
}
