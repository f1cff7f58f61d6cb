/** `releases`: what is kept, who made it, what it changed, and which one is live. */
import { exitCodes } from '../../errors.js';
import { compareReleases, type ReleaseChanges } from '../../release/compareReleases.js';
import type { StoreReader } from '../../release/ports.js';
import { listReleases, readPointer, readRecord } from '../../release/record.js';
import type { Pointer, ReleaseId, ReleaseRecord } from '../../release/release.js';
import { describeReleases, renderReleases, summarizeRelease, type ReleaseSummary } from '../../report/releases.js';
import type { Invocation } from '../action.js';
import { openReadingWorld } from '../world.js';

export async function run(invocation: Invocation): Promise<number> {
  const config = await invocation.loadConfig({ needsSite: false });
  const { world, close } = await openReadingWorld(config, invocation);
  try {
    const reader = world.readers.pages;
    const { pointer } = await readPointer(reader);
    const releases = await summarizeAll(reader, pointer, invocation.signal);
    invocation.report(
      () => describeReleases(releases, pointer),
      () => renderReleases(releases, invocation.terminal.look),
    );
    return exitCodes.done;
  } finally {
    await close();
  }
}

/** So many records are kept in memory to compare the next ones with: unfinished ones may stand between two. */
const recent = 4;

/** Newest first. */
async function summarizeAll(reader: StoreReader, pointer: Pointer, signal: AbortSignal): Promise<ReleaseSummary[]> {
  const ids: ReleaseId[] = [];
  for await (const id of listReleases(reader)) ids.push(id);
  const known: ReleaseRecord[] = [];
  const summaries: ReleaseSummary[] = [];
  for (const id of ids) {
    signal.throwIfAborted();
    const record = await readRecord(reader, id);
    summaries.push(summarizeRelease(record, pointer, findChanges(record, known)));
    known.push(record);
    if (known.length > recent) known.shift();
  }
  return summaries.reverse();
}

/** Null when the record before is not kept any more. */
function findChanges(record: ReleaseRecord, known: readonly ReleaseRecord[]): ReleaseChanges | null {
  if (record.previous === null) return compareReleases(null, record);
  const before = known.find(({ id }) => id === record.previous);
  return before === undefined ? null : compareReleases(before, record);
}
