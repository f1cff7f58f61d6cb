/** `unlock`: says who holds the lock, and removes one that was left behind. */
import { PublishError, exitCodes } from '../../errors.js';
import { breakLock, readLock, type LockContent, type SeenLock } from '../../release/lock.js';
import type { World } from '../../release/ports.js';
import { watchLock, type HolderState } from '../../release/watchLock.js';
import { describeLock, renderLock, renderUnlocked } from '../../report/lockText.js';
import type { Invocation } from '../action.js';
import { ask, canAsk } from '../ask.js';
import { openWorld } from '../world.js';

export async function run(invocation: Invocation): Promise<number> {
  const { options, terminal, signal } = invocation;
  const config = await invocation.loadConfig({ needsSite: false });
  // Nothing is fetched through the CDN: no local edge has to run.
  const { world, close } = await openWorld({ ...config, verify: { sample: 0 } }, invocation);
  try {
    const { pages } = world.stores;
    const seen = await readLock(pages);
    if (seen === null || options.dryRun === true) {
      tell(invocation, seen?.content, { held: seen !== null, removed: false });
      return exitCodes.done;
    }
    const held = renderLock(seen.content, terminal.errorLook, world.clock());
    terminal.note(held);
    const state = options.force === true ? 'gone' : await watch(world, seen, invocation);
    if (state === 'done') {
      tell(invocation, seen.content, { held: false, removed: false });
      return exitCodes.done;
    }
    if (options.yes !== true) {
      if (!canAsk())
        throw new PublishError('usage', 'nobody can be asked here', { hint: 'Pass --yes to remove the lock.' });
      if (!(await ask('Remove the lock?', signal))) {
        tell(invocation, seen.content, { held: true, removed: false });
        return exitCodes.done;
      }
    }
    // By force whatever is there goes; else only what was watched: whoever lives has rewritten it since.
    const removed = (await breakLock(pages, options.force === true ? undefined : seen.etag)) !== null;
    if (!removed && (await readLock(pages)) !== null) throw alive(seen.content);
    tell(invocation, seen.content, { held: false, removed });
    return exitCodes.done;
  } finally {
    await close();
  }
}

async function watch(world: World, seen: SeenLock, { terminal }: Invocation): Promise<HolderState> {
  terminal.note('Watching whether it is renewed …');
  const state = await watchLock(world, seen);
  if (state === 'alive') throw alive(seen.content);
  return state;
}

function alive(content: LockContent | null): PublishError {
  const who = content === null ? 'the holder of the lock' : `${content.user} on ${content.host}`;
  return new PublishError('locked', `${who} is alive and publishing`, {
    hint: 'Let it finish. --force removes the lock all the same: that publisher then stops before its next page.',
  });
}

function tell(
  { report, terminal }: Invocation,
  content: LockContent | null | undefined,
  outcome: { readonly held: boolean; readonly removed: boolean },
): void {
  report(
    () => describeLock(content, outcome),
    () =>
      outcome.held
        ? renderLock(content ?? null, terminal.look, new Date())
        : renderUnlocked(outcome.removed, terminal.look),
  );
}
