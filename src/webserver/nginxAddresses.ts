/** What nginx answers at the addresses of pages: `decideAddress` of the edge, asked of the disk. */
import type { CleanUrls } from '../edge/event.js';

/** @param absent conditions of the redirects that count only where the site has nothing. */
export function writeAddresses(urls: CleanUrls, absent: readonly string[]): readonly string[] {
  const location = (what: string, ...lines: readonly string[]): readonly string[] => [
    `location ${what} {`,
    ...lines.map((line) => `  ${line}`),
    '}',
  ];
  /** An address under which nothing is served: where it leads. */
  const other = (what: string, ...lines: readonly string[]): readonly string[] =>
    location(what, ...absent, ...lines, 'return 404;');
  const last = (...lines: readonly string[]): readonly string[] => other('@twinorigin_absent', ...lines);
  const there = (file: string, from: string, to: string): string =>
    `if (-f "$document_root${file}") { rewrite "${from}" ${to} permanent; }`;
  const stem = '(?<twinorigin_stem>.*)';
  const [html, index, slash] = [`~ "^${stem}\\\\.html$"`, `~ "^${stem}/index(?:\\\\.html)?$"`, `~ "^${stem}/$"`];
  const [fromHtml, fromIndex, fromSlash] = ['^(.*)\\\\.html$', '^(.*)/index(?:\\\\.html)?$', '^(.*)/$'];
  const page = '${twinorigin_stem}.html';
  const folder = '${twinorigin_stem}/index.html';
  const toSlash = there('$uri/index.html', '^(.*)$', '$1/');
  const root = ['/index.html', '/index'].flatMap((one) => other(`= ${one}`, there('/index.html', '^', '/')));
  switch (urls) {
    case 'none':
      return [
        ...location('/', 'try_files $uri @twinorigin_absent;'),
        ...location('~ "/$"', 'try_files "${uri}index.html" @twinorigin_absent;'),
        ...last(toSlash),
      ];
    case 'auto':
      return [
        ...root,
        ...location('/', 'try_files $uri $uri.html @twinorigin_absent;'),
        ...other(index, there(folder, fromIndex, '$1/'), there(page, fromIndex, '$1')),
        ...other(html, there('$uri', fromHtml, '$1'), there(folder, fromHtml, '$1/')),
        ...location(slash, `try_files "${folder}" @twinorigin_slash;`),
        ...other('@twinorigin_slash', there(page, fromSlash, '$1')),
        ...last(toSlash),
      ];
    case 'drop':
      return [
        ...root,
        ...location('= /', 'try_files /index.html @twinorigin_absent;'),
        ...location('/', 'try_files $uri $uri.html $uri/index.html @twinorigin_absent;'),
        ...other(index, there(page, fromIndex, '$1'), there(folder, fromIndex, '$1')),
        ...other(html, there('$uri', fromHtml, '$1'), there(folder, fromHtml, '$1')),
        ...other(slash, there(page, fromSlash, '$1'), there(folder, fromSlash, '$1')),
        ...last(),
      ];
    case 'force':
      return [
        ...root,
        ...location('/', 'try_files $uri @twinorigin_absent;'),
        ...other(index, there(page, fromIndex, '$1/'), there(folder, fromIndex, '$1/')),
        ...other(html, there('$uri', fromHtml, '$1/'), there(folder, fromHtml, '$1/')),
        ...location(slash, `try_files "${folder}" "${page}" @twinorigin_absent;`),
        ...last(there('$uri.html', '^(.*)$', '$1/'), toSlash),
      ];
  }
}
