/**
 * The rules of a site for IIS, as `web.config` at its root (URL Rewrite module 2.1: "URL Rewrite Module Configuration
 * Reference"). Its expressions are those of ECMAScript, over the decoded path without its first slash.
 */
import { PublishError } from '../errors.js';
import type { RedirectRule } from '../site/rules/rules.js';
import { orderRedirects } from './order.js';
import { headerExpressions, splitTarget } from './patterns.js';
import type { ServedSite } from './site.js';
import { findTypes, mostOf } from './types.js';

const kinds: Readonly<Record<RedirectRule['status'], string>> = {
  200: '',
  301: 'Permanent',
  302: 'Found',
  303: 'SeeOther',
  307: 'Temporary',
  308: 'Permanent', // IIS knows no 308.
};

/** @throws PublishError `config-invalid` for clean addresses that IIS is not told. */
export function writeIisRules(site: ServedSite): string {
  if (site.urls !== 'none' && site.urls !== 'auto')
    throw new PublishError('config-invalid', `pages.urls: "${site.urls}" cannot be written for IIS`, {
      hint: 'Take "auto" or "none".',
    });
  const lines = [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<configuration>',
    '  <system.webServer>',
    ...indent(4, [
      '<defaultDocument enabled="true">',
      '  <files>',
      '    <clear />',
      '    <add value="index.html" />',
      '  </files>',
      '</defaultDocument>',
      '<directoryBrowse enabled="false" />',
      ...writeErrors(site.missingPage),
      ...writeTypes(site),
      '<rewrite>',
      '  <rules>',
      ...indent(4, [...writeRedirects(site), ...writeAddresses(site.urls)]),
      '  </rules>',
      '  <outboundRules>',
      ...indent(4, writeHeaders(site)),
      '  </outboundRules>',
      '</rewrite>',
    ]),
    '  </system.webServer>',
    '</configuration>',
    '',
  ];
  return lines.join('\n');
}

function indent(spaces: number, lines: readonly string[]): readonly string[] {
  return lines.map((line) => ' '.repeat(spaces) + line);
}

function writeErrors(page: string | null): readonly string[] {
  if (page === null) return [];
  return [
    '<httpErrors errorMode="Custom">',
    '  <remove statusCode="404" subStatusCode="-1" />',
    `  <error statusCode="404" subStatusCode="-1" path="/${xml(page)}" responseMode="ExecuteURL" />`,
    '</httpErrors>',
  ];
}

function writeTypes({ files }: ServedSite): readonly string[] {
  const types = [...findTypes(files).byExtension];
  return [
    '<staticContent>',
    ...types.flatMap(([extension, type]) => [
      `  <remove fileExtension=".${xml(extension)}" />`,
      `  <mimeMap fileExtension=".${xml(extension)}" mimeType="${xml(type)}" />`,
    ]),
    '  <clientCache cacheControlMode="NoControl" />',
    '</staticContent>',
  ];
}

const isNoFile = [
  '<add input="{REQUEST_FILENAME}" matchType="IsFile" negate="true" />',
  '<add input="{REQUEST_FILENAME}index.html" matchType="IsFile" negate="true" />',
];

function writeRedirects(site: ServedSite): readonly string[] {
  const { exact, tried } = orderRedirects(site);
  const rules = [...exact, ...tried.filter((one): one is RedirectRule => one.status !== undefined)];
  return rules.flatMap((one, at) => {
    const { from, to, status, forced } = one;
    const [path = '', query] = from.split('?');
    const names: string[] = [];
    const pattern = path
      .split('/')
      .slice(1)
      .map((segment, index) => {
        const slash = index === 0 ? '' : '/';
        if (segment === '*')
          return index === 0 ? `(${take(names, 'splat', 'R')}.*)` : `(?:/(${take(names, 'splat', 'R')}.*))?`;
        if (/^:[A-Za-z]/.test(segment)) return `${slash}(${take(names, segment.slice(1), 'R')}[^/]+)`;
        return slash + plain(decodeURIComponent(segment));
      })
      .join('');
    const parameters = (query === undefined ? [] : query.split('&')).map((parameter) => {
      const [name = '', value = ''] = parameter.split('=');
      const wanted = value.startsWith(':')
        ? `(?:=(${take(names, value.slice(1), 'C')}[^&]*))?`
        : value === ''
          ? '=?'
          : `=${plain(value)}`;
      return `<add input="{QUERY_STRING}" pattern="${xml(`(?:^|&)${plain(name)}${wanted}(?:&|$)`)}" />`;
    });
    const target = splitTarget(
      to,
      names.map((name) => name.slice(2)),
    )
      .map((part, index) => (index % 2 === 1 ? reference(names, part) : part.replace(/[{}]/g, encodeURIComponent)))
      .join('');
    const conditions = [...parameters, ...(forced ? [] : isNoFile)];
    const action =
      status === 200
        ? `<action type="Rewrite" url="${xml(target)}" />`
        : `<action type="Redirect" url="${xml(target)}" appendQueryString="${!to.includes('?')}" redirectType="${kinds[status]}" />`;
    return writeRule(`twinorigin ${at + 1}`, `^${pattern}$`, conditions, action);
  });
}

