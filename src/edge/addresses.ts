/* Runs in CloudFront Functions too: see negotiate.ts for what the runtime allows. Paths are URL paths as sent. */
import type { CleanUrls } from './event.js';
import type { Place } from './table.js';

/** The document that answers for a folder. */
export const indexDocument = 'index.html';

/** The path that is looked up: `/docs/` means `/docs/index.html`. */
export function indexPath(path: string): string {
  return path.endsWith('/') ? path + indexDocument : path;
}

/**
 * The folder address to send a visitor to when `/docs` is not there but `/docs/index.html` is; undefined for paths that
 * are a folder address already.
 */
export function folderPath(path: string): string | undefined {
  return path.endsWith('/') ? undefined : `${path}/`;
}

/** An address without what the modes add or drop: `/docs` for `/docs/`, `/docs.html` and `/docs/index.html`. */
export function stemOf(path: string): string {
  return path.replace(/(\/index(\.html)?|\.html|\/)$/, '');
}

/** Where to send a visitor, or what to serve: `>` and a path is a redirect. */
type Decision = string;

/**
 * The decision about a path in a mode (the modes and their tables are those of Cloudflare's `html_handling`).
 * @param place what stands at the path's stem; '' when the table does not know it: then the path stays as it is.
 */
export function decideAddress(mode: CleanUrls, path: string, place: Place): Decision {
  const stem = stemOf(path);
  const kind = place.toLowerCase();
  const isExact = place === 'x' || place !== kind;
  const isFile = kind === 'f' || kind === 'b';
  const isFolder = kind === 'd' || kind === 'b';
  if (isExact && path === stem) return path;
  if (mode === 'none') return path === stem && isFolder ? `>${path}/` : indexPath(path);
  if (stem === '') return path === '/' ? `/${indexDocument}` : '>/';
  if (!isFile && !isFolder) return indexPath(path);
  const file = `${stem}.html`;
  const index = `${stem}/${indexDocument}`;
  if (mode === 'drop') return path === stem ? (isFile ? file : index) : `>${stem}`;
  if (mode === 'force') return path === `${stem}/` ? (isFolder ? index : file) : `>${stem}/`;
  // Automatic: files have no slash, folders have one; where both exist, each form says which one is meant.
  const isIndexForm = path !== stem && path !== file;
  if (isFolder && (isIndexForm || !isFile)) return path === `${stem}/` ? index : `>${stem}/`;
  return path === stem ? file : `>${stem}`;
}

/** The address visitors know a page by, in a mode; `path` is that of its file, without leading slash. */
export function canonicalAddress(mode: CleanUrls, path: string): string {
  const isIndex = path === indexDocument || path.endsWith(`/${indexDocument}`);
  const decision = decideAddress(mode, `/${path}`, isIndex ? 'd' : 'f');
  if (decision.startsWith('>')) return decision.slice(1);
  return isIndex ? decision.slice(0, -indexDocument.length) : decision;
}
