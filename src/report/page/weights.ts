/** Where the bytes are: the treemap, and a table of the same by type, before and after compression. */
import { originNames, type OriginName } from '../../build/build.js';
import { compareBytes, countOf, formatBytes, formatCount } from '../amounts.js';
import { markup, type Markup } from './markup.js';
import type { ReportFile, ReportModel } from './model.js';
import { drawTreemap, type Shape } from './treemap.js';

const wide: Shape = { width: 1080, height: 560, files: 14 };
const tall: Shape = { width: 340, height: 560, files: 6 };

export function renderTreemaps({ files, urls }: ReportModel): Markup {
  const whole = files.reduce((sum, { plain }) => sum + plain, 0);
  const both = (measure: 'plain' | 'loaded') =>
    markup`<div class="wide">${drawTreemap(files, measure, wide, whole)}</div>
      <div class="tall">${drawTreemap(files, measure, tall, whole)}</div>`;
  return markup`<div class="cards">${originNames.map((name) => renderOrigin(name, urls[name], files))}</div>
    <fieldset>
      <legend>Areas are bytes</legend>
      <input type="radio" name="measure" id="written" checked /><label for="written">as written</label>
      <input type="radio" name="measure" id="loaded" /><label for="loaded">as loaded</label>
      <div class="map written">${both('plain')}</div>
      <div class="map loaded">${both('loaded')}</div>
    </fieldset>`;
}

function renderOrigin(name: OriginName, url: string, files: readonly ReportFile[]): Markup {
  const own = files.filter(({ origin }) => origin === name);
  const bytes = own.reduce((sum, { loaded }) => sum + loaded, 0);
  return markup`<div class="card ${name}">
    <h3>${name}</h3>
    <p class="mono">${url}</p>
    <p>${countOf(own.length, 'file')}, ${formatBytes(bytes)} as loaded</p>
  </div>`;
}

interface TypeRow {
  readonly origin: OriginName;
  readonly type: string;
  readonly count: number;
  readonly plain: number;
  readonly loaded: number;
}

export function renderTypes({ files }: ReportModel): Markup {
  const rows = addUpTypes(files);
  const largest = Math.max(1, ...rows.map(({ plain }) => plain));
  return markup`<div class="panel scroll" role="region" aria-label="Bytes by type" tabindex="0">
    <table>
      <caption>
        The full bar is what was written, the dark part what a browser with every encoding loads.
      </caption>
      <thead>
        <tr>
          <th scope="col">Type</th>
          <th scope="col" class="count">Files</th>
          <th scope="col" class="count">Written</th>
          <th scope="col" class="count">Loaded</th>
          <th scope="col" class="count">Difference</th>
          <td class="bars" aria-hidden="true"></td>
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => renderType(row, largest))}
      </tbody>
    </table>
  </div>`;
}

function addUpTypes(files: readonly ReportFile[]): readonly TypeRow[] {
  const rows = new Map<string, TypeRow>();
  for (const { origin, type, plain, loaded } of files) {
    const key = `${origin} ${type}`;
    const row = rows.get(key) ?? { origin, type, count: 0, plain: 0, loaded: 0 };
    rows.set(key, { ...row, count: row.count + 1, plain: row.plain + plain, loaded: row.loaded + loaded });
  }
  return [...rows.values()].sort((a, b) => b.plain - a.plain);
}

function renderType({ origin, type, count, plain, loaded }: TypeRow, largest: number): Markup {
  const share = (part: number, of: number) => (of === 0 ? '0' : ((part / of) * 100).toFixed(1));
  return markup`<tr class="${origin}">
    <th scope="row"><span class="mono">${type}</span> <span class="tag">${origin}</span></th>
    <td class="count">${formatCount(count)}</td>
    <td class="count">${formatBytes(plain)}</td>
    <td class="count">${formatBytes(loaded)}</td>
    <td class="count soft">${compareBytes(plain, loaded)}</td>
    <td class="bars" aria-hidden="true">
      <span class="bar" style="width:${share(plain, largest)}%"
        ><span style="width:${share(loaded, plain)}%"></span
      ></span>
    </td>
  </tr>`;
}
