/** Whether whoever holds the lock is still at work. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDead, readLock, type SeenLock } from './lock.js';
import type { World } from './ports.js';

export type HolderState =
  /** Died on this machine, or did not rewrite the lock for as long as it promised. */
  | 'gone'
  /** Rewrote the lock while it was being watched. */
  | 'alive'
  /** Gave the lock back while it was being watched. */
  | 'done';

/**
 * Watches a lock for as long as its holder may be silent.
 * @param seen the lock when the watch began.
 * @param every milliseconds between two looks.
 */
export async function watchLock(world: World, seen: SeenLock, every = 1000): Promise<HolderState> {
  if (isDead(seen.content, world)) return 'gone';
  const until = performance.now() + (seen.content?.seconds ?? unreadableSeconds) * 1000;
  while (performance.now() < until) {
    await sleep(Math.min(every, Math.max(1, until - performance.now())), undefined, { signal: world.signal });
    const now = await readLock(world.stores.pages);
    if (now === null) return 'done';
    if (now.etag !== seen.etag) return 'alive';
  }
  return 'gone';
}

/** How long a lock that cannot be understood is respected: as long as one of ours. */
const unreadableSeconds = 30;
