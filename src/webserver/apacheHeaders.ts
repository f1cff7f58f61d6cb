/** Types, caching and the site's own headers, for Apache. */
import { quote } from './apacheText.js';
import { escapePattern, headerExpressions } from './patterns.js';
import type { ServedSite } from './site.js';
import { extensionOf, findTypes, mostOf } from './types.js';

/** What a compressed form adds to the name of its file. */
const variant = '(?:\\.(?:br|gz))?$';

export function writeApacheHeaders(site: ServedSite): readonly string[] {
  return [...writeTypes(site), ...writeCoding(), ...writeCaching(site), ...writeOwn(site)];
}

function writeTypes({ files }: ServedSite): readonly string[] {
  const { byExtension, exceptions } = findTypes(files);
  // The last section that fits counts: `style.css.gz` is no archive.
  const isArchive = ([extension]: readonly [string, string]): number => (/^(gz|br)$/.test(extension) ? 0 : 1);
  return [
    ...[...byExtension]
      .sort((a, b) => isArchive(a) - isArchive(b))
      .flatMap(([extension, type]) => [
        `<FilesMatch ${quote(`(?i)\\.${escapePattern(extension)}${variant}`)}>`,
        `  ForceType ${quote(type)}`,
        '</FilesMatch>',
      ]),
    ...exceptions.flatMap(({ path, contentType }) => [
      `<If ${quote(isFile(`^/${escapePattern(path)}$`, extensionOf(path) !== ''))}>`,
      `  ForceType ${quote(contentType)}`,
      '</If>',
    ]),
  ];
}

function writeCoding(): readonly string[] {
  return [
    'RemoveEncoding .gz .br',
    // mod_deflate would compress them once more.
    'SetEnvIf Request_URI "\\\\.(?:br|gz)$" no-gzip',
    ...['br', 'gzip'].map(
      (coding) => `Header set Content-Encoding ${coding} "expr=reqenv('REDIRECT_TW_CODING') == '${coding}'"`,
    ),
    `Header merge Vary Accept-Encoding "expr=-n reqenv('REDIRECT_TW_CODING')"`,
  ];
}

const isSent = "%{REQUEST_STATUS} in {'200','206','304'}";

function writeCaching({ files }: ServedSite): readonly string[] {
  const usual = mostOf(files.map(({ cacheControl }) => cacheControl)) || 'public, max-age=0, must-revalidate';
  return [
    'Header always set Cache-Control "no-store"',
    `Header always set Cache-Control "no-cache" "expr=%{REQUEST_STATUS} =~ /^3/"`,
    `Header always set Cache-Control ${value(usual)} ${condition(isSent)}`,
    ...files
      .filter(({ cacheControl }) => cacheControl !== usual)
      .map(
        ({ path, cacheControl }) =>
          `Header always set Cache-Control ${value(cacheControl)} ${condition(`${isSent} && ${isFile(`^/${escapePattern(path)}$`)}`)}`,
      ),
  ];
}

/** All rules that fit, one after the other: later ones add to earlier ones, or take them away. */
function writeOwn({ headers }: ServedSite): readonly string[] {
  const lines: string[] = [];
  for (const rule of headers) {
    const fits = headerExpressions(rule, (_, expression) => `(?:${expression})`)
      .map((one) => isFile(one))
      .join(' || ');
    const when = condition(`${isSent} && (${fits})`);
    for (const name of rule.unset) lines.push(`Header always unset ${name} ${when}`);
    for (const { name, value: text } of rule.set) {
      // The first that a rule says takes the place of what the file had.
      const isFirst = !lines.some((line) => line.includes(` append ${name} `) || line.includes(` unset ${name} `));
      if (isFirst && name === 'cache-control') lines.push(...replaceCaching(headers));
      lines.push(`Header always append ${name} ${value(text)} ${when}`);
    }
  }
  return lines;
}

function replaceCaching(headers: ServedSite['headers']): readonly string[] {
  return headers
    .filter(({ set }) => set.some(({ name }) => name === 'cache-control'))
    .flatMap((rule) => headerExpressions(rule, (_, expression) => `(?:${expression})`))
    .map((one) => `Header always unset cache-control ${condition(`${isSent} && ${isFile(one)}`)}`);
}

function isFile(expression: string, hasVariants = true): string {
  return `%{REQUEST_URI} =~ m#${hasVariants ? expression.replace(/\$$/, variant) : expression}#`;
}

function condition(expression: string): string {
  return quote(`expr=${expression}`);
}

/** A percent sign begins a format. */
function value(text: string): string {
  return quote(text.replaceAll('%', '%%'));
}
