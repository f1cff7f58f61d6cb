/**
 * The rules of a release for nginx, in two files: maps for `http { }`, and what belongs into `server { }`. Only modules
 * that every nginx has, so that another build of it can read them too.
 *
 * Redirects that a pattern decides are found by one map; what the site has is asked of the disk, so that most releases
 * have the very rules of the one before, and nginx need not read them again.
 */
import { canonicalAddress } from '../edge/addresses.js';
import type { RedirectRule } from '../site/rules/rules.js';
import { writeAddresses } from './nginxAddresses.js';
import { writeNginxHeaders } from './nginxHeaders.js';
import { quote, text } from './nginxText.js';
import { orderRedirects } from './order.js';
import { matcherOf, splitTarget } from './patterns.js';
import type { ServedSite } from './site.js';
import { findTypes, splitType } from './types.js';

export interface NginxRules {
  readonly http: string;
  readonly server: string;
}

/** @param root folder that is served. */
export function writeNginxRules(site: ServedSite, root: string): NginxRules {
  const redirects = writeRedirects(site);
  const headers = writeNginxHeaders(site);
  const http = [
    '# Made by twinorigin, for http { }.',
    // A dollar sign begins a variable wherever nginx looks for one; what geo says is not looked into.
    'geo $twinorigin_dollar { default "$"; }',
    ...redirects.http,
    ...headers.http,
  ];
  const server = [
    '# Made by twinorigin, for server { }.',
    `root ${quote(root)};`,
    'index index.html;',
    'absolute_redirect off;',
    ...writeTypes(site),
    // As the edge: no address that could name something else than it seems to.
    'if ($request_uri ~ "^[^?]*(?:%2[fF]|/(?:\\\\.|%2[eE]){1,2}(?:[/?]|$))") { return 400; }',
    'if ($uri ~ "[\\\\x00-\\\\x1f\\\\x7f]") { return 400; }',
    ...(site.urls === 'none' ? [] : ['if ($request_uri ~ "^[^?]*//") { rewrite "^(.*)$" $1 permanent; }']),
    ...redirects.server,
    ...headers.server,
    'location ~* "^/\\\\.twinorigin(?:/|$)" { return 404; }',
    ...writeAddresses(site.urls, redirects.absent),
    ...writeExceptions(site),
    ...writeMissing(site.missingPage),
  ];
  return { http: `${http.join('\n')}\n`, server: `${server.join('\n')}\n` };
}

const served = 'rewrite ^ /.twinorigin/serve last;';

