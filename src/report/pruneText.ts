/** What a prune lets go of, and why. */
import type { PrunedObject, PrunePlan } from '../release/prune.js';
import { countOf, formatBytes, formatCount } from './amounts.js';
import type { PruneDocument } from './operationDocuments.js';
import { joinBlocks, pad, paint, shorten, showSafely, type Look } from './text.js';

/** Objects per reason without --verbose. */
const shownObjects = 5;

/** `prune --json`. */
export function describePrune(
  { objects, releases, bytes, live }: Pick<PrunePlan, 'objects' | 'releases' | 'bytes' | 'live'>,
  applied: boolean,
): PruneDocument {
  return {
    version: 1,
    live: live?.id ?? null,
    applied,
    releases: [...releases],
    bytes,
    objects: objects.map(({ origin, key, size, reason }) => ({ origin, key, size, reason })),
  };
}

export function renderPrune(
  { objects, releases, bytes }: Pick<PrunePlan, 'objects' | 'releases' | 'bytes'>,
  applied: boolean,
  look: Look,
): string {
  const tick = paint(look, 'green', '✓');
  if (objects.length === 0 && releases.length === 0)
    return `${tick} ${paint(look, 'bold', 'Nothing to let go')}: everything is in use, or was until not long ago`;
  const what = `${countOf(objects.length, 'object')} (${formatBytes(bytes)}) and ${countOf(releases.length, 'release')}`;
  const headline = applied
    ? `${tick} ${paint(look, 'bold', 'Let go')}: ${what}`
    : `${paint(look, 'bold', 'Would let go')}: ${what}`;
  const byReason = new Map<string, PrunedObject[]>();
  for (const object of objects) byReason.set(object.reason, [...(byReason.get(object.reason) ?? []), object]);
  const groups = [...byReason].map(([reason, group]) => renderGroup(reason, group, look));
  const gone = releases.length === 0 ? '' : `Cannot be rolled back to any more: ${releases.join(', ')}`;
  return joinBlocks([headline, ...groups, gone]);
}

function renderGroup(reason: string, group: readonly PrunedObject[], look: Look): string {
  const shown = look.verbose ? group : group.slice(0, shownObjects);
  const rows = shown.map(
    ({ origin, key, size }) =>
      `    ${paint(look, 'dim', pad(origin, 9))}  ${pad(size === 0 ? '' : formatBytes(size), 8, 'left')}  ${shorten(showSafely(key), Math.max(12, look.width - 25))}`,
  );
  const rest = group.length - shown.length;
  if (rest > 0) rows.push(paint(look, 'dim', `    … and ${formatCount(rest)} more (--verbose shows all)`));
  return [
    `${paint(look, 'red', '-')} ${reason} ${paint(look, 'dim', `(${countOf(group.length, 'object')})`)}`,
    ...rows,
  ].join('\n');
}
