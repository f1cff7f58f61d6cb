/** The plan as a table: what changes and why, what is invalidated, bytes before and after, the price. */
import { originNames } from '../build/build.js';
import type { Action, Change, Cost, Plan } from '../release/release.js';
import { compareBytes, countOf, formatBytes, formatCount, formatUsd } from './amounts.js';
import { renderProblemsBriefly } from './problems.js';
import { joinBlocks, pad, paint, showSafely, shorten, wrap, type Look, type Tone } from './text.js';

const kinds: readonly (readonly [Exclude<Action, 'keep'>, sign: string, heading: string, Tone])[] = [
  ['create', '+', 'created', 'green'],
  ['update', '~', 'updated', 'yellow'],
  ['headers', '≈', 'headers only', 'cyan'],
  ['delete', '-', 'deleted', 'red'],
];
/** Rows per reason, and paths per origin, without --verbose. */
const shownRows = 8;

/** The whole plan for a person. */
export function renderPlan(plan: Plan, look: Look): string {
  return joinBlocks([
    renderTotals(plan, look),
    ...kinds.map((kind) => renderChanges(plan, kind, look)),
    renderInvalidations(plan, look),
    renderSums(plan, look),
    renderProblemsBriefly(plan.problems, look),
  ]);
}

/** The lines about bytes and price. */
function renderSums(plan: Plan, look: Look): string {
  const { source, stored, upload } = plan.bytes;
  const loaded = countLoadedBytes(plan.changes);
  const rows: [string, string][] = [
    [
      'Bytes',
      `${formatBytes(source)} in the site, ${formatBytes(loaded)} as browsers load it (${compareBytes(source, loaded)})`,
    ],
    ['', `${formatBytes(stored)} stored with every encoding and original, ${formatBytes(upload)} to send now`],
    ['Price', describeCost(plan.cost)],
  ];
  return rows
    .map(([name, text]) => wrap(text, look.width, `${paint(look, 'bold', pad(name, 6))} `, '       '))
    .join('\n');
}

/** The price in one sentence. */
export function describeCost({ puts, gets, invalidationPaths, usd, usdBeyondFreePaths }: Cost): string {
  const requests = `${countOf(puts, 'write')}, ${countOf(gets, 'read')}`;
  if (invalidationPaths === 0) return `${formatUsd(usd)} (${requests}, no invalidation)`;
  const paths = `${countOf(invalidationPaths, 'invalidation path')}: free up to 1,000 a month, else ${formatUsd(usdBeyondFreePaths)}`;
  return `${formatUsd(usd)} (${requests}; ${paths})`;
}

/** Bytes of everything once, in the smallest form that is stored: what a browser with every encoding would load. */
function countLoadedBytes(changes: readonly Change[]): number {
  const smallest = new Map<string, number>();
  // The copy at an asset's own path is not counted beside the asset itself.
  const moved = new Set(changes.flatMap(({ object }) => (object?.stage === 'asset' ? [object.path] : [])));
  for (const { object } of changes) {
    if (object === undefined || (object.stage === 'original' && moved.has(object.path))) continue;
    smallest.set(object.path, Math.min(smallest.get(object.path) ?? Infinity, object.size));
  }
  let sum = 0;
  for (const size of smallest.values()) sum += size;
  return sum;
}

function renderTotals(plan: Plan, look: Look): string {
  if (plan.empty)
    return `${paint(look, 'green', '✓')} ${paint(look, 'bold', 'Nothing to do')}: ${countOf(plan.totals.kept, 'object')} live already${
      plan.previous === null ? '' : paint(look, 'dim', ` as release ${plan.previous}`)
    }`;
  const counts = kinds.flatMap(([action, sign, heading, tone]) => {
    const count = plan.changes.filter((change) => change.action === action).length;
    return count > 0 ? [paint(look, tone, `${sign} ${formatCount(count)} ${heading}`)] : [];
  });
  counts.push(paint(look, 'dim', `${formatCount(plan.totals.kept)} kept`));
  const after = plan.previous === null ? 'the first release' : `after ${plan.previous}`;
  const retained = originNames.reduce((sum, origin) => sum + plan.retained[origin].length, 0);
  const older =
    retained === 0
      ? ''
      : `\n${paint(look, 'dim', `${countOf(retained, 'older object')} ${retained === 1 ? 'stays' : 'stay'} for pages that are still open somewhere`)}`;
  const resumes = plan.resumes ? ', finishes an interrupted one' : '';
  const name = plan.rollbackOf === undefined ? 'Plan' : `Roll back to ${plan.rollbackOf}`;
  return `${paint(look, 'bold', name)} ${paint(look, 'dim', `(${after}${resumes})`)}\n${counts.join('   ')}${older}`;
}

