/** Directives of mod_rewrite. */

export const root = '%{DOCUMENT_ROOT}';

/** In double quotes, where backslash and quote are written with a backslash before them. */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** mod_rewrite takes what stands between quotes as it is, backslashes too, and knows no quote inside of quotes. */
function quoteRaw(text: string): string {
  return text.includes('"') ? `'${text.replaceAll("'", '%27')}'` : `"${text}"`;
}

export function cond(tested: string, pattern: string, ...flags: readonly string[]): string {
  return `RewriteCond ${quoteRaw(tested)} ${quoteRaw(pattern)}${flags.length === 0 ? '' : ` [${flags.join(',')}]`}`;
}

export function rule(pattern: string, target: string, ...flags: readonly string[]): string {
  return `RewriteRule ${quoteRaw(pattern)} ${quoteRaw(target)} ${quoteRaw(`[${flags.join(',')}]`)}`;
}

/** The address by which the visitor came, also through a balancer. mod_rewrite would name its own. */
export const findBase: readonly string[] = [
  rule('^', '-', 'E=TW_BASE:%{REQUEST_SCHEME}://%{HTTP_HOST}'),
  `RewriteCond expr "req_novary('X-Forwarded-Proto') == 'https'"`,
  rule('^', '-', 'E=TW_BASE:https://%{HTTP_HOST}'),
];

export function redirect(pattern: string, target: string, status: number): string {
  const base = target.startsWith('/') ? '%{ENV:TW_BASE}' : '';
  return rule(pattern, base + target, `R=${status}`, 'NE', 'END');
}

/** `%` and `$` stand for what was matched (mod_rewrite, "RewriteRule Directive"). */
export function escapeTarget(text: string): string {
  return text.replace(/[%$\\]/g, '\\$&');
}
