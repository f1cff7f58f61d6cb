/** Patterns of rules as regular expressions, for servers that know PCRE. */
import type { HeaderRule, RedirectRule } from '../site/rules/rules.js';

/** One redirect: what it applies to, and what of the request its target holds. */
export interface Matcher {
  /** Over `<query> <decoded path>`; groups are named as `nameOf` says. */
  readonly decoded: string;
  /** Over `<query> <request>`: what goes into a Location must stay as it was sent. */
  readonly raw: string;
  /** Placeholders, in the order of their groups. */
  readonly names: readonly string[];
}

export function escapePattern(text: string): string {
  return text
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/[#"' ]/g, (one) => `\\x${one.charCodeAt(0).toString(16)}`);
}

/**
 * @param group writes a group around an expression: `(…)`, or with a name.
 * @param served the target is a file of the site: what a query puts into it must not leave its folder.
 * @param request what `raw` is asked of: the path with its query, or the line of the request, which begins with its method.
 */
export function matcherOf(
  { from, to }: Pick<RedirectRule, 'from' | 'to'>,
  group: (name: string, expression: string) => string,
  served: boolean,
  request: 'path' | 'line' = 'path',
): Matcher {
  const mark = from.indexOf('?');
  const segments = (mark < 0 ? from : from.slice(0, mark)).split('/').slice(1);
  const parameters = mark < 0 ? [] : from.slice(mark + 1).split('&');
  const names: string[] = [];
  const take = (name: string, expression: string): string => {
    if (!names.includes(name)) names.push(name);
    // A target on this host begins with one slash: two, or a backslash, would name another host.
    return (to.startsWith(`/:${name}`) ? '[/\\\\]*+' : '') + group(name, expression);
  };
  const conditions = parameters.map((parameter) => {
    const equals = parameter.indexOf('=');
    const name = equals < 0 ? parameter : parameter.slice(0, equals);
    const value = equals < 0 ? '' : parameter.slice(equals + 1);
    const any = served ? '(?:(?!\\.\\.)[^&\\s/%\\\\])*' : '[^&\\s]*';
    const wanted = value.startsWith(':')
      ? `(?:=${take(value.slice(1), any)})?`
      : value === ''
        ? '=?'
        : `=${escapePattern(value)}`;
    return `(?=(?:\\S*&)?${escapePattern(name)}${wanted}[&\\s])`;
  });
  const write = (literal: (text: string) => string, one: string, rest: string): string =>
    segments
      .map((segment) => {
        if (segment === '*') return `(?:/${take('splat', rest)})?`;
        if (/^:[A-Za-z]/.test(segment)) return `/${take(segment.slice(1), one)}`;
        return `/${literal(segment)}`;
      })
      .join('');
  const before = `^${conditions.join('')}\\S* `;
  const decoded = `${before}${write((text) => escapePattern(decodeURIComponent(text)), '[^/]+', '.*')}$`;
  const raw = `${before}${request === 'line' ? '\\S+ ' : ''}${write((text) => (text === '' ? '' : '[^/?\\s]+'), '[^/?\\s]+', '[^?\\s]*')}(?:[?\\s]|$)`;
  return { decoded, raw, names };
}

/** Splits a target where it names what was matched. @returns texts and, at odd places, names. */
export function splitTarget(to: string, names: readonly string[]): readonly string[] {
  const parts = to.split(/:([A-Za-z]\w*)/);
  const joined: string[] = [parts[0] ?? ''];
  for (let at = 1; at < parts.length; at += 2) {
    const name = parts[at] ?? '';
    const after = parts[at + 1] ?? '';
    if (names.includes(name)) joined.push(name, after);
    else joined[joined.length - 1] = `${joined.at(-1) ?? ''}:${name}${after}`;
  }
  return joined;
}

/**
 * Over the decoded path of the file that answers. A rule may name the file, its address, or its address without slash:
 * `/docs` is `/docs.html` and `/docs/index.html`.
 */
export function headerExpressions(
  { pattern }: Pick<HeaderRule, 'pattern'>,
  group: (name: string, expression: string) => string,
): readonly string[] {
  const star = pattern.indexOf('*');
  const text = (part: string): string => escapePattern(decodeURIComponent(part));
  let body: string;
  if (star >= 0 && pattern.slice(star - 1) !== '/*')
    body = `${text(pattern.slice(0, star))}${group('splat', '.*')}${text(pattern.slice(star + 1))}`;
  else
    body = pattern
      .split('/')
      .slice(1)
      .map((segment) => {
        if (segment === '*') return `(?:/${group('splat', '.*')})?`;
        if (/^:[A-Za-z]/.test(segment)) return `/${group(segment.slice(1), '[^/]+')}`;
        return `/${text(segment)}`;
      })
      .join('');
  const forms = pattern.endsWith('/') ? ['index\\.html'] : ['\\.html', '/index(?:\\.html)?'];
  return [`^${body}$`, `^${body}(?:${forms.join('|')})$`];
}
