/** What changed, how long it is cached, what is invalidated, and what that costs. */
import { urlPath } from '../../build/keys.js';
import { countOf, formatBytes, formatCount, formatUsd } from '../amounts.js';
import { markup, type Markup } from './markup.js';
import type { Caching, ChangeGroup, ReportModel } from './model.js';

/** Rows of one kind; lists up to the second number are open from the start. */
const shown = { rows: 200, open: 12, paths: 100, pages: 300 };
const words = { created: 'created', updated: 'updated', headers: 'with other headers', deleted: 'removed' };

export function renderChanges(changes: readonly ChangeGroup[]): Markup {
  if (changes.length === 0) return markup`<p class="panel all-well">Nothing: everything was there already.</p>`;
  return markup`<div class="panel">
    ${changes.map(({ kind, entries }) => {
      const rest = entries.length - shown.rows;
      const open = entries.length <= shown.open ? markup` open` : markup``;
      return markup`<details${open}><summary><b class="${kind}">${formatCount(entries.length)} ${words[kind]}</b></summary><ul class="rows">${entries
        .slice(0, shown.rows)
        .map(
          ({ origin, key, size, reason }) =>
            markup`<li class="${origin}">
              <span class="tag">${origin}</span><span class="mono grow">${key}</span
              ><span class="reason">${reason}${size === undefined ? '' : `, ${formatBytes(size)}`}</span>
            </li>`,
        )}${rest > 0 ? markup`<li class="soft">and ${formatCount(rest)} more</li>` : markup``}</ul></details>`;
    })}
  </div>`;
}

export function renderCaching(caching: readonly Caching[]): Markup {
  return markup`<div class="panel scroll" role="region" aria-label="Table of cache headers" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">Cache-Control</th>
          <th scope="col">in the browser</th>
          <th scope="col">at the CDN</th>
          <th scope="col">such as</th>
          <th scope="col" class="count">objects</th>
        </tr>
      </thead>
      <tbody>
        ${caching.map(
          ({ cacheControl, origins, count, example }) =>
            markup`<tr>
              <th scope="row"><code>${cacheControl}</code></th>
              <td>${ageIn(cacheControl, /(?<![\w-])max-age=(\d+)/)}</td>
              <td>${ageIn(cacheControl, /s-maxage=(\d+)/) ?? ageIn(cacheControl, /(?<![\w-])max-age=(\d+)/)}</td>
              <td>
                <span class="mono">${example}</span>
                ${origins.map((origin) => markup`<span class="tag ${origin}">${origin} </span>`)}
              </td>
              <td class="count">${formatCount(count)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Seconds as people say them. */
function ageIn(cacheControl: string, pattern: RegExp): string | undefined {
  if (cacheControl.includes('no-store')) return 'not kept';
  const seconds = pattern.exec(cacheControl)?.[1];
  if (seconds === undefined) return undefined;
  const units: readonly (readonly [string, number])[] = [
    ['year', 31_536_000],
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
    ['second', 1],
  ];
  const [unit = 'second', length = 1] = units.find(([, one]) => Number(seconds) >= one) ?? [];
  if (Number(seconds) === 0) return 'asked each time';
  return countOf(Math.round(Number(seconds) / length), unit);
}

export function renderPrice({ invalidations = [], cost }: ReportModel): Markup {
  const rest = invalidations.length - shown.paths;
  const paths =
    invalidations.length === 0
      ? markup`<p class="all-well">No path has to be invalidated.</p>`
      : markup`<ul class="rows">
          ${invalidations.slice(0, shown.paths).map(
            ({ origin, path, reason }) =>
              markup`<li class="${origin}">
                  <span class="tag">${origin}</span><span class="mono grow">${path}</span
                  ><span class="reason">${reason}</span>
                </li>`,
          )}${rest > 0 ? markup`<li class="soft">and ${formatCount(rest)} more</li>` : markup``}
        </ul>`;
  return markup`<div class="panel">${paths}</div>
    ${cost === undefined ? markup`` : renderCost(cost)}`;
}

function renderCost({
  puts,
  gets,
  invalidationPaths,
  usd,
  usdBeyondFreePaths,
}: NonNullable<ReportModel['cost']>): Markup {
  const rows: readonly (readonly [string, string])[] = [
    [`${countOf(puts, 'write')} and ${countOf(gets, 'read')}`, formatUsd(usd)],
    [
      countOf(invalidationPaths, 'invalidation path'),
      invalidationPaths === 0 ? '$0' : `$0 up to 1,000 a month, ${formatUsd(usdBeyondFreePaths)} beyond`,
    ],
  ];
  return markup`<div class="panel scroll" role="region" aria-label="Table of prices" tabindex="0">
    <table>
      <caption>
        At the list price of us-east-1.
      </caption>
      <tbody>
        ${rows.map(
          ([what, price]) =>
            markup`<tr>
              <th scope="row">${what}</th>
              <td class="count">${price}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** The pages of what is live, to be opened. */
export function renderPages({ files, urls }: ReportModel): Markup {
  const pages = files.filter(({ isPage }) => isPage).sort((a, b) => (a.name < b.name ? -1 : 1));
  const rest = pages.length - shown.pages;
  return markup`<ul class="panel list">
    ${pages.slice(0, shown.pages).map(({ name, plain, origin }) => {
      const address = name.replace(/(^|\/)index\.html$/, '$1');
      return markup`<li>
        <a class="mono" href="${urls[origin]}/${urlPath(address)}">/${address}</a
        ><span class="soft">${formatBytes(plain)}</span>
      </li>`;
    })}${rest > 0 ? markup`<li class="soft">and ${formatCount(rest)} more</li>` : markup``}
  </ul>`;
}
