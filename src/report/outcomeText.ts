/** What a publish did, for a person: the release, what was sent, the three addresses. */
import { originNames, type OriginName } from '../build/build.js';
import type { Preview } from '../release/applyPreview.js';
import type { Change, Outcome } from '../release/release.js';
import { countOf, formatBytes, formatDuration } from './amounts.js';
import { renderProblemsBriefly } from './problems.js';
import { describeCost } from './planText.js';
import { joinBlocks, pad, paint, showSafely, wrap, type Look } from './text.js';

const shownHealed = 10;

/** The outcome; problems of the plan and of applying it follow the good news. */
export function renderOutcome(outcome: Outcome, look: Look): string {
  const { plan } = outcome;
  return joinBlocks([
    renderHeadline(outcome, look),
    renderAddresses(plan.urls, look),
    renderProblemsBriefly([...plan.problems, ...outcome.problems], look),
  ]);
}

/** What a preview is and where to look at it. */
export function renderPreview(outcome: Outcome & { readonly preview: Preview }, look: Look): string {
  const { preview, plan, verified, milliseconds } = outcome;
  const took = paint(look, 'dim', `(${formatDuration(milliseconds)})`);
  const parts = [
    `${plan.totals.created} created, ${plan.totals.kept} kept, ${formatBytes(plan.bytes.upload)} sent`,
    ...(verified > 0 ? [`${countOf(verified, 'object')} verified through the public addresses`] : []),
    'Visitors still get what was live before.',
  ];
  const heading = `${paint(look, 'green', '✓')} ${paint(look, 'bold', `Preview ${preview.name}: release ${plan.release}`)} ${took}`;
  return joinBlocks([
    [heading, ...parts.map((part) => wrap(part, look.width, '  ', '    '))].join('\n'),
    [`  address  ${paint(look, 'cyan', preview.url)}`, `  link     ${paint(look, 'cyan', preview.link)}`].join('\n'),
    renderProblemsBriefly([...plan.problems, ...outcome.problems], look),
  ]);
}

/** The three public addresses. */
export function renderAddresses(urls: Readonly<Record<OriginName, string>>, look: Look): string {
  const order: readonly OriginName[] = ['pages', ...originNames.filter((name) => name !== 'pages')];
  return order.map((name) => `  ${pad(name, 9)}  ${paint(look, 'cyan', `${urls[name]}/`)}`).join('\n');
}

function renderHeadline({ plan, release, verified, invalidations, pruned, milliseconds }: Outcome, look: Look): string {
  const tick = paint(look, 'green', '✓');
  const took = formatDuration(milliseconds);
  const live = release ?? plan.previous;
  if (plan.empty) {
    const unchanged = `Nothing to do: ${countOf(plan.totals.kept, 'object')} live already`;
    return `${tick} ${paint(look, 'bold', unchanged)}${paint(look, 'dim', `${live === null ? '' : ` as release ${live}`} (${took})`)}`;
  }
  const { created, updated, deleted, kept } = plan.totals;
  const healed = plan.changes.filter(({ drift }) => drift !== undefined);
  const parts = [
    ...(healed.length > 0 ? [describeHealed(healed, look)] : []),
    `${created} created, ${updated} updated, ${deleted} deleted, ${kept} kept`,
    `${formatBytes(plan.bytes.upload)} sent`,
    ...(verified > 0 ? [`${countOf(verified, 'object')} verified through the public addresses`] : []),
    ...(invalidations.length > 0 ? [describeInvalidations(plan.cost.invalidationPaths, invalidations)] : []),
    ...(pruned === undefined ? [] : [describePruned(pruned)]),
    describeCost(plan.cost),
  ];
  const back = plan.rollbackOf === undefined ? '' : `, ${plan.rollbackOf} again`;
  const heading = `${tick} ${paint(look, 'bold', `Live: release ${live ?? ''}${back}`)} ${paint(look, 'dim', `(${took})`)}`;
  return [heading, ...parts.map((part) => wrap(part, look.width, '  ', '    '))].join('\n');
}

/** What other hands had done to the stores, and this publish undid. */
function describeHealed(healed: readonly Change[], look: Look): string {
  const shown = look.verbose ? healed : healed.slice(0, shownHealed);
  const names = shown.map(({ origin, key, reason }) => `${origin}/${showSafely(key)} (${reason})`);
  if (shown.length < healed.length) names.push(`${healed.length - shown.length} more (--verbose shows all)`);
  return `${countOf(healed.length, 'object')} put right: ${names.join(', ')}`;
}

function describeInvalidations(paths: number, invalidations: Outcome['invalidations']): string {
  const running = invalidations.filter(({ completed }) => !completed).map(({ origin, id }) => `${origin} ${id}`);
  return `${countOf(paths, 'path')} invalidated${running.length === 0 ? '' : `, in progress: ${running.join(', ')}`}`;
}

function describePruned({ objects, bytes, releases }: NonNullable<Outcome['pruned']>): string {
  return `${countOf(objects, 'old object')} let go (${formatBytes(bytes)}), with ${countOf(releases, 'release')}`;
}