/** Remembers a group as `R:name` (of the path) or `C:name` (of the conditions); writes nothing into the expression. */
function take(names: string[], name: string, of: 'R' | 'C'): string {
  names.push(`${of}:${name}`);
  return '';
}

function reference(names: readonly string[], name: string): string {
  const found = names.find((one) => one.slice(2) === name) ?? '';
  const same = names.filter((one) => one.startsWith(found.slice(0, 2)));
  return `{${found.slice(0, 1)}:${same.indexOf(found) + 1}}`;
}

function writeRule(name: string, pattern: string, conditions: readonly string[], action: string): readonly string[] {
  return [
    `<rule name="${name}" stopProcessing="true">`,
    `  <match url="${xml(pattern)}" ignoreCase="false" />`,
    ...(conditions.length === 0
      ? []
      : [
          '  <conditions logicalGrouping="MatchAll" trackAllCaptures="true">',
          ...indent(4, conditions),
          '  </conditions>',
        ]),
    `  ${action}`,
    '</rule>',
  ];
}

/** A folder without its slash is IIS's own to redirect. */
function writeAddresses(urls: ServedSite['urls']): readonly string[] {
  if (urls === 'none') return [];
  const file = (name: string): string => `<add input="{DOCUMENT_ROOT}/${name}" matchType="IsFile" />`;
  const lead = (to: string): string => `<action type="Redirect" url="${to}" redirectType="Permanent" />`;
  return [
    ...writeRule('twinorigin home', '^index(?:\\.html)?$', [], lead('/')),
    ...writeRule('twinorigin index', '^(.*)/index(?:\\.html)?$', [file('{R:1}/index.html')], lead('/{R:1}/')),
    ...writeRule(
      'twinorigin page',
      '^(.*)\\.html$',
      ['<add input="{REQUEST_FILENAME}" matchType="IsFile" />'],
      lead('/{R:1}'),
    ),
    ...writeRule(
      'twinorigin slash',
      '^(.+)/$',
      [file('{R:1}.html'), '<add input="{REQUEST_FILENAME}index.html" matchType="IsFile" negate="true" />'],
      lead('/{R:1}'),
    ),
    ...writeRule(
      'twinorigin clean',
      '^(.*[^/])$',
      ['<add input="{REQUEST_FILENAME}" matchType="IsFile" negate="true" />', file('{R:1}.html')],
      '<action type="Rewrite" url="/{R:1}.html" />',
    ),
  ];
}

/** Rules add to what earlier ones said, or take it away; how long an answer is kept is said where they say nothing. */
function writeHeaders({ headers, files }: ServedSite): readonly string[] {
  const lines: string[] = [];
  let count = 0;
  const write = (name: string, found: string, value: string, when: readonly string[]): void => {
    const variable = `RESPONSE_${name.replaceAll('-', '_')}`;
    lines.push(
      `<rule name="twinorigin header ${++count}">`,
      `  <match serverVariable="${variable}" pattern="${xml(found)}" />`,
      ...(when.length === 0
        ? []
        : ['  <conditions logicalGrouping="MatchAny">', ...indent(4, when), '  </conditions>']),
      `  <action type="Rewrite" value="${xml(value)}" />`,
      '</rule>',
    );
  };
  for (const rule of headers) {
    const when = headerExpressions(rule, (_, expression) => `(?:${expression})`).map(
      (one) => `<add input="{URL}" pattern="${xml(one)}" ignoreCase="false" />`,
    );
    for (const name of rule.unset) write(name, '.*', '', when);
    for (const { name, value } of rule.set) {
      write(name, '.+', `{R:0}, ${value}`, when);
      write(name, '^$', value, when);
    }
  }
  const usual = mostOf(files.map(({ cacheControl }) => cacheControl)) || 'public, max-age=0, must-revalidate';
  write('cache-control', '^$', usual, []);
  return lines;
}

function plain(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

function xml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
