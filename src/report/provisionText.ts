/** What provisioning will do, did, and found, for a person. */
import type { ProvisionAction } from '../events.js';
import type { ProvisionOutcome } from '../provision/apply.js';
import type { ProvisionChange, ProvisionPlan } from '../provision/plan.js';
import type { Difference } from '../provision/resource.js';
import { countOf, formatDuration, formatUsd } from './amounts.js';
import { renderProblems } from './problems.js';
import { provisionVerbs } from './provisionVerbs.js';
import { joinBlocks, measureWidth, pad, paint, shorten, showSafely, wrap, type Look } from './text.js';

const actions: readonly ProvisionAction[] = ['create', 'update', 'wait', 'remove', 'keep'];

/** The whole plan. */
export function renderProvisionPlan(plan: ProvisionPlan, look: Look): string {
  return joinBlocks([
    plan.empty ? renderNothing(plan, look) : renderTotals(plan, look),
    renderChanges(plan.changes, look, ({ action }) => action !== 'keep' || look.verbose),
    renderForeign(plan.changes, look),
    renderMonthly(plan, look),
    renderProblems(plan.problems, look),
  ]);
}

/** What there is: every resource with its id, and what differs from what it should be. */
export function renderProvisionStatus(plan: ProvisionPlan, look: Look): string {
  const { keep, create, update, wait } = plan.totals;
  const sentence = [
    `${countOf(keep, 'resource')} as it should be`.replace(/resources as it/, 'resources as they'),
    ...(update > 0 ? [`${update} changed by somebody else, or not yet as the configuration says`] : []),
    ...(create > 0 ? [`${create} missing`] : []),
    ...(wait > 0 ? [`${wait} not ready yet`] : []),
  ].join(', ');
  const sign = plan.empty ? paint(look, 'green', '✓') : paint(look, 'yellow', '!');
  return joinBlocks([
    `${sign} ${paint(look, 'bold', sentence)}`,
    renderChanges(plan.changes, look, () => true),
    renderForeign(plan.changes, look),
    renderMonthly(plan, look),
    renderProblems(plan.problems, look),
  ]);
}

/** What was done. */
export function renderProvisionOutcome(outcome: ProvisionOutcome, look: Look): string {
  const { plan, steps, waiting, problems, milliseconds } = outcome;
  const took = paint(look, 'dim', `(${formatDuration(milliseconds)})`);
  const did = actions.flatMap((action) => {
    const count = steps.filter((step) => step.action === action).length;
    return count > 0 && action !== 'keep' && action !== 'wait' ? [`${count} ${provisionVerbs[action].done}`] : [];
  });
  const kept = `${plan.totals.keep} as before`;
  const sentence = did.length === 0 ? `Nothing to do: ${countOf(plan.totals.keep, 'resource')} as before` : '';
  const heading = sentence === '' ? `Done: ${[...did, kept].join(', ')}` : sentence;
  const sign = waiting.length === 0 ? paint(look, 'green', '✓') : paint(look, 'yellow', '…');
  return joinBlocks([
    `${sign} ${paint(look, 'bold', heading)} ${took}`,
    renderWaiting(waiting, look),
    renderForeign(plan.changes, look),
    renderProblems([...plan.problems, ...problems], look),
  ]);
}

function renderNothing(plan: ProvisionPlan, look: Look): string {
  const kept = `: ${countOf(plan.totals.keep, 'resource')} there already`;
  return `${paint(look, 'green', '✓')} ${paint(look, 'bold', 'Nothing to do')}${kept}`;
}

function renderTotals(plan: ProvisionPlan, look: Look): string {
  const counts = actions.flatMap((action) => {
    const { sign, tone, planned } = provisionVerbs[action];
    return plan.totals[action] > 0 ? [paint(look, tone, `${sign} ${plan.totals[action]} ${planned}`)] : [];
  });
  return `${paint(look, 'bold', 'Plan')}\n${counts.join('   ')}`;
}

function renderChanges(
  changes: readonly ProvisionChange[],
  look: Look,
  isShown: (change: ProvisionChange) => boolean,
): string {
  const shown = changes.filter(isShown);
  const widest = Math.max(0, ...shown.map(({ name }) => measureWidth(name)));
  return shown.map((change) => renderChange(change, Math.min(widest, 40), look)).join('\n');
}

function renderChange(change: ProvisionChange, nameWidth: number, look: Look): string {
  const { action, name, id, reason, differences, todo } = change;
  const { sign, tone } = provisionVerbs[action];
  const ours = differences.filter(({ owner }) => owner === 'ours');
  // The differences below say more than their list of names.
  const why = action === 'update' ? '' : action === 'keep' ? '' : showSafely(reason);
  const facts = [id === undefined ? '' : showSafely(id), why].filter((fact) => fact !== '').join('  ');
  const head = `${paint(look, tone, sign)} ${paint(look, 'bold', pad(showSafely(name), nameWidth))}  `;
  const room = Math.max(20, look.width - nameWidth - 4);
  return [
    `${head}${paint(look, 'dim', shorten(facts, room))}`.trimEnd(),
    ...ours.map((difference) => renderDifference(difference, look)),
    ...todo.map((line) => `      ${showSafely(line)}`),
  ].join('\n');
}

function renderDifference({ setting, from, to }: Difference, look: Look): string {
  const change = [from === undefined ? 'not set' : showSafely(from), to === undefined ? 'none' : showSafely(to)];
  return wrap(
    `${setting}: ${paint(look, 'dim', change[0] ?? '')} -> ${change[1] ?? ''}`,
    look.width,
    '      ',
    '        ',
  );
}

function renderForeign(changes: readonly ProvisionChange[], look: Look): string {
  const rows = changes.flatMap(({ name, differences }) =>
    differences
      .filter(({ owner }) => owner === 'foreign')
      .map(({ setting, from }) => {
        const value = from === undefined ? '' : `: ${showSafely(from)}`;
        return wrap(`${showSafely(name)}: ${showSafely(setting)}${value}`, look.width, '    ', '      ');
      }),
  );
  return rows.length === 0 ? '' : [paint(look, 'bold', 'Made by somebody else, and left alone'), ...rows].join('\n');
}

function renderWaiting(waiting: readonly ProvisionChange[], look: Look): string {
  const rows = waiting.flatMap(({ name, reason, todo }) => [
    `    ${showSafely(name)} ${showSafely(reason)}`,
    ...todo.map((line) => `      ${paint(look, 'cyan', showSafely(line))}`),
  ]);
  return rows.length === 0
    ? ''
    : [paint(look, 'bold', 'Waits for you; then run the same command again'), ...rows].join('\n');
}

function renderMonthly({ monthly, changes }: ProvisionPlan, look: Look): string {
  const prices = changes.flatMap(({ action, monthly: own }) => (action === 'remove' ? [] : own));
  const before = monthly.now === monthly.then ? '' : ` (now ${formatUsd(monthly.now)})`;
  const what = prices.filter(({ usd }) => usd > 0).map(({ what, usd }) => `${what} ${formatUsd(usd)}`);
  const parts = what.length === 0 ? 'nothing here has a fixed price' : what.join(', ');
  const text = `${formatUsd(monthly.then)} a month fixed${before}: ${parts}; use comes on top`;
  return wrap(text, look.width, `${paint(look, 'bold', 'Price')}  `, '       ');
}
