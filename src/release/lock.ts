/**
 * One publisher at a time. The lock is an object created conditionally and rewritten while its holder lives; a lock that
 * is not rewritten for as long as it promised belongs to nobody. Only the observer's own clock counts, so that clocks
 * that differ can neither steal a lock nor keep one.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { PublishError } from '../errors.js';
import { lacksConditionalWrites } from './capabilities.js';
import { lockKey } from './keys.js';
import { ConditionFailed, type ObjectStore, type StoreReader, type World } from './ports.js';

const lockSchema = z.object({
  version: z.literal(1),
  owner: z.string(),
  user: z.string(),
  host: z.string(),
  machine: z.string(),
  pid: z.int(),
  startedAt: z.string(),
  /** A holder that lives rewrites the lock well within this time. */
  seconds: z.number().positive(),
  renewals: z.int().min(0),
});
export type LockContent = z.output<typeof lockSchema>;

export interface SeenLock {
  readonly etag: string;
  /** Null when it cannot be understood. */
  readonly content: LockContent | null;
}

export interface LockOptions {
  /** How long a silent lock is respected. */
  readonly seconds?: number;
  /** Wait for another publisher to finish instead of giving up. */
  readonly wait: boolean;
}

/** Checked before every write that visitors can see. */
export interface Fence {
  /**
   * Resolves at once while the lock was renewed lately. After a delay (a busy machine, a slow store) it renews it first:
   * a conditional write that succeeds proves that nobody took the lock in the meantime.
   * @throws PublishError `locked` when the lock may no longer be ours.
   */
  assertHeld(): Promise<void>;
}

export interface Lock extends Fence {
  /** Gives the lock up, if it is still ours. */
  release(): Promise<void>;
}

const defaultSeconds = 30;
const headers = { contentType: 'application/json', cacheControl: 'no-store' };

/**
 * Takes the lock of a site.
 * @throws PublishError `locked` (exit code 10) when another publisher holds it and is alive.
 */
export async function acquireLock(world: World, options: LockOptions): Promise<Lock> {
  const store = world.stores.pages;
  const seconds = options.seconds ?? defaultSeconds;
  const content: LockContent = {
    version: 1,
    owner: randomUUID(),
    user: world.publisher.user,
    host: world.publisher.host,
    machine: world.process.machine,
    pid: world.process.pid,
    startedAt: world.clock().toISOString(),
    seconds,
    renewals: 0,
  };
  let seen: { readonly etag: string; readonly since: number } | undefined;
  for (;;) {
    const etag = await tryPut(store, content, { absent: true });
    if (etag !== null && (await isStillOurs(store, content))) return keep(store, content, etag, seconds);
    const held = await readLock(store);
    if (held === null) continue;
    const now = performance.now();
    if (seen !== undefined && seen.etag !== held.etag && !options.wait) throw lockedBy(held.content);
    if (seen?.etag !== held.etag) seen = { etag: held.etag, since: now };
    if (isDead(held.content, world) || now - seen.since > (held.content?.seconds ?? seconds) * 1000) {
      const taken = await tryPut(store, content, { etag: held.etag });
      if (taken !== null && (await isStillOurs(store, content))) return keep(store, content, taken, seconds);
      continue;
    }
    await sleep(Math.min(1000, seconds * 100), undefined, { signal: world.signal });
  }
}

/**
 * Removes a lock whoever holds it: for people who know that nobody is at work.
 * @param etag only this version of it: a holder that lives has rewritten it since.
 * @returns what was removed; null when there is no lock, or another version.
 * @throws PublishError `store-failed`.
 */
export async function breakLock(store: ObjectStore, etag?: string): Promise<string | null> {
  const held = await readLock(store);
  if (held === null || (etag !== undefined && held.etag !== etag)) return null;
  const [failure] = await store.delete([lockKey]);
  if (failure !== undefined) throw new PublishError('store-failed', `the lock in ${store.name}: ${failure.message}`);
  return describe(held.content);
}

/**
 * A store that does not look at conditions lets two publishers write at the same moment. The later of them has the lock:
 * after a pause both find that out. One that wrote still later is stopped when it renews what is no longer its own.
 */
async function isStillOurs(store: ObjectStore, { owner, seconds }: LockContent): Promise<boolean> {
  if (!lacksConditionalWrites(store)) return true;
  await sleep(seconds * 50);
  return (await readLock(store))?.content?.owner === owner;
}

/** A process of this machine that does not exist any more. */
export function isDead(content: LockContent | null, { process }: Pick<World, 'process'>): boolean {
  return content !== null && content.machine === process.machine && !process.isAlive(content.pid);
}

function keep(store: ObjectStore, content: LockContent, firstEtag: string, seconds: number): Lock {
  let etag = firstEtag;
  let renewals = 0;
  let renewedAt = performance.now();
  let lost: PublishError | undefined;
  let renewal: Promise<void> | undefined;
  const renew = async () => {
    const started = performance.now();
    try {
      const next = await tryPut(store, { ...content, renewals: ++renewals }, { etag });
      if (next === null) lost = new PublishError('locked', `the lock in ${store.name} was taken by another publisher`);
      else {
        etag = next;
        renewedAt = started;
      }
    } catch {
      // Tried again at the next turn; assertHeld notices when that goes on for too long.
    }
  };
  const renewOnce = () => (renewal ??= renew().finally(() => (renewal = undefined)));
  const timer = setInterval(() => void renewOnce(), (seconds * 1000) / 3);
  timer.unref();
  const isStale = () => performance.now() - renewedAt > seconds * 800;
  return {
    async assertHeld() {
      const wasStale = isStale();
      for (let attempt = 0; attempt < 3 && lost === undefined && isStale(); attempt++)
        await Promise.race([renewOnce(), sleep(seconds * 1000, undefined, { ref: false })]);
      if (wasStale && lost === undefined && !(await isStillOurs(store, content)))
        lost = new PublishError('locked', `the lock in ${store.name} was taken by another publisher`);
      if (lost !== undefined) throw lost;
      if (isStale()) throw new PublishError('locked', `the lock in ${store.name} could not be renewed in time`);
    },
    async release() {
      clearInterval(timer);
      await renewal;
      if (lost !== undefined) return;
      // Whoever took it over in the meantime keeps it.
      const held = await readLock(store);
      if (held?.content?.owner === content.owner) await store.delete([lockKey]);
    },
  };
}

async function tryPut(
  store: ObjectStore,
  content: LockContent,
  condition: { readonly absent: true } | { readonly etag: string },
): Promise<string | null> {
  try {
    const { etag } = await store.put({
      key: lockKey,
      body: { bytes: Buffer.from(JSON.stringify(content)) },
      headers,
      condition,
    });
    return etag;
  } catch (error) {
    if (error instanceof ConditionFailed) return null;
    throw error;
  }
}

/** A lock that cannot be understood is respected like any other, until it is silent for long enough. */
export async function readLock(store: StoreReader): Promise<SeenLock | null> {
  const found = await store.get(lockKey);
  if (found === null) return null;
  let content: LockContent | null = null;
  try {
    content = lockSchema.parse(JSON.parse(found.bytes.toString()));
  } catch {
    // Damaged, or of a later version.
  }
  return { etag: found.object.etag, content };
}

function describe(content: LockContent | null): string {
  return content === null ? 'an unreadable lock' : `${content.user} on ${content.host}, since ${content.startedAt}`;
}

function lockedBy(content: LockContent | null): PublishError {
  return new PublishError('locked', `${describe(content)} is publishing`);
}
