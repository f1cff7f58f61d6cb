/** Strings that look like the name of a file: evidence that a script loads it by that name. */
import { namesFile, readAddress, scriptEscapes, type Decode } from './escapedAddress.js';
import type { Reference, Use } from './reference.js';

const extensions: Readonly<Record<string, Use>> = Object.assign(Object.create(null) as Record<string, Use>, {
  ...useFor('script', 'js mjs cjs'),
  ...useFor('style', 'css'),
  ...useFor('image', 'png jpg jpeg gif webp avif svg ico bmp apng jxl cur'),
  ...useFor('font', 'woff woff2 ttf otf eot'),
  ...useFor('media', 'mp4 webm ogv ogg oga mp3 m4a m4v mov wav flac aac opus m3u8 mpd'),
  ...useFor('track', 'vtt'),
  ...useFor('document', 'html htm xhtml'),
  ...useFor('download', 'pdf zip gz csv xlsx docx epub'),
  ...useFor('fetch', 'json wasm xml txt map bin glb gltf obj mtl hdr exr ktx2 dat webmanifest'),
});

function useFor(use: Use, names: string): Record<string, Use> {
  return Object.fromEntries(names.split(' ').map((name) => [name, use]));
}

/** Cheap test whether a text can hold any evidence at all. */
export const holdsEvidence = new RegExp(String.raw`\w\.(?:${Object.keys(extensions).join('|')})["'\`?#\\]`, 'i');

/** Longer strings are texts, not names. */
const longest = 300;

/**
 * The evidence in one string literal, given without quotes.
 * The use is guessed from the extension: it says what the file is, not how it is loaded.
 */
export function findEvidence(
  view: string,
  start: number,
  end: number,
  kind: string,
  decode: Decode,
): Reference | undefined {
  const use = end - start > longest ? undefined : useByExtension(view, start, end);
  if (use === undefined) return undefined;
  const address = readAddress(view, start, end, decode, scriptEscapes);
  // Not names: markup, templates, patterns, texts of several lines.
  if (
    !namesFile(address) ||
    useByExtension(view, address.start, address.end) !== use ||
    /[\x00-\x1f<>{}|*"^`]|^\s*\.[a-z\d]+$/i.test(address.url)
  )
    return undefined;
  return { kind, use, treatment: 'evidence', ...address, relativeTo: 'document' };
}

/** Looks from the end for `.ext`, followed by nothing, a query or a fragment. */
function useByExtension(view: string, start: number, end: number): Use | undefined {
  let stop = end;
  for (let index = end - 1; index > start; index--) {
    const code = view.charCodeAt(index);
    if (code === 0x3f || code === 0x23) stop = index;
    else if (code === 0x2e && stop - index <= 12) {
      const use = extensions[view.slice(index + 1, stop).toLowerCase()];
      if (use !== undefined) return use;
    }
  }
  return undefined;
}
