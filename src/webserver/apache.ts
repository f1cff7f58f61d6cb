/**
 * The rules of a release for Apache, as `.htaccess` in its folder: read at each request, so that the link that switches
 * the pages switches the rules with them. Needs `AllowOverride All`, and the modules rewrite, headers and mime.
 *
 * In this order: what answers by itself (`TW_FILE`), redirects, pages that another address shows, the best variant,
 * clean addresses. mod_rewrite's END keeps what was decided from being decided again.
 */
import type { RedirectRule } from '../site/rules/rules.js';
import { writeApacheHeaders } from './apacheHeaders.js';
import { cond, escapeTarget, findBase, quote, redirect, root, rule } from './apacheText.js';
import { findPage, leadElsewhere } from './apacheAddresses.js';
import { orderRedirects } from './order.js';
import { escapePattern, matcherOf, splitTarget } from './patterns.js';
import type { ServedSite } from './site.js';

const nothing = '%{ENV:TW_FILE}';

export function writeApacheRules(site: ServedSite): string {
  const decisions = [
    ...findBase,
    cond('%{THE_REQUEST}', '^\\S+ [^?\\s]*(?:%2[fF]|/(?:\\.|%2[eE]){1,2}(?:[/?\\s]|$))'),
    rule('^', '-', 'R=400', 'END'),
    rule('(?:^|/)\\.(?:twinorigin(?:/|$)|ht)', '-', 'R=404', 'NC', 'END'),
    ...(site.urls === 'none'
      ? []
      : [
          cond('%{THE_REQUEST}', '^\\S+ ([^?\\s]*?)/{2,}([^?\\s]*)'),
          rule('^', '%{ENV:TW_BASE}%1/%2', 'R=301', 'NE', 'END'),
        ]),
    ...findPage(site.urls),
    ...writeRedirects(site),
  ];
  return [
    '# Made by twinorigin.',
    'Options -Indexes -MultiViews',
    'DirectorySlash Off',
    'DirectoryIndex disabled',
    'AcceptPathInfo Off',
    'AddDefaultCharset Off',
    ...(site.missingPage === null ? [] : [`ErrorDocument 404 ${quote(`/${encodeURI(site.missingPage)}`)}`]),
    ...writeApacheHeaders(site),
    'RewriteEngine On',
    // The page for what is missing is no address to be judged.
    cond('%{ENV:REDIRECT_STATUS}', '!^$'),
    rule('^', '-', 'E=TW_FILE:%{REQUEST_URI}', `S=${countRules(decisions)}`),
    ...decisions,
    ...writeVariants(),
    ...leadElsewhere(site.urls),
    rule('^', '-', 'R=404', 'END'),
    '',
  ].join('\n');
}

function countRules(lines: readonly string[]): number {
  return lines.filter((line) => line.startsWith('RewriteRule')).length;
}

function writeRedirects(site: ServedSite): readonly string[] {
  const { exact, tried } = orderRedirects(site);
  const blocks: string[][] = exact.map((one) => {
    const from = `^${escapePattern(decodeURIComponent(one.from).slice(1))}$`;
    return one.status === 200
      ? showPage(from, decodeURIComponent(one.to))
      : leadTo([], from, one, escapeTarget(one.to));
  });
  for (const one of tried) {
    if (one.status === undefined) continue;
    const plain = matcherOf(one, (_, expression) => `(?:${expression})`, one.status === 200);
    const { decoded, raw, names } = matcherOf(one, (_, expression) => `(${expression})`, one.status === 200, 'line');
    const target = (to: string): string =>
      splitTarget(to, names)
        .map((part, at) => (at % 2 === 1 ? `%${names.indexOf(part) + 1}` : escapeTarget(part)))
        .join('');
    const fits = cond('%{QUERY_STRING} %{REQUEST_URI}', plain.decoded);
    // Where the site answers itself, none of the rules behind counts either.
    const stop = one.forced ? [] : [cond(nothing, '!^$'), fits, rule('^', '-', 'S=?')];
    if (one.status === 200)
      blocks.push([
        ...stop,
        cond('%{QUERY_STRING} %{REQUEST_URI}', decoded),
        ...showPage('^', target(decodeURIComponent(one.to)), true),
      ]);
    else
      blocks.push([...stop, ...leadTo([fits, cond('%{QUERY_STRING} %{THE_REQUEST}', raw)], '^', one, target(one.to))]);
  }
  // S= skips so many rules: those that are left to the end of the list.
  let left = countRules(blocks.flat());
  const lines = blocks.flat().map((line) => {
    if (!line.startsWith('RewriteRule')) return line;
    left--;
    return line.replace('S=?', `S=${left}`);
  });
  return [...lines, ...findShown(site.urls)];
}

function leadTo(conditions: readonly string[], from: string, { to, status }: RedirectRule, target: string): string[] {
  const mark = to.includes('?') ? -1 : target.indexOf('#');
  if (mark < 0) return [...conditions, redirect(from, target, status)];
  // The query stands before the fragment.
  const whole = `${target.slice(0, mark)}?%{QUERY_STRING}${target.slice(mark)}`;
  return [
    cond('%{QUERY_STRING}', '!^$'),
    ...conditions,
    redirect(from, whole, status),
    ...conditions,
    redirect(from, target, status),
  ];
}

function showPage(from: string, page: string, isWritten = false): string[] {
  return [rule(from, '-', `E=TW_TO:${isWritten ? page : escapeTarget(page)}`, 'E=TW_FILE:', 'S=?')];
}

/** The file that stands at the address a rule shows. */
function findShown(urls: ServedSite['urls']): readonly string[] {
  const forms = urls === 'none' ? ['', '/index.html'] : ['', '.html', '/index.html'];
  const to = '%{ENV:TW_TO}';
  return [
    ...forms.flatMap((form) => [
      cond(to, '!^$'),
      cond(nothing, '^$'),
      cond(`${root}${to}${form}`, '-f'),
      rule('^', '-', `E=TW_FILE:${to}${form}`),
    ]),
    cond(to, '!^$'),
    cond(nothing, '^$'),
    rule('^', '-', 'R=404', 'END'),
  ];
}

function writeVariants(): readonly string[] {
  return [
    ...['br', 'gzip'].flatMap((coding) => {
      const suffix = coding === 'br' ? '.br' : '.gz';
      return [
        cond(nothing, '!^$'),
        // Accepted, and not with a weight of nothing (RFC 9110 12.5.3).
        cond(
          '%{HTTP:Accept-Encoding}',
          `(?:^|,)\\s*${coding}\\s*(?:;\\s*q=(?!0(?:\\.0*)?\\s*(?:,|$))[^,]*)?(?:,|$)`,
          'NC',
        ),
        cond(`${root}${nothing}${suffix}`, '-f'),
        rule('^', `${nothing}${suffix}`, `E=TW_CODING:${coding}`, 'END'),
      ];
    }),
    cond(nothing, '!^$'),
    cond(`${nothing} %{REQUEST_URI}`, '!^(.*) \\1$'),
    rule('^', nothing, 'END'),
    cond(nothing, '!^$'),
    rule('^', '-', 'END'),
  ];
}
