/** The releases that are kept, newest first. */
import { originNames } from '../build/build.js';
import type { ReleaseChanges } from '../release/compareReleases.js';
import type { Pointer, ReleaseRecord } from '../release/release.js';
import { countOf, formatBytes, formatCount } from './amounts.js';
import type { ReleasesDocument } from './operationDocuments.js';
import { pad, paint, showSafely, shorten, wrap, type Look } from './text.js';

const shownReleases = 20;

/** A release without its objects. */
export type ReleaseSummary = ReleasesDocument['releases'][number];

/** @param changes null when the record before is not kept any more. */
export function summarizeRelease(
  record: ReleaseRecord,
  pointer: Pointer,
  changes: ReleaseChanges | null,
): ReleaseSummary {
  const { id, createdAt, publisher, previous, rollbackOf, objects, urls, preview } = record;
  const sizes = originNames.flatMap((origin) => objects[origin].map(({ size }) => size));
  return {
    id,
    state:
      id === pointer.live
        ? 'live'
        : preview !== undefined
          ? 'preview'
          : pointer.unfinished.includes(id)
            ? 'unfinished'
            : 'kept',
    createdAt,
    publisher,
    previous,
    ...(rollbackOf === undefined ? {} : { rollbackOf }),
    changes,
    objects: sizes.length,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    urls,
  };
}

/** `releases --json`. */
export function describeReleases(releases: readonly ReleaseSummary[], pointer: Pointer): ReleasesDocument {
  return { version: 1, live: pointer.live, releases: [...releases] };
}

export function renderReleases(releases: readonly ReleaseSummary[], look: Look): string {
  if (releases.length === 0) return 'Nothing has been published here yet.';
  const shown = look.verbose ? releases : releases.slice(0, shownReleases);
  const lines = shown.map((release) => renderRelease(release, look));
  if (shown.length < releases.length)
    lines.push(paint(look, 'dim', `  … and ${formatCount(releases.length - shown.length)} more (--verbose shows all)`));
  return lines.join('\n');
}

/** The release and its size, and below it who made it and what it changed. */
function renderRelease(
  { id, state, createdAt, publisher, rollbackOf, changes, objects, bytes }: ReleaseSummary,
  look: Look,
): string {
  const mark = {
    live: paint(look, 'green', '●'),
    unfinished: paint(look, 'yellow', '○'),
    preview: paint(look, 'cyan', '◌'),
    kept: ' ',
  }[state];
  const size = `${pad(countOf(objects, 'object'), 14, 'left')}  ${pad(formatBytes(bytes), 7, 'left')}`;
  const notes = [
    ...(state === 'kept' ? [] : [state]),
    ...(rollbackOf === undefined ? [] : [`rolled back to ${rollbackOf}`]),
  ];
  const { user, host, commit, run } = publisher;
  const facts = [
    `${createdAt.slice(0, 16).replace('T', ' ')} UTC`,
    shorten(showSafely(`${user} on ${host}`), 40),
    ...(commit === undefined ? [] : [`commit ${showSafely(commit.slice(0, 10))}`]),
    ...(run === undefined ? [] : [`run ${run.number}${run.attempt === 1 ? '' : `.${run.attempt}`}`]),
    changes === null ? 'changes unknown: the one before is gone' : renderChanges(changes),
  ];
  const note = notes.length === 0 ? '' : `  ${notes.join(', ')}`;
  return `${mark} ${id}  ${size}${note}\n${paint(look, 'dim', wrap(facts.join(' · '), look.width, '    '))}`;
}

function renderChanges({ created, updated, removed }: ReleaseChanges): string {
  const parts = [
    ...(created > 0 ? [`${formatCount(created)} created`] : []),
    ...(updated > 0 ? [`${formatCount(updated)} updated`] : []),
    ...(removed > 0 ? [`${formatCount(removed)} removed`] : []),
  ];
  return parts.length === 0 ? 'no object changed' : parts.join(', ');
}