function renderChanges(plan: Plan, kind: (typeof kinds)[number], look: Look): string {
  const [action, sign, heading, tone] = kind;
  const byReason = new Map<string, Change[]>();
  for (const change of plan.changes) {
    if (change.action !== action) continue;
    const group = byReason.get(change.reason);
    if (group === undefined) byReason.set(change.reason, [change]);
    else group.push(change);
  }
  if (byReason.size === 0) return '';
  const lines: string[] = [];
  // A reason of its own for every object would make as many headings as rows.
  const groups = [...byReason].sort((a, b) => b[1].length - a[1].length);
  const few = groups.filter(([, group]) => group.length > 1);
  const single = groups.filter(([, group]) => group.length === 1).flatMap(([, group]) => group);
  for (const [reason, group] of few) {
    lines.push(
      `${paint(look, tone, sign)} ${paint(look, 'bold', heading)}  ${showSafely(reason)} ${paint(look, 'dim', `(${countOf(group.length, 'object')})`)}`,
    );
    lines.push(...listRows(group, look, false));
  }
  if (single.length > 0) {
    lines.push(`${paint(look, tone, sign)} ${paint(look, 'bold', heading)}`);
    lines.push(...listRows(single, look, true));
  }
  return lines.join('\n');
}

/** Columns before the name: margin, origin, size. */
const lead = 4 + 9 + 2 + 8 + 2;

function listRows(changes: readonly Change[], look: Look, withReason: boolean): readonly string[] {
  const shown = look.verbose ? changes : changes.slice(0, shownRows);
  const rows = shown.map(({ origin, key, object, before, reason }) => {
    const size = object?.size ?? before?.size;
    const start = `    ${paint(look, 'dim', pad(origin, 9))}  ${pad(size === undefined ? '' : formatBytes(size), 8, 'left')}  `;
    return start + joinNameAndReason(key, withReason ? reason : '', look, lead);
  });
  return changes.length > shown.length ? [...rows, more(changes.length - shown.length, look)] : rows;
}

/** Beside each other where there is room, else the reason below the name. */
function joinNameAndReason(name: string, reason: string, look: Look, indent: number): string {
  const room = Math.max(12, look.width - indent);
  if (reason === '') return shorten(showSafely(name), room);
  if (room < 50)
    return `${shorten(showSafely(name), room)}\n${' '.repeat(indent)}${paint(look, 'dim', shorten(showSafely(reason), room))}`;
  const half = Math.floor((room - 2) / 2);
  return `${shorten(showSafely(name), half)}  ${paint(look, 'dim', shorten(showSafely(reason), half))}`;
}

function renderInvalidations(plan: Plan, look: Look): string {
  const lines = originNames.flatMap((origin) => {
    const paths = plan.invalidations[origin];
    const shown = look.verbose ? paths : paths.slice(0, shownRows);
    const rows = shown.map(
      ({ path, reason }) => `    ${paint(look, 'dim', pad(origin, 9))}  ${joinNameAndReason(path, reason, look, 15)}`,
    );
    return paths.length > shown.length ? [...rows, more(paths.length - shown.length, look)] : rows;
  });
  return lines.length === 0 ? '' : [paint(look, 'bold', 'Invalidations'), ...lines].join('\n');
}

function more(count: number, look: Look): string {
  return paint(look, 'dim', `    … and ${formatCount(count)} more (--verbose shows all)`);
}
