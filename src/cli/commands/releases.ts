/** `releases`: what is kept, and which one is live. */
import { exitCodes } from '../../errors.js';
import { listReleases, readPointer, readRecord } from '../../release/record.js';
import type { ReleaseId, ReleaseRecord } from '../../release/release.js';
import { describeReleases, renderReleases } from '../../report/releases.js';
import type { Invocation } from '../action.js';
import { openReadingWorld } from '../world.js';

export async function run(invocation: Invocation): Promise<number> {
  const config = await invocation.loadConfig({ needsSite: false });
  const { world, close } = await openReadingWorld(config, invocation);
  try {
    const reader = world.readers.pages;
    const { pointer } = await readPointer(reader);
    const ids: ReleaseId[] = [];
    for await (const id of listReleases(reader)) ids.push(id);
    const records: ReleaseRecord[] = [];
    for (const id of ids.reverse()) {
      invocation.signal.throwIfAborted();
      records.push(await readRecord(reader, id));
    }
    invocation.report(
      () => describeReleases(records, pointer),
      () => renderReleases(records, pointer, invocation.terminal.look),
    );
    return exitCodes.done;
  } finally {
    await close();
  }
}
