/**
 * Splits a `srcset` into its image candidates, with the span of each address
 * (HTML, "parsing a srcset attribute"). Commas may be part of addresses: `a.png,b.png 2x` is one.
 */

export interface ImageCandidate {
  readonly start: number;
  readonly end: number;
  /** False where the descriptors are wrong, so that browsers skip the candidate. */
  readonly valid: boolean;
}

/** The candidates of `text.slice(start, end)`; offsets are indices of `text`. */
export function splitSrcset(text: string, start = 0, end = text.length): ImageCandidate[] {
  const candidates: ImageCandidate[] = [];
  let at = start;
  for (;;) {
    while (at < end && (isSpace(text, at) || text[at] === ',')) at += 1;
    if (at >= end) return candidates;
    const from = at;
    while (at < end && !isSpace(text, at)) at += 1;
    let to = at;
    while (to > from && text[to - 1] === ',') to -= 1;
    const descriptors: string[] = [];
    if (to === at) at = splitDescriptors(text, at, end, descriptors);
    candidates.push({ start: from, end: to, valid: areValid(descriptors) });
  }
}

/** The "descriptor tokenizer": up to the next comma outside of parentheses. Returns the offset behind it. */
function splitDescriptors(text: string, from: number, end: number, descriptors: string[]): number {
  let current = '';
  let nested = false;
  let at = from;
  for (; at < end; at++) {
    const character = text.charAt(at);
    if (nested) nested = character !== ')';
    else if (character === ',') break;
    else if (character === '(') nested = true;
    else if (isSpace(text, at)) {
      if (current !== '') descriptors.push(current);
      current = '';
      continue;
    }
    current += character;
  }
  if (current !== '') descriptors.push(current);
  return Math.min(at + 1, end);
}

const integer = /^\d+$/;
const float = /^-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The "descriptor parser". */
function areValid(descriptors: readonly string[]): boolean {
  const seen = { w: false, x: false, h: false };
  for (const descriptor of descriptors) {
    const number = descriptor.slice(0, -1);
    const unit = descriptor.slice(-1);
    if (unit === 'w' && integer.test(number)) {
      if (seen.w || seen.x || Number(number) === 0) return false;
      seen.w = true;
    } else if (unit === 'x' && float.test(number)) {
      if (seen.w || seen.x || seen.h || Number(number) < 0) return false;
      seen.x = true;
    } else if (unit === 'h' && integer.test(number)) {
      if (seen.h || seen.x || Number(number) === 0) return false;
      seen.h = true;
    } else {
      return false;
    }
  }
  return !seen.h || seen.w;
}

function isSpace(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 32 || code === 9 || code === 10 || code === 12 || code === 13;
}