function writeRedirects(site: ServedSite) {
  const { exact, tried } = orderRedirects(site);
  const http: string[] = [];
  const server: string[] = [];
  const absent: string[] = [];
  if (tried.some(({ status }) => status !== undefined)) {
    const rules: string[] = [];
    const targets: string[] = [];
    for (const [at, rule] of tried.entries()) {
      const group = (name: string, expression: string) => `(?<${nameOf(at, name)}>${expression})`;
      if (rule.status === undefined) {
        const { decoded } = matcherOf({ from: rule.from, to: '/' }, group, false);
        rules.push(`  ${quote(`~${decoded.replaceAll('(?<', '(?:(?<')}`)} "";`);
        continue;
      }
      const isPage = rule.status === 200;
      const { decoded, raw, names } = matcherOf(rule, group, isPage);
      rules.push(`  ${quote(`~${decoded.replace(/\(\?<\w+>/g, '(?:')}`)} ${at};`);
      http.push(
        `map "$args ${isPage ? '$uri' : '$request_uri'}" $twinorigin_to_${at} {`,
        `  ${quote(`~${isPage ? decoded : raw}`)} ${writeTarget(rule, at, names)};`,
        '}',
      );
      targets.push(`  ${at} $twinorigin_to_${at};`);
    }
    http.push('map "$args $uri" $twinorigin_rule {', ...rules, '}');
    http.push('map $twinorigin_rule $twinorigin_to {', ...targets, '}');
    const groups = new Set(
      tried.flatMap(({ status, ...rule }) =>
        status === undefined ? [] : [`${status} ${'forced' in rule && rule.forced}`],
      ),
    );
    for (const key of [...groups].sort()) {
      const [status = '', forced] = key.split(' ');
      const variable = `$twinorigin_${forced === 'true' ? 'always' : 'absent'}_${status}`;
      const members = tried.flatMap((rule, at) =>
        rule.status === Number(status) && String(rule.forced) === forced ? [`  ${at} $twinorigin_to;`] : [],
      );
      http.push(`map $twinorigin_rule ${variable} {`, ...members, '}');
      const action = status === '200' ? served : `return ${status} ${variable};`;
      (forced === 'true' ? server : absent).push(`if (${variable}) { ${action} }`);
    }
    if ([...groups].some((key) => key.startsWith('200')))
      server.push(
        `location = /.twinorigin/serve { internal; try_files ${pageForms('$twinorigin_to', undefined, site.urls)} =404; }`,
      );
  }
  for (const rule of exact) {
    const path = quote(decodeURIComponent(rule.from));
    const body =
      rule.status === 200
        ? `try_files ${pageForms(text(decodeURIComponent(rule.to)), rule.to, site.urls)} =404;`
        : `return ${rule.status} ${writeTarget(rule, 0, [])};`;
    server.push(`location = ${path} { ${body} }`);
  }
  return { http, server, absent };
}

/** The files that an address of a page may mean; `known` where it is one. */
function pageForms(page: string, known: string | undefined, urls: ServedSite['urls']): string {
  const forms = urls === 'none' ? ['', '/index.html'] : ['', '.html', '/index.html'];
  if (known?.endsWith('/') === true) return `"${page}index.html"`;
  return forms.map((form) => `"${page}${form}"`).join(' ');
}

function nameOf(at: number, name: string): string {
  return `twinorigin_${at}_${name.slice(0, 12)}`;
}

function writeTarget({ to, status }: RedirectRule, at: number, names: readonly string[]): string {
  const isPage = status === 200;
  const parts = splitTarget(isPage ? decodeURIComponent(to) : to, names).map((part, index) =>
    index % 2 === 1 ? `\${${nameOf(at, part)}}` : text(part),
  );
  const target = parts.join('');
  if (isPage || to.includes('?')) return `"${target}"`;
  const mark = target.indexOf('#');
  const query = '$is_args$args';
  return mark < 0 ? `"${target}${query}"` : `"${target.slice(0, mark)}${query}${target.slice(mark)}"`;
}

/** Types take the place of those that nginx knows: it has its own for .js, and none for .mjs. */
function writeTypes({ files }: ServedSite): readonly string[] {
  const { byExtension } = findTypes(files);
  const types = new Map<string, string[]>();
  const isHtmlUtf8 = splitType(byExtension.get('html') ?? 'text/html; charset=utf-8').isUtf8;
  const withCharset = new Set<string>();
  for (const [extension, contentType] of byExtension) {
    const { type, isUtf8 } = splitType(contentType);
    // nginx adds a charset to text/html or to nothing.
    types.set(isHtmlUtf8 ? type : contentType, [...(types.get(isHtmlUtf8 ? type : contentType) ?? []), extension]);
    if (isUtf8 && type !== 'text/html') withCharset.add(type);
  }
  return [
    'types {',
    ...[...types].map(([type, extensions]) => `  ${quote(type)} ${extensions.map(quote).join(' ')};`),
    '}',
    'default_type application/octet-stream;',
    `charset ${isHtmlUtf8 ? 'utf-8' : 'off'};`,
    ...(isHtmlUtf8 && withCharset.size > 0 ? [`charset_types ${[...withCharset].sort().map(quote).join(' ')};`] : []),
  ];
}

/** Files whose type their extension does not say, at the addresses at which they answer. */
function writeExceptions(site: ServedSite): readonly string[] {
  const redirected = new Set(orderRedirects(site).exact.map(({ from }) => decodeURIComponent(from)));
  return findTypes(site.files).exceptions.flatMap(({ path, contentType }) => {
    const isPage = path.endsWith('.html');
    const address = isPage ? canonicalAddress(site.urls, path) : `/${path}`;
    if (redirected.has(address) || `/${path}` === `/${site.missingPage ?? ''}`) return [];
    const file = `"${text(`/${path}`)}"`;
    const type = `types { } default_type ${quote(contentType)}; charset off;`;
    return [`location = ${quote(address)} { ${type} try_files ${file} @twinorigin_absent; }`];
  });
}

function writeMissing(page: string | null): readonly string[] {
  if (page === null) return [];
  return [
    'error_page 404 @twinorigin_missing;',
    'error_page 403 =404 @twinorigin_missing;',
    `location @twinorigin_missing { try_files "${text(`/${page}`)}" =404; }`,
  ];
}
