import { describe, expect, it } from 'vitest';
import { acquireLock, breakLock, readLock } from '../../src/release/lock.js';
import { lockKey } from '../../src/release/keys.js';
import { guardOrder } from '../../src/release/guard.js';
import type { PutRequest } from '../../src/release/ports.js';
import { readRecord, readPointer } from '../../src/release/record.js';
import { memoryWorld, publishTo } from './harness.js';

/** Another machine: it cannot see whether a process there lives. */
const elsewhere = { machine: 'elsewhere', pid: 2, isAlive: () => true };

describe('the lock', () => {
  it('keeps a second publisher out while the first one lives', async () => {
    const world = memoryWorld();
    const lock = await acquireLock(world, { wait: false, seconds: 0.3 });
    await expect(acquireLock({ ...world, process: elsewhere }, { wait: false, seconds: 0.3 })).rejects.toMatchObject({
      code: 'locked',
      exitCode: 10,
    });
    await lock.release();
    expect(world.stores.pages.objects.has(lockKey)).toBe(false);
  });

  it('goes to a waiting publisher when the first one is done', async () => {
    const world = memoryWorld();
    const first = await acquireLock(world, { wait: false, seconds: 0.3 });
    const second = acquireLock({ ...world, process: elsewhere }, { wait: true, seconds: 0.3 });
    await first.release();
    await (await second).release();
  });

  it('is taken at once from a process that died on this machine', async () => {
    const world = memoryWorld();
    const dead = await acquireLock(world, { wait: false, seconds: 60 });
    const lock = await acquireLock(
      { ...world, process: { machine: 'test', pid: 3, isAlive: () => false } },
      { wait: false },
    );
    await lock.release();
    await dead.release();
  });

  it('is taken from a silent holder elsewhere, who then cannot go on', async () => {
    const world = memoryWorld();
    let stalled = false;
    const pages = {
      ...world.stores.pages,
      put: (request: PutRequest) => (stalled ? new Promise<never>(() => undefined) : world.stores.pages.put(request)),
    };
    const stores = { ...world.stores, pages };
    const silent = await acquireLock(
      { ...world, stores, process: { ...elsewhere, pid: 7 } },
      { wait: false, seconds: 0.2 },
    );
    await silent.assertHeld();
    stalled = true;
    const lock = await acquireLock({ ...world, process: elsewhere }, { wait: true, seconds: 0.2 });
    await expect(silent.assertHeld()).rejects.toMatchObject({ code: 'locked' });
    await lock.assertHeld();
    await lock.release();
  });

  it('whose renewal was late is renewed before a holder gives up, if nobody took it', async () => {
    const world = memoryWorld();
    const lock = await acquireLock(world, { wait: false, seconds: 0.1 });
    const before = await readLock(world.stores.pages);
    // The event loop stands still for longer than the lock is respected.
    const until = performance.now() + 150;
    while (performance.now() < until);
    await lock.assertHeld();
    expect((await readLock(world.stores.pages))?.etag).not.toBe(before?.etag);
    await lock.release();
  });

  it('whose renewal was late is not held when another publisher took it meanwhile', async () => {
    const world = memoryWorld();
    const lock = await acquireLock(world, { wait: false, seconds: 0.1 });
    const until = performance.now() + 150;
    while (performance.now() < until);
    world.stores.pages.plant(lockKey, '{}');
    await expect(lock.assertHeld()).rejects.toMatchObject({ code: 'locked' });
  });

  it('whose renewal was late is looked at once more on a store without conditional writes', async () => {
    const world = memoryWorld();
    let stalled = false;
    const pages = {
      ...world.stores.pages,
      capabilities: () => ({ conditionalWrites: 'no' }) as const,
      put: async ({ key, body, headers }: PutRequest) => {
        const written = await world.stores.pages.put({ key, body, headers });
        // Another publisher, who writes at the same moment, comes after us.
        if (stalled) world.stores.pages.plant(lockKey, '{}');
        return written;
      },
    };
    const lock = await acquireLock({ ...world, stores: { ...world.stores, pages } }, { wait: false, seconds: 0.1 });
    await lock.assertHeld();
    stalled = true;
    const until = performance.now() + 150;
    while (performance.now() < until);
    await expect(lock.assertHeld()).rejects.toMatchObject({ code: 'locked' });
  });

  it('that is damaged is respected until it has been silent for long enough', async () => {
    const world = memoryWorld();
    world.stores.pages.plant(lockKey, '{ not json');
    const started = performance.now();
    const lock = await acquireLock(world, { wait: false, seconds: 0.2 });
    expect(performance.now() - started).toBeGreaterThan(150);
    await lock.release();
  });

  it('can be broken by hand, and tells whose it was', async () => {
    const world = memoryWorld();
    const lock = await acquireLock(world, { wait: false });
    expect(await breakLock(world.stores.pages)).toContain('tester on test');
    expect(await breakLock(world.stores.pages)).toBeNull();
    await lock.release();
  });
});

describe('an earlier run of a pipeline', () => {
  it('does not replace a later one unless told to; other pipelines are not compared', async () => {
    const world = memoryWorld();
    const by = (pipeline: string, number: number, attempt = 1) => ({
      ...world.publisher,
      run: { pipeline, number, attempt },
    });
    await publishTo({ ...world, publisher: by('acme/site publish', 7, 2) }, { 'index.html': 'new' });
    const { pointer } = await readPointer(world.readers.pages);
    const live = await readRecord(world.readers.pages, pointer.live!);
    for (const earlier of [by('acme/site publish', 6, 9), by('acme/site publish', 7, 1)])
      expect(() => {
        guardOrder(live, earlier, false);
      }).toThrow(expect.objectContaining({ code: 'superseded', exitCode: 10 }));
    guardOrder(live, by('acme/site publish', 6), true);
    for (const later of [by('acme/site publish', 7, 2), by('acme/site publish', 8), by('acme/site other', 1)])
      guardOrder(live, later, false);
    guardOrder(live, world.publisher, false);
  });
});

describe('an older commit', () => {
  it('does not replace a newer one unless told to', async () => {
    const world = memoryWorld();
    const newer = { ...world, publisher: { ...world.publisher, commit: 'abc', committedAt: '2026-11-02T10:00:00Z' } };
    await publishTo(newer, { 'index.html': 'new' });
    const { pointer } = await readPointer(world.readers.pages);
    const live = await readRecord(world.readers.pages, pointer.live!);
    const older = { ...world.publisher, committedAt: '2026-11-01T10:00:00Z' };
    expect(() => {
      guardOrder(live, older, false);
    }).toThrow(expect.objectContaining({ code: 'superseded', exitCode: 10 }));
    guardOrder(live, older, true);
    guardOrder(live, newer.publisher, false);
    guardOrder(live, world.publisher, false);
  });
});
