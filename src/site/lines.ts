/** Offsets to lines, computed only for what is printed. */

export interface Location {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in bytes. */
  readonly column: number;
}

/** Where a byte offset is; LF, CRLF and CR end a line (as editors and the HTML standard count). */
export function locateOffset(bytes: Buffer, offset: number): Location {
  return createLocator(bytes)(offset);
}

/** The same for many offsets of one file: its lines are counted once, as far as they are asked for. */
export function createLocator(bytes: Buffer): (offset: number) => Location {
  const starts = [0];
  let counted = 0;
  return (offset) => {
    const end = Math.min(offset, bytes.length);
    for (; counted < end; counted++) {
      const byte = bytes[counted];
      if (byte === 0x0a || (byte === 0x0d && bytes[counted + 1] !== 0x0a)) starts.push(counted + 1);
    }
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
