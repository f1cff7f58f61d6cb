/** The releases that are kept, newest first. */
import { originNames } from '../build/build.js';
import type { Pointer, ReleaseRecord } from '../release/release.js';
import { countOf, formatBytes, formatCount } from './amounts.js';
import { pad, paint, showSafely, shorten, type Look } from './text.js';

const shownReleases = 20;

/** `releases --json`. */
export function describeReleases(records: readonly ReleaseRecord[], pointer: Pointer): object {
  return {
    version: 1,
    live: pointer.live,
    releases: records.map((record) => ({
      id: record.id,
      state: stateOf(record, pointer),
      createdAt: record.createdAt,
      publisher: record.publisher,
      previous: record.previous,
      objects: countObjects(record),
      bytes: countBytes(record),
      urls: record.urls,
    })),
  };
}

export function renderReleases(records: readonly ReleaseRecord[], pointer: Pointer, look: Look): string {
  if (records.length === 0) return 'Nothing has been published here yet.';
  const shown = look.verbose ? records : records.slice(0, shownReleases);
  const lines = shown.map((record) => {
    const state = stateOf(record, pointer);
    const mark =
      state === 'live' ? paint(look, 'green', '●') : state === 'unfinished' ? paint(look, 'yellow', '○') : ' ';
    const { user, host, commit } = record.publisher;
    const who = showSafely(`${user} on ${host}${commit === undefined ? '' : `, ${commit.slice(0, 10)}`}`);
    const size = `${pad(countOf(countObjects(record), 'object'), 14, 'left')}  ${pad(formatBytes(countBytes(record)), 7, 'left')}`;
    const note = state === 'kept' ? '' : `  ${state}`;
    return `${mark} ${record.id}  ${size}  ${paint(look, 'dim', shorten(who, Math.max(12, look.width - 66)))}${note}`;
  });
  if (shown.length < records.length)
    lines.push(paint(look, 'dim', `  … and ${formatCount(records.length - shown.length)} more (--verbose shows all)`));
  return lines.join('\n');
}

function stateOf({ id }: ReleaseRecord, pointer: Pointer): 'live' | 'unfinished' | 'kept' {
  if (id === pointer.live) return 'live';
  return pointer.unfinished.includes(id) ? 'unfinished' : 'kept';
}

function countObjects({ objects }: ReleaseRecord): number {
  return originNames.reduce((sum, origin) => sum + objects[origin].length, 0);
}

function countBytes({ objects }: ReleaseRecord): number {
  return originNames.reduce((sum, origin) => sum + objects[origin].reduce((bytes, { size }) => bytes + size, 0), 0);
}
