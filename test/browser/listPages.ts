/** The pages of a folder, as a browser asks for them. */
import { readdirSync } from 'node:fs';

/** Paths relative to the site's root, percent-encoded, in order; `docs/index.html` is `docs/`, the home page is ''. */
export function listPages(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.html'))
    .sort()
    .map((path) =>
      path
        .replace(/(^|\/)index\.html$/, '$1')
        .split('/')
        .map(encodeURIComponent)
        .join('/'),
    );
}
