/** One origin behind the edge: its store, what is remembered of it, and what was invalidated. */
import type { ObjectKey } from '../build/build.js';
import type { StoredObject, StoreReader } from '../release/ports.js';
import { ObjectCache } from './cache.js';
import { freshSeconds } from './freshness.js';
import { compileInvalidation } from './invalidationPath.js';
import { watchInvalidations } from './invalidationWatch.js';
import { refuseKey } from './layout.js';
import type { DirectoryReader } from './reader.js';

export interface EdgeOrigin {
  readonly store: StoreReader;
  /** Folder given to `openLocalCdn`; without it nothing is ever invalidated. */
  readonly invalidations?: string;
}

export interface Found {
  readonly object: StoredObject;
  /** Absent where the object is too big to be held: it is streamed from the store. */
  readonly bytes?: Buffer;
  /** CloudFront's words for where an answer came from. */
  readonly outcome: 'Hit' | 'Miss' | 'RefreshHit';
  /** Since the store gave or confirmed it. */
  readonly ageSeconds: number;
}

export interface OpenedOrigin {
  /** Null when there is no such object. */
  find(key: string): Promise<Found | null>;
  /** For objects that `find` gave without bytes. */
  open(key: string): ReturnType<DirectoryReader['open']>;
  /** Forgets what was invalidated since the last call. To be called before `find`. */
  applyInvalidations(): void;
}

/** Bodies above this are streamed where the store can do that, and not remembered. */
const largestHeld = 8 * 1024 * 1024;

interface Pending {
  readonly found: Promise<Found | null>;
  invalidated: boolean;
}

/** Opens an origin. `capacity` of its memory in bytes; `now` in milliseconds. */
export function openEdgeOrigin(origin: EdgeOrigin, capacity: number, now: () => number): OpenedOrigin {
  const cache = new ObjectCache(capacity);
  const pending = new Map<string, Pending>();
  const watch = origin.invalidations === undefined ? () => [] : watchInvalidations(origin.invalidations);
  const { store } = origin;
  const streaming = 'open' in store ? (store as DirectoryReader) : undefined;

  async function load(key: ObjectKey, task: Pending): Promise<Found | null> {
    const known = cache.get(key);
    const head = known || streaming ? await store.head(key) : undefined;
    let found: Found | null = null;
    if (head && known?.object.etag === head.etag) {
      found = { object: head, bytes: known.bytes, outcome: 'RefreshHit', ageSeconds: 0 };
    } else if (head && streaming && head.size > largestHeld) {
      return { object: head, outcome: 'Miss', ageSeconds: 0 };
    } else if (head !== null) {
      const got = await store.get(key);
      if (got) found = { ...got, outcome: 'Miss', ageSeconds: 0 };
    }
    // What was read before an invalidation must not be remembered after it.
    if (!task.invalidated) remember(key, found);
    return found;
  }

  function remember(key: string, found: Found | null): void {
    const seconds = found ? freshSeconds(found.object.headers.cacheControl) : undefined;
    if (found?.bytes === undefined || seconds === undefined) cache.delete(key);
    else cache.set(key, { object: found.object, bytes: found.bytes, confirmed: now(), freshSeconds: seconds });
  }

  return {
    open: (key) => streaming?.open(key as ObjectKey) ?? Promise.resolve(null),
    applyInvalidations() {
      for (const path of watch()) {
        const matches = compileInvalidation(path);
        for (const [key, tags] of [...cache.tagged()]) if (matches(key, tags)) cache.delete(key);
        for (const [key, task] of pending) {
          // What is on its way has tags that are not known yet.
          if (!path.startsWith('#') && !matches(key)) continue;
          task.invalidated = true;
          pending.delete(key); // Who asks from now on must not get what was read before.
        }
      }
    },
    async find(key) {
      if (refuseKey(key) !== undefined || Buffer.byteLength(key) > 1024) return null;
      const known = cache.get(key);
      if (known) {
        const ageSeconds = Math.max(0, Math.floor((now() - known.confirmed) / 1000));
        if (ageSeconds < known.freshSeconds) return { ...known, outcome: 'Hit', ageSeconds };
      }
      // One request to the store for all who ask at the same time, as CloudFront does.
      const running = pending.get(key);
      if (running) return running.found;
      let start: (found: Promise<Found | null>) => void = () => undefined;
      const task: Pending = { found: new Promise((resolve) => (start = resolve)), invalidated: false };
      pending.set(key, task);
      start(load(key as ObjectKey, task));
      try {
        return await task.found;
      } finally {
        if (pending.get(key) === task) pending.delete(key);
      }
    },
  };
}
