/* Runs in CloudFront Functions too: see negotiate.ts for what the runtime allows. Paths are URL paths as sent. */

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
