/** Headers of answers, for nginx: those of the site's own rules, and how long an answer may be kept. */
import type { HeaderRule } from '../site/rules/rules.js';
import { quote, text } from './nginxText.js';
import { escapePattern, headerExpressions, splitTarget } from './patterns.js';
import type { ServedFile, ServedSite } from './site.js';
import { mostOf } from './types.js';

/** A parameter in a configuration file has at most 4,096 bytes (NGX_CONF_BUFFER). */
const longestParameter = 3500;

export function writeNginxHeaders({ headers, files }: Pick<ServedSite, 'headers' | 'files'>): {
  readonly http: readonly string[];
  readonly server: readonly string[];
} {
  const http = [
    // Rules speak of files that are sent, not of redirects and errors.
    'map $status $twinorigin_file {',
    '  200 $uri;',
    '  206 $uri;',
    '  304 $uri;',
    '}',
    ...writeCaching(files),
  ];
  const server: string[] = [];
  const names = new Set(headers.flatMap(({ set }) => set.map(({ name }) => name)));
  for (const [at, name] of [...names].sort().entries()) {
    const found = `$twinorigin_header_${at}`;
    http.push(...writeHeader(name, at, headers));
    if (name !== 'cache-control') server.push(`add_header ${quote(name)} ${found};`);
    else http.push(`map ${found} $twinorigin_caching {`, '  "" $twinorigin_usual;', `  default ${found};`, '}');
  }
  if (!names.has('cache-control')) http.push('map "" $twinorigin_caching {', '  default $twinorigin_usual;', '}');
  http.push(
    'map $status $twinorigin_cache {',
    '  200 $twinorigin_caching;',
    '  206 $twinorigin_caching;',
    '  304 $twinorigin_caching;',
    '  "~^3" "no-cache";',
    '  default "no-store";',
    '}',
  );
  server.push('add_header Cache-Control $twinorigin_cache always;');
  return { http, server };
}

function writeCaching(files: readonly ServedFile[]): readonly string[] {
  const usual = mostOf(files.map(({ cacheControl }) => cacheControl)) || 'public, max-age=0, must-revalidate';
  const others = new Map<string, string[]>();
  for (const { path, cacheControl } of files)
    if (cacheControl !== usual) others.set(cacheControl, [...(others.get(cacheControl) ?? []), path]);
  const lines = [...others]
    .sort()
    .flatMap(([value, paths]) =>
      cut(paths.map(escapePattern)).map((some) => `  ${quote(`~^/(?:${some.join('|')})$`)} "${text(value)}";`),
    );
  return ['map $twinorigin_file $twinorigin_usual {', ...lines, `  default "${text(usual)}";`, '}'];
}

/** Into groups that fit into one parameter; a backslash is written twice there. */
function cut(texts: readonly string[]): string[][] {
  const groups: string[][] = [];
  let left = 0;
  for (const one of texts) {
    left -= one.length * 2 + 1;
    if (left < 0) {
      groups.push([]);
      left = longestParameter - one.length * 2;
    }
    groups.at(-1)?.push(one);
  }
  return groups;
}

/** The values of all rules that fit, one after the other; a rule may also take away what earlier ones said. */
function writeHeader(name: string, at: number, headers: readonly HeaderRule[]): readonly string[] {
  const lines: string[] = [];
  let before = '';
  const steps = headers.flatMap((rule): { rule: HeaderRule; value: string | null }[] => [
    ...(rule.unset.includes(name) ? [{ rule, value: null }] : []),
    ...rule.set.filter((one) => one.name === name).map(({ value }) => ({ rule, value })),
  ]);
  for (const [step, { rule, value }] of steps.entries()) {
    const own = `$twinorigin_value_${at}_${step}`;
    const placeholders: string[] = [];
    const group = (placeholder: string, expression: string): string => {
      if (!placeholders.includes(placeholder)) placeholders.push(placeholder);
      return `(?<twinorigin_h${at}_${step}_${placeholder.slice(0, 12)}>${expression})`;
    };
    const expressions = headerExpressions(rule, group);
    const written =
      value === null
        ? '"-"'
        : `"${splitTarget(value, placeholders)
            .map((part, index) => (index % 2 === 1 ? `\${twinorigin_h${at}_${step}_${part.slice(0, 12)}}` : text(part)))
            .join('')}"`;
    lines.push(`map $twinorigin_file ${own} {`, ...expressions.map((one) => `  ${quote(`~${one}`)} ${written};`), '}');
    const sum = `$twinorigin_sum_${at}_${step}`;
    if (value === null)
      lines.push(`map ${own} ${sum} {`, '  "-" "";', `  default ${before === '' ? '""' : before};`, '}');
    else if (before === '') lines.push(`map "" ${sum} {`, `  default ${own};`, '}');
    else
      lines.push(
        `map "${before}\\n${own}" ${sum} {`,
        `  "~^\\n" ${own};`,
        `  "~\\n$" ${before};`,
        `  default "${before.replace('$', '${')}}, ${own.replace('$', '${')}}";`,
        '}',
      );
    before = sum;
  }
  lines.push(`map "" $twinorigin_header_${at} {`, `  default ${before === '' ? '""' : before};`, '}');
  return lines;
}
