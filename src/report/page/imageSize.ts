/** Width and height of an image, from the first bytes of the file. */

export interface ImageSize {
  readonly width: number;
  readonly height: number;
  /** PNG: every pixel is an index into a palette, which is small already. */
  readonly palette?: boolean;
}

/** Null for formats without pixels (SVG), unknown ones and damaged files. */
export function readImageSize(bytes: Buffer): ImageSize | null {
  try {
    const size = readers.reduce<ImageSize | null>((found, read) => found ?? read(bytes), null);
    return size !== null && size.width > 0 && size.height > 0 ? size : null;
  } catch {
    return null; // Cut short: every read checks its bounds.
  }
}

type Reader = (bytes: Buffer) => ImageSize | null;

/** PNG (Third Edition), 11.2.1: IHDR is the first chunk; colour type 3 is a palette. */
const readPng: Reader = (bytes) =>
  bytes.toString('latin1', 0, 8) !== '\x89PNG\r\n\x1a\n'
    ? null
    : { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), palette: bytes.readUInt8(25) === 3 };

/** GIF89a, section 18: the logical screen descriptor. */
const readGif: Reader = (bytes) =>
  /^GIF8[79]a/.test(bytes.toString('latin1', 0, 6))
    ? { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }
    : null;

/** ITU T.81, B.2: segments up to the frame header (SOF0 to SOF15 without DHT, JPG and DAC). */
const readJpeg: Reader = (bytes) => {
  if (bytes.readUInt16BE(0) !== 0xffd8) return null;
  let at = 2;
  while (at < bytes.length) {
    if (bytes.readUInt8(at) !== 0xff) return null;
    const marker = bytes.readUInt8(at + 1);
    if (marker === 0xff) {
      at++; // fill bytes
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
};

/** WebP container specification: VP8X, or the header of the one bitstream (RFC 6386, 9.1; lossless, 3). */
const readWebp: Reader = (bytes) => {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WEBP') return null;
  const chunk = bytes.toString('latin1', 12, 16);
  if (chunk === 'VP8X') return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
  if (chunk === 'VP8L') {
    const bits = bytes.readUInt32LE(21);
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
  }
  if (chunk === 'VP8 ') return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
  return null;
};

/** ISO/IEC 23008-12: the image spatial extents property of AVIF and HEIC files. */
const readHeif: Reader = (bytes) => {
  if (bytes.toString('latin1', 4, 8) !== 'ftyp') return null;
  const at = bytes.indexOf('ispe');
  return at < 0 ? null : { width: bytes.readUInt32BE(at + 8), height: bytes.readUInt32BE(at + 12) };
};

/** Windows bitmap, BITMAPINFOHEADER: a negative height means rows from the top. */
const readBmp: Reader = (bytes) =>
  bytes.toString('latin1', 0, 2) === 'BM'
    ? { width: bytes.readInt32LE(18), height: Math.abs(bytes.readInt32LE(22)) }
    : null;

const readers: readonly Reader[] = [readPng, readGif, readJpeg, readWebp, readHeif, readBmp];
