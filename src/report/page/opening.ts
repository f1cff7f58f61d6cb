/** The top of the report: what it is about, and the figures that matter most. */
import { originNames } from '../../build/build.js';
import { compareBytes, countOf, formatBytes, formatCount, formatUsd } from '../amounts.js';
import { markup, type Markup } from './markup.js';
import type { ReportModel } from './model.js';

/** The sentence of the page's heading, and of its title. */
export function headlineOf(model: ReportModel): string {
  if (model.kind === 'live' || model.kind === 'publish') return `${hostOf(model)} is live`;
  if (model.kind === 'build') return `${countOf(model.files.length, 'file')}, built`;
  const changes = countChanges(model);
  return changes === 0 ? 'Nothing to publish' : `${countOf(changes, 'object')} to publish`;
}

export function renderOpening(model: ReportModel): Markup {
  const headline = headlineOf(model);
  const isLive = model.kind === 'live' || model.kind === 'publish';
  const heading = isLive
    ? markup`<h1><a href="${model.urls.pages}/">${hostOf(model)}</a>${headline.slice(hostOf(model).length)}</h1>`
    : markup`<h1>${headline}</h1>`;
  return markup`${heading}
    <p class="soft">${describe(model)}</p>
    <dl class="figures">${listFigures(model).map(renderFigure)}</dl>`;
}

function hostOf({ urls }: ReportModel): string {
  return urls.pages.replace(/^https?:\/\//, '');
}

function countChanges({ changes = [] }: ReportModel): number {
  return changes.reduce((sum, { entries }) => sum + entries.length, 0);
}

function describe({ kind, release, madeAt, urls }: ReportModel): Markup {
  if (kind === 'build') return markup`What publishing to ${urls.pages} would serve. Made ${formatTime(madeAt)}.`;
  if (kind === 'plan')
    return markup`What a publish to ${urls.pages} would do. Nothing was changed. Made ${formatTime(madeAt)}.`;
  const { id = '', publisher, createdAt } = release ?? {};
  const by = publisher === undefined ? markup`` : markup`, by ${publisher.user} on ${publisher.host}`;
  const commit =
    publisher?.commit === undefined ? markup`` : markup`, commit <code>${publisher.commit.slice(0, 10)}</code>`;
  return markup`Release <code>${id}</code>, ${formatTime(createdAt ?? madeAt)}${by}${commit}.`;
}

/** `2026-11-25 01:42 UTC`. */
export function formatTime(iso: string): string {
  return iso.replace('T', ' ').replace(/:\d{2}(\.\d+)?Z$/, ' UTC');
}

interface Figure {
  readonly name: string;
  readonly value: string;
  readonly more: string;
}

function listFigures(model: ReportModel): readonly Figure[] {
  const { files, stored, upload, invalidations, cost } = model;
  const plain = files.reduce((sum, file) => sum + file.plain, 0);
  const loaded = files.reduce((sum, file) => sum + file.loaded, 0);
  const pages = files.filter(({ isPage }) => isPage).length;
  const figures: Figure[] = [
    { name: 'Files', value: formatCount(files.length), more: countOf(pages, 'page') },
    { name: 'As written', value: formatBytes(plain), more: describeOrigins(model) },
    { name: 'As loaded', value: formatBytes(loaded), more: compareBytes(plain, loaded) },
  ];
  if (upload === undefined)
    figures.push({ name: 'Stored', value: formatBytes(stored.bytes), more: countOf(stored.objects, 'object') });
  else {
    const what = `${formatBytes(stored.bytes)} stored in ${countOf(stored.objects, 'object')}`;
    figures.push({ name: model.kind === 'plan' ? 'To send' : 'Sent', value: formatBytes(upload), more: what });
  }
  if (invalidations !== undefined)
    figures.push({ name: 'Invalidations', value: formatCount(invalidations.length), more: 'paths' });
  if (cost !== undefined)
    figures.push({ name: 'Price', value: formatUsd(cost.usd).replace('less than ', '< '), more: 'at list price' });
  return figures;
}

function describeOrigins({ files }: ReportModel): string {
  const used = originNames.filter((name) => files.some(({ origin }) => origin === name));
  return `from ${countOf(used.length, 'origin')}`;
}

function renderFigure({ name, value, more }: Figure): Markup {
  return markup`<div>
    <dt>${name}</dt>
    <dd><span class="number">${value}</span> <small>${more}</small></dd>
  </div>`;
}
