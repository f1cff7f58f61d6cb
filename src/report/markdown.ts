/** The same reports as Markdown: for the page of a run on GitHub, and for comments. */
import { originNames } from '../build/build.js';
import { countOf, formatBytes, formatCount } from './amounts.js';
import type { ErrorDocument, PlanDocument } from './documents.js';
import { describeCost } from './planText.js';
import { showSafely } from './text.js';

export interface MarkdownOptions {
  /** What was done: `publish` says "Live", `plan` "Would". */
  readonly did: 'publish' | 'plan' | 'preview';
  /** Most rows of a table; the rest is counted. */
  readonly rows: number;
}

type Row = PlanDocument['objects'][number];

const signs: Readonly<Record<Row['action'], string>> = {
  create: '➕ created',
  update: '✏️ updated',
  headers: '🏷️ headers only',
  delete: '➖ deleted',
  keep: 'kept',
};
const order: readonly Row['action'][] = ['delete', 'update', 'headers', 'create'];

/** A plan or an outcome: headline, sums by origin, what changes and why, invalidations, price, problems. */
export function renderMarkdown(document: PlanDocument, { did, rows }: MarkdownOptions): string {
  const changed = document.objects.filter(({ action }) => action !== 'keep');
  const parts = [
    `### ${headline(document, changed, did)}`,
    renderAddresses(document),
    ...(changed.length === 0 ? [] : [renderOrigins(document), renderSums(document)]),
    fold(`What changes (${formatCount(changed.length)})`, changed.length === 0 ? '' : renderRows(changed, rows)),
    fold(`Invalidated addresses (${formatCount(countPaths(document))})`, renderPaths(document, rows)),
    renderProblems(document, rows),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** An error: the cause comes first. */
export function renderErrorMarkdown({ error }: ErrorDocument, rows: number): string {
  const place = error.file === undefined ? '' : ` ${code(`${error.file}${error.line ? `:${error.line}` : ''}`)}`;
  const items = error.items.slice(0, rows).map((item) => `- ${code(item)}`);
  const rest = error.items.length - items.length;
  return [
    `### ❌ ${escape(error.title)}: ${escape(error.message)}`,
    `${escape(error.hint)}${place}`,
    [...items, ...(rest > 0 ? [`- … and ${formatCount(rest)} more`] : [])].join('\n'),
    `<sub>${code(error.code)}, exit code ${error.exitCode}</sub>`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function headline({ changes, release }: PlanDocument, changed: readonly Row[], did: MarkdownOptions['did']): string {
  if (changed.length === 0) return `✅ Nothing to do: ${countOf(changes.kept, 'object')} live already`;
  const counts = `${formatCount(changes.created)} created, ${formatCount(changes.updated)} updated, ${formatCount(changes.deleted)} deleted, ${formatCount(changes.kept)} kept`;
  if (did === 'plan' || release === null) return `📝 Plan: ${counts}`;
  return `✅ ${did === 'preview' ? 'Preview' : 'Live'}: ${counts}`;
}

function renderAddresses({ urls, release, preview }: PlanDocument): string {
  if (preview !== undefined)
    return `Look at it: **[${escape(preview.name)}](${preview.link})**, or on ${code(preview.url)} where the DNS has that name. Visitors see ${code(urls.pages)} as before.`;
  const name = release === null ? '' : `Release ${code(release)} · `;
  return `${name}[${escape(urls.pages.replace(/^https?:\/\//, ''))}](${urls.pages}/) · images on ${code(urls.images)} · resources on ${code(urls.resources)}`;
}

function renderOrigins({ objects }: PlanDocument): string {
  const lines = originNames.map((name) => {
    const own = objects.filter(({ origin }) => origin === name);
    const count = (...actions: Row['action'][]) =>
      formatCount(own.filter(({ action }) => actions.includes(action)).length);
    const sent = own.filter(({ action }) => action === 'create' || action === 'update');
    const stored = own.filter(({ action }) => action !== 'delete');
    return `| ${name} | ${count('create')} | ${count('update', 'headers')} | ${count('delete')} | ${count('keep')} | ${sum(sent)} | ${sum(stored)} |`;
  });
  return [
    '| origin | created | updated | deleted | kept | bytes new | bytes in all |',
    '| --- | --: | --: | --: | --: | --: | --: |',
    ...lines,
  ].join('\n');
}

function renderSums({ bytes, cost, invalidations }: PlanDocument): string {
  const paths = originNames.flatMap((name) =>
    invalidations[name].length === 0 ? [] : [`${name} ${formatCount(invalidations[name].length)}`],
  );
  return [
    `**Bytes** ${formatBytes(bytes.source)} in the site, ${formatBytes(bytes.stored)} stored, ${formatBytes(bytes.upload)} to send`,
    `**Invalidations** ${paths.length === 0 ? 'none' : paths.join(', ')}`,
    `**Price** ${escape(describeCost(cost))}`,
  ].join('<br>\n');
}

function renderRows(changed: readonly Row[], rows: number): string {
  const sorted = [...changed].sort((a, b) => order.indexOf(a.action) - order.indexOf(b.action));
  const lines = sorted
    .slice(0, rows)
    .map(
      ({ origin, key, action, reason, size }) =>
        `| ${signs[action]} | ${code(`${origin}/${key}`)} | ${escape(reason)} | ${size === undefined ? '' : formatBytes(size)} |`,
    );
  const rest = sorted.length - lines.length;
  if (rest > 0) lines.push(`| … | and ${formatCount(rest)} more | | |`);
  return ['| | object | why | bytes |', '| --- | --- | --- | --: |', ...lines].join('\n');
}

function renderPaths({ invalidations }: PlanDocument, rows: number): string {
  const paths = originNames.flatMap((name) => invalidations[name].map((path) => `- ${name} ${code(path)}`));
  const rest = paths.length - rows;
  return [...paths.slice(0, rows), ...(rest > 0 ? [`- … and ${formatCount(rest)} more`] : [])].join('\n');
}

function renderProblems({ problems }: PlanDocument, rows: number): string {
  const lines = problems.slice(0, rows).map(({ severity, message, file, line, hint }) => {
    const sign = { error: '❌', warning: '⚠️', note: 'ℹ️' }[severity];
    const place = file === undefined ? '' : `${code(`${file}${line === undefined ? '' : `:${line}`}`)} `;
    return `- ${sign} ${place}${escape(message)}${hint === undefined ? '' : ` ${escape(hint)}`}`;
  });
  const rest = problems.length - lines.length;
  if (rest > 0) lines.push(`- … and ${formatCount(rest)} more`);
  return lines.join('\n');
}

function fold(title: string, content: string): string {
  return content === '' ? '' : `<details><summary>${title}</summary>\n\n${content}\n\n</details>`;
}

function countPaths({ invalidations }: PlanDocument): number {
  return originNames.reduce((count, name) => count + invalidations[name].length, 0);
}

function sum(rows: readonly Row[]): string {
  return formatBytes(rows.reduce((bytes, { size = 0 }) => bytes + size, 0));
}

/** Code inside a table cell: HTML, because a backtick or a bar in a name would end a Markdown one. */
function code(text: string): string {
  return `<code>${escape(text)}</code>`;
}

/** Foreign text: neither Markdown nor HTML, and no mention of anybody. */
function escape(text: string): string {
  return showSafely(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]|#~!@]/g, (character) => `&#${character.charCodeAt(0)};`);
}
