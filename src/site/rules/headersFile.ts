/**
 * Reads `_headers`: a path, then indented lines `Name: value` or `! Name`, as on Netlify and Cloudflare Pages.
 */
import { encodePattern, type HeaderRule, type Located, type Mistake } from './rules.js';

/** Of Cloudflare Pages; each costs a comparison at each page. */
export const mostHeaderRules = 100;
const longestLine = 900;

/**
 * Names that a function may not set, or that would contradict the body (AWS, "Restrictions on all edge functions",
 * disallowed and read-only headers).
 */
const refused =
  /^(connection|content-(encoding|length|range|type)|date|etag|expect|keep-alive|last-modified|proxy-.*|set-cookie|server|te|trailer|transfer-encoding|upgrade|vary|via|warning|x-accel-.*|x-amz-cf-.*|x-amzn-.*|x-cache|x-edge-.*|x-forwarded-proto|x-real-ip)$/;

interface Draft extends Located<HeaderRule> {
  readonly set: { name: string; value: string }[];
  readonly unset: string[];
}

export function parseHeaders(text: string): { rules: Located<HeaderRule>[]; mistakes: Mistake[] } {
  const rules: Draft[] = [];
  const mistakes: Mistake[] = [];
  let current: Draft | undefined;
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = index + 1;
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) continue;
    if (/^\s/.test(raw)) {
      const mistake = current === undefined ? 'stands before any path' : addHeader(current, content);
      if (mistake !== undefined) mistakes.push({ line, message: mistake });
      continue;
    }
    const mistake = judgePattern(content);
    if (mistake !== undefined) mistakes.push({ line, message: mistake });
    current = { pattern: encodePattern(content) ?? content, set: [], unset: [], line };
    if (mistake === undefined) rules.push(current);
  }
  for (const { line, set, unset } of rules)
    if (set.length + unset.length === 0)
      mistakes.push({ line, message: 'sets no header', hint: 'Indent its headers.' });
  const tooMany = rules[mostHeaderRules];
  if (tooMany !== undefined)
    mistakes.push({ line: tooMany.line, message: `there are more than ${mostHeaderRules} rules for headers` });
  return { rules, mistakes };
}

function judgePattern(path: string): string | undefined {
  if (/^https?:/i.test(path)) return 'begins with a host: a rule speaks of one site';
  if (!path.startsWith('/')) return `is neither a path nor indented: ${JSON.stringify(path)}`;
  if (/\s/.test(path)) return 'has a space in its path';
  if (path.split('*').length > 2) return 'has more than one *';
  if (encodePattern(path) === undefined) return 'has a broken escape';
  return path.includes('*') && /\/:[A-Za-z]/.test(path) && !path.endsWith('/*')
    ? 'has a placeholder and a * that is not its last segment'
    : undefined;
}

/** @returns what is wrong with the line. */
function addHeader(rule: Draft, content: string): string | undefined {
  const removed = /^!\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)$/.exec(content)?.[1];
  if (removed !== undefined) {
    rule.unset.push(removed.toLowerCase());
    return undefined;
  }
  const [, name = '', value = ''] = /^([^:\s]+)\s*:\s*(.*)$/.exec(content) ?? [];
  if (name === '') return `is no header: ${JSON.stringify(content)}`;
  const lower = name.toLowerCase();
  if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(lower)) return `has the impossible name ${JSON.stringify(name)}`;
  if (lower === 'basic-auth') return 'asks for passwords, which needs a server (and would be shown to every visitor)';
  if (refused.test(lower)) return `sets ${name}, which belongs to the object or to the CDN`;
  if (value === '') return `gives ${name} no value`;
  if (!/^[\x20-\x7e]*$/.test(value)) return `has characters in ${name} that no header may hold`;
  if (name.length + value.length > longestLine) return `is longer than ${longestLine} bytes`;
  rule.set.push({ name: lower, value });
  return undefined;
}
