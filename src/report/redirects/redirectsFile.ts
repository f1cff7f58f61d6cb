/** Redirects as a `_redirects` file, as Netlify and Cloudflare Pages read it. */
import { encodedFrom, sortRedirects, type Redirect } from './redirect.js';

export function writeRedirectsFile(redirects: Iterable<Redirect>): string {
  return sortRedirects(redirects)
    .map((redirect) => {
      // A query parameter is a word of its own; what is behind a `#` would be a comment.
      const query = (redirect.query ?? '').split('&').filter((part) => part !== '');
      return `${[encodedFrom(redirect), ...query, redirect.to.replaceAll('#', '%23'), redirect.status].join(' ')}\n`;
    })
    .join('');
}
