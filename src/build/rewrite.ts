/** Edits at exact byte offsets: everything outside them is copied, nothing is ever re-serialised. */

export interface Edit {
  readonly start: number;
  readonly end: number;
  /** ASCII that needs no escaping where it is written. */
  readonly text: string;
}

/**
 * Applies edits to bytes.
 * @param edits in order of `start`, not overlapping; an insertion has `start === end`.
 * @throws RangeError when edits overlap or lie outside: a wrong span must never reach a visitor.
 */
export function splice(bytes: Buffer, edits: readonly Edit[]): Buffer {
  if (edits.length === 0) return bytes;
  const parts: Buffer[] = [];
  let position = 0;
  for (const { start, end, text } of edits) {
    if (start < position || end < start || end > bytes.length)
      throw new RangeError(`edit ${start}-${end} overlaps or is out of range`);
    parts.push(bytes.subarray(position, start), Buffer.from(text, 'latin1'));
    position = end;
  }
  parts.push(bytes.subarray(position));
  return Buffer.concat(parts);
}

/** The edits that undo `edits` on their result: the proof that only those spans changed. */
export function invert(original: Buffer, edits: readonly Edit[]): Edit[] {
  let shift = 0;
  return edits.map(({ start, end, text }) => {
    const inverse = {
      start: start + shift,
      end: start + shift + text.length,
      text: original.toString('latin1', start, end),
    };
    shift += text.length - (end - start);
    return inverse;
  });
}
