/** The front page of the local edge: what is live, in one self-contained HTML document that loads nothing. */
import type { ReleaseRecord } from '../release/release.js';
import { compareBytes, countOf, formatBytes, formatCount } from './amounts.js';
import { summarizeRelease, type Changes, type FrontModel, type OriginSummary, type Weight } from './frontModel.js';
import { frontStyle } from './frontStyle.js';

const shownPages = 300;
const shownChanges = 100;
const shownTypes = 4;

/** @param record the live release; null before the first one. */
export function renderFrontPage(record: ReleaseRecord | null, previous: ReleaseRecord | null): string {
  return frame(record === null ? renderNothing() : renderRelease(summarizeRelease(record, previous)));
}

function frame(content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>twinorigin: what is live</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<style>${frontStyle}</style>
</head>
<body><main>
<header><h1>tw<b>i</b>nor<i>i</i>gin</h1><span class="soft">local edge</span></header>
${content}
<footer>This page is made by the local edge from the release record; it is not part of the site.</footer>
</main></body>
</html>
`;
}

function renderNothing(): string {
  return `<p class="live">Nothing is live yet.<small>Publish a built site: <code>twinorigin publish dist</code></small></p>`;
}

function renderRelease(model: FrontModel): string {
  const { publisher, createdAt, id } = model.release;
  const commit = publisher.commit === undefined ? '' : `, commit <code>${escape(publisher.commit.slice(0, 10))}</code>`;
  const when = escape(createdAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'));
  const site = model.origins.find(({ name }) => name === 'pages')?.url ?? '';
  return `<p class="live"><a href="${escape(site)}/">${escape(site.replace(/^https?:\/\//, ''))}</a> is live
<small>Release <code>${escape(id)}</code>, ${when}, by ${escape(publisher.user)} on ${escape(publisher.host)}${commit}</small></p>
<section class="cards" aria-label="Origins">${[...model.origins].reverse().map(renderOrigin).join('')}</section>
<h2>Bytes as written, and as browsers load them</h2>
${renderWeights(model)}
<h2>What changed last</h2>
<div class="panel">${renderChanges(model.changes)}</div>
<h2>${countOf(model.pages.length, 'page')}</h2>
<div class="panel">${renderPages(model)}</div>
<h2>Cache headers</h2>
<div class="panel scroll">${renderCaching(model)}</div>`;
}

function renderOrigin({ name, url, objects, bytes, types }: OriginSummary): string {
  const shown = types.slice(0, shownTypes);
  const bars = shown.map((type) => `<span style="width:${share(type.bytes, bytes)}%"></span>`).join('');
  const rows = shown.map(
    ({ type, count, bytes: size }) =>
      `<li><span>${escape(type)}</span><span class="soft">${formatCount(count)} · ${formatBytes(size)}</span></li>`,
  );
  const rest = types.length - shown.length;
  if (rest > 0) rows.push(`<li class="soft">and ${countOf(rest, 'more type')}</li>`);
  return `<article class="card ${name}"><h3>${name}</h3>
<p class="mono"><a href="${escape(url)}/">${escape(url)}</a></p>
<p><span class="number">${formatCount(objects)}</span> <span class="soft">${objects === 1 ? 'object' : 'objects'}, ${formatBytes(bytes)} stored</span></p>
<div class="bar" aria-hidden="true">${bars}</div><ul class="types">${rows.join('')}</ul></article>`;
}

function renderWeights({ bytes: { all, compressed } }: FrontModel): string {
  return `<div class="panel weights">${renderWeight('Files that compress', compressed)}${renderWeight('Everything', all)}</div>`;
}

function renderWeight(what: string, { plain, loaded }: Weight): string {
  return `<div><span>${what}</span><span>${formatBytes(plain)} → <b>${formatBytes(loaded)}</b>, ${compareBytes(plain, loaded)}</span></div>
<div class="bar after" aria-hidden="true"><span style="width:${share(loaded, plain)}%"></span></div>`;
}

function renderChanges(changes: Changes | null): string {
  if (changes === null) return 'This is the first release: everything is new.';
  const kinds = [
    ['created', changes.created],
    ['updated', changes.updated],
    ['removed', changes.removed],
  ] as const;
  const some = kinds.filter(([, keys]) => keys.length > 0);
  if (some.length === 0) return 'Only headers or encodings differ from the release before.';
  return some
    .map(([kind, keys]) => {
      const rows = keys.slice(0, shownChanges).map((key) => `<li class="mono">${escape(key)}</li>`);
      if (keys.length > shownChanges)
        rows.push(`<li class="soft">and ${formatCount(keys.length - shownChanges)} more</li>`);
      const open = keys.length <= 12 ? ' open' : '';
      return `<details${open}><summary><b class="${kind}">${formatCount(keys.length)} ${kind}</b></summary><ul>${rows.join('')}</ul></details>`;
    })
    .join('');
}

function renderPages({ pages }: FrontModel): string {
  const rows = pages
    .slice(0, shownPages)
    .map(
      ({ name, url, size }) =>
        `<li><a class="mono" href="${escape(url)}">${escape(name)}</a><span class="soft">${formatBytes(size)}</span></li>`,
    );
  if (pages.length > shownPages) rows.push(`<li class="soft">and ${formatCount(pages.length - shownPages)} more</li>`);
  return `<ul class="list">${rows.join('')}</ul>`;
}

function renderCaching({ caching }: FrontModel): string {
  const rows = caching.map(
    ({ cacheControl, count, example }) =>
      `<tr><td><code>${escape(cacheControl)}</code></td><td class="mono soft">${escape(example)}</td><td class="count">${formatCount(count)}</td></tr>`,
  );
  return `<table><thead><tr><th>Cache-Control</th><th>such as</th><th class="count">objects</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function share(part: number, whole: number): string {
  return whole === 0 ? '0' : ((part / whole) * 100).toFixed(2);
}

/** For text and for double-quoted attribute values. */
function escape(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
