import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLocalCdn } from '../../src/local/cdn.js';
import { openEdgeOrigin, type OpenedOrigin } from '../../src/local/edgeOrigin.js';
import { memoryStore, type MemoryStore } from '../memoryStore.js';

let folder = '';
let store: MemoryStore;
let origin: OpenedOrigin;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twinorigin-origin-'));
  store = memoryStore();
  origin = openEdgeOrigin({ store, invalidations: folder }, 1_000_000, Date.now);
  store.plant('a', 'old', { cacheControl: 'max-age=1000' });
});
afterEach(() => rm(folder, { recursive: true }));

/** Holds back the next `get` after its bytes were chosen, as a slow network would. */
function holdNextGet(): { readonly began: Promise<void>; release(): void } {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const get = store.get.bind(store);
  const began = new Promise<void>((resolve) => {
    store.get = async (key) => {
      store.get = get;
      const got = await get(key);
      resolve();
      await held;
      return got;
    };
  });
  return { began, release };
}

describe('an origin behind the edge', () => {
  it('asks its store once for many who ask at the same time', async () => {
    const found = await Promise.all(Array.from({ length: 10 }, () => origin.find('a')));
    expect(found.map((one) => one?.bytes?.toString())).toEqual(Array.from({ length: 10 }, () => 'old'));
    expect(store.operations).toEqual(['get a']);
  });

  it('does not remember what was read before an invalidation and came after it', async () => {
    const slow = holdNextGet();
    const early = origin.find('a');
    await slow.began;
    store.plant('a', 'new', { cacheControl: 'max-age=1000' });
    await openLocalCdn(folder).invalidate(['/a'], 'release');
    origin.applyInvalidations();
    const late = await origin.find('a');
    expect([late?.bytes?.toString(), late?.outcome]).toEqual(['new', 'Miss']);
    slow.release();
    expect((await early)?.bytes?.toString()).toBe('old');
    expect((await origin.find('a'))?.bytes?.toString()).toBe('new');
  });

  it('forgets what came before an invalidation that is noticed after it', async () => {
    const slow = holdNextGet();
    const early = origin.find('a');
    await slow.began;
    store.plant('a', 'new');
    await openLocalCdn(folder).invalidate(['/a'], 'release');
    slow.release();
    await early;
    origin.applyInvalidations();
    expect((await origin.find('a'))?.bytes?.toString()).toBe('new');
  });

  it('tries again after its store failed', async () => {
    store.onOperation = () => {
      throw new Error('away');
    };
    await expect(origin.find('a')).rejects.toThrow('away');
    store.onOperation = undefined;
    expect((await origin.find('a'))?.outcome).toBe('Miss');
  });

  it('forgets everything when somebody removes its invalidations', async () => {
    await openLocalCdn(folder).invalidate(['/x'], 'release');
    origin.applyInvalidations();
    await origin.find('a');
    await rm(join(folder, '.twinorigin-headers'), { recursive: true });
    origin.applyInvalidations();
    expect((await origin.find('a'))?.outcome).toBe('Miss');
  });

  it('does not apply what was invalidated before it began', async () => {
    await openLocalCdn(folder).invalidate(['/*'], 'release');
    const second = openEdgeOrigin({ store, invalidations: folder }, 1_000_000, Date.now);
    await second.find('a');
    second.applyInvalidations();
    expect((await second.find('a'))?.outcome).toBe('Hit');
  });
});
