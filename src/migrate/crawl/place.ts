/** Where the answer of an address is kept, and under which address it is served from then on. */
import { posix } from 'node:path';
import { isSecretName, isDotfile } from '../../site/secrets.js';

/** Endings of programs: what they answered is what counts. */
const programs = /\.(?:php\d?|phtml|aspx?|ashx|jspx?|jsf|do|cgi|pl|cfm|shtml)$/i;

/**
 * The path of a file for an address, or null where none can be given.
 * @param isPage the answer is HTML.
 */
export function placeOf(url: URL, isPage: boolean): string | null {
  let path: string;
  try {
    path = decodeURIComponent(url.pathname).slice(1);
  } catch {
    path = url.pathname.slice(1);
  }
  const isFolder = path === '' || path.endsWith('/');
  if (isPage) {
    const query = slug(url.search);
    if (isFolder) path += query === '' ? 'index.html' : `index${query}.html`;
    else if (/\.(?:html?|xhtml)$/i.test(path)) path = query === '' ? path : path.replace(/(\.\w+)$/, `${query}$1`);
    else if (programs.test(path)) path = `${path.replace(programs, '')}${query}.html`;
    else path = query === '' ? `${path}/index.html` : `${path}${query}.html`;
  } else if (isFolder) return null;
  const segments = path.split('/');
  const isUsable = segments.every(
    (segment) =>
      segment !== '' &&
      segment !== '.' &&
      segment !== '..' &&
      !/[\0-\x1f\x7f]/.test(segment) &&
      Buffer.byteLength(segment) < 240 &&
      !isSecretName(segment) &&
      !isDotfile(segment),
  );
  return isUsable ? segments.join('/') : null;
}

/** The path under which a file is asked for. */
export function addressOfPlace(place: string): string {
  return `/${place}`.replace(/\/index\.html$/, '/');
}

/** `?id=2&x=y` as part of a name: `-id-2-x-y`. */
function slug(search: string): string {
  let text = search.slice(1);
  try {
    text = decodeURIComponent(text);
  } catch {
    // As it is.
  }
  const words = text.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '');
  return words === '' ? '' : `-${words.slice(0, 100)}`;
}

/** The ending says what kind of file it is; without one the type of the answer gives it. */
export function withEnding(place: string, mediaType: string): string {
  if (posix.extname(place) !== '') return place;
  const endings: Readonly<Record<string, string>> = {
    'text/css': '.css',
    'text/javascript': '.js',
    'image/png': '.png',
    'image/jpeg': '.jpg',
    'image/webp': '.webp',
    'image/svg+xml': '.svg',
  };
  return place + (endings[mediaType] ?? '');
}
