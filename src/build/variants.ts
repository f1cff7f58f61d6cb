/** Which encodings an object is stored in. */
import { posix } from 'node:path';
import { negotiatedExtensions } from '../edge/negotiate.js';
import { isText } from '../site/mediaType.js';
import type { SiteFile } from '../site/site.js';
import type { Content, Recipe } from './encode.js';

export type EncodingMode = 'negotiate' | 'gzip' | 'none';

/** Binary formats that are not compressed by themselves. */
const compressible =
  /^(application\/(wasm|vnd\.ms-fontobject|x-font-ttf|rtf|postscript)|font\/(ttf|otf|sfnt)|image\/(x-icon|vnd\.microsoft\.icon|bmp|vnd\.ms-photo))$/;

export function isCompressible({ mediaType }: Pick<SiteFile, 'mediaType'>): boolean {
  return isText(mediaType) || compressible.test(mediaType);
}

/** The edge function decides by extension alone: every object with one of these has all variants. */
export function isNegotiated(key: string): boolean {
  return negotiatedExtensions.includes(posix.extname(key).slice(1).toLowerCase());
}

export function contentMode({ mediaType }: SiteFile): Content['mode'] {
  if (mediaType.startsWith('font/') || mediaType.includes('font')) return 'font';
  return isText(mediaType) ? 'text' : 'generic';
}

/** Best effort for what is compressed once and served for a year; quick for what changes with every publish. */
export function brotliFor(size: number, lasting: boolean, compression: 'best' | 'fast'): Recipe {
  if (!lasting || compression === 'fast' || size > 20_000_000) return { encoding: 'br', level: 5 };
  return { encoding: 'br', level: size > 5_000_000 ? 10 : 11 };
}

export function gzipFor(compression: 'best' | 'fast'): Recipe {
  return { encoding: 'gzip', level: compression === 'best' ? 9 : 6 };
}
