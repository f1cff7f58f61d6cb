/** Offsets to lines, computed only for what is printed. */

export interface Location {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in bytes. */
  readonly column: number;
}

/** Where a byte offset is; LF, CRLF and CR end a line (as editors and the HTML standard count). */
export function locateOffset(bytes: Buffer, offset: number): Location {
  let line = 1;
  let start = 0;
  for (let index = 0; index < Math.min(offset, bytes.length); index++) {
    const byte = bytes[index];
    const endsLine = byte === 0x0a || (byte === 0x0d && bytes[index + 1] !== 0x0a);
    if (!endsLine) continue;
    line++;
    start = index + 1;
  }
  return { line, column: offset - start + 1 };
}
