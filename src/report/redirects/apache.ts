/** Redirects for Apache: mod_rewrite, in `.htaccess` as well as in the server's configuration. */
import { sortRedirects, type Redirect } from './redirect.js';

export function writeApache(redirects: Iterable<Redirect>): string {
  const lines = ['RewriteEngine On'];
  for (const { from, query, to, status } of sortRedirects(redirects)) {
    if (query !== undefined) lines.push(`RewriteCond %{QUERY_STRING} "^${quote(escapePattern(query))}$"`);
    // In .htaccess the path has no leading slash. Patterns see it decoded; NE keeps what is encoded in the target.
    const pattern = `^/?${escapePattern(from.slice(1))}$`;
    const flags = [`R=${status}`, 'L', 'NE', ...(query === undefined ? [] : ['QSD'])];
    lines.push(`RewriteRule "${quote(pattern)}" "${quote(escapeTarget(to))}" [${flags.join(',')}]`);
  }
  return `${lines.join('\n')}\n`;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** `%` and `$` stand for what was matched (mod_rewrite, "RewriteRule Directive"). */
function escapeTarget(text: string): string {
  return text.replace(/[%$\\]/g, '\\$&');
}

/** Inside double quotes a backslash before anything but a quote stays what it is. */
function quote(text: string): string {
  return text.replace(/"/g, '\\"');
}
