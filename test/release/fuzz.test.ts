/** Everything that is read from a store may be damaged, of a later version, or somebody else's. */
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { originNames } from '../../src/build/build.js';
import { objectKey } from '../../src/build/keys.js';
import { PublishError } from '../../src/errors.js';
import { findDrift } from '../../src/release/drift.js';
import { takeInventory } from '../../src/release/inventory.js';
import { lockKey, pointerKey, recordKey } from '../../src/release/keys.js';
import { acquireLock, readLock } from '../../src/release/lock.js';
import { applyPrune, planPrune } from '../../src/release/prune.js';
import { listReleases, readPointer } from '../../src/release/record.js';
import type { ReleaseId } from '../../src/release/release.js';
import { findRollbackTarget } from '../../src/release/rollbackTarget.js';
import { memoryWorld, planFor, publishTo, stateOf, type Contents, type MemoryWorld } from './harness.js';

const numRuns = 30 * Number(process.env.TWINORIGIN_ROUNDS ?? '1');
const version = (n: number): Contents => ({
  'index.html': `<link rel=stylesheet href=a.css><img src=a.png><p>${n}</p>`,
  'a.css': `a{background:url(b.png)} /* ${n} */`,
  'a.png': `a ${n}`,
  'b.png': 'b',
});

async function published(): Promise<{ world: MemoryWorld; live: ReleaseId }> {
  const world = memoryWorld();
  await publishTo(world, version(1));
  const { release } = await publishTo(world, version(2));
  return { world, live: release! };
}

/** Replaces the bytes of a stored object and keeps its headers. */
function damage(world: MemoryWorld, key: string, change: (bytes: Buffer) => Buffer): void {
  const held = world.stores.pages.objects.get(objectKey(key))!;
  world.stores.pages.objects.set(objectKey(key), { ...held, bytes: change(held.bytes) });
}

/** Everything that reads records; each must say what is wrong, and change nothing. */
const readers: Readonly<Record<string, (world: MemoryWorld) => Promise<unknown>>> = {
  plan: (world) => planFor(world, version(3)),
  publish: (world) => publishTo(world, version(3)),
  prune: async (world) => {
    const fence = await acquireLock(world, { wait: false });
    try {
      await applyPrune(await planPrune(world, { releases: 1, days: 0 }), world, fence);
    } finally {
      await fence.release();
    }
  },
  rollback: (world) => findRollbackTarget(world.readers.pages),
  drift: async (world) => findDrift(world, await takeInventory(world.readers.pages, null), { concurrency: 4 }),
};

/** Bytes cut off, bits flipped, bytes put in, or something else altogether. */
const damaged: fc.Arbitrary<(bytes: Buffer) => Buffer> = fc.oneof(
  fc
    .double({ min: 0, max: 0.999, noNaN: true })
    .map((at) => (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length * at))),
  fc
    .tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 1, max: 255 }))
    .map(([at, mask]) => (bytes: Buffer) => {
      const copy = Buffer.from(bytes);
      copy[Math.floor(copy.length * at)]! ^= mask;
      return copy;
    }),
  fc
    .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.uint8Array({ minLength: 1, maxLength: 8 }))
    .map(([at, more]) => (bytes: Buffer) => {
      const index = Math.floor(bytes.length * at);
      return Buffer.concat([bytes.subarray(0, index), Buffer.from(more), bytes.subarray(index)]);
    }),
  fc.uint8Array({ maxLength: 60 }).map((other) => () => Buffer.from(other)),
  fc.json().map((text) => () => Buffer.from(text)),
);

/** Either it is refused with a clear error, or it was read all the same; visitors' objects are as they were. */
async function expectCalm(world: MemoryWorld, reads: (world: MemoryWorld) => Promise<unknown>): Promise<string> {
  const held = stateOf(world);
  const deletes = world.stores.pages.operations.filter(
    (one) => one.startsWith('delete ') && !one.endsWith('/lock.json'),
  );
  try {
    await reads(world);
    return 'read';
  } catch (error) {
    expect(error).toBeInstanceOf(PublishError);
    const { code, message, hint } = error as PublishError;
    expect(message + hint).not.toBe('');
    expect(['record-invalid', 'release-missing']).toContain(code);
    expect(stateOf(world)).toEqual(held);
    const now = world.stores.pages.operations.filter((one) => one.startsWith('delete ') && !one.endsWith('/lock.json'));
    expect(now).toEqual(deletes);
    return code;
  }
}

describe.each(Object.keys(readers))('%s', (name) => {
  it('says what is wrong with a damaged record, and deletes nothing', { timeout: 300_000 }, async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(damaged, fc.boolean(), async (change, inside) => {
        const { world, live } = await published();
        // Damage in the text is found by the schema, damage in the stored bytes by gzip.
        damage(world, recordKey(live), (bytes) => (inside ? gzipSync(change(gunzipSync(bytes))) : change(bytes)));
        if ((await expectCalm(world, readers[name]!)) !== 'read') refused++;
      }),
      { numRuns, seed: 5 },
    );
    expect(refused).toBeGreaterThan(numRuns / 3);
  });

  it('says what is wrong with a damaged pointer, and deletes nothing', { timeout: 300_000 }, async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(damaged, async (change) => {
        const { world } = await published();
        damage(world, pointerKey, change);
        if ((await expectCalm(world, readers[name]!)) !== 'read') refused++;
      }),
      { numRuns, seed: 6 },
    );
    expect(refused).toBeGreaterThan(numRuns / 3);
  });

  it('refuses what a later version wrote', async () => {
    for (const rewrite of [
      (one: object) => ({ ...one, version: 2 }),
      (one: object) => ({ ...one, somethingNew: true }),
    ]) {
      for (const key of ['pointer', 'record'] as const) {
        const { world, live } = await published();
        const change = (bytes: Buffer) => Buffer.from(JSON.stringify(rewrite(JSON.parse(bytes.toString()) as object)));
        if (key === 'pointer') damage(world, pointerKey, change);
        else damage(world, recordKey(live), (bytes) => gzipSync(change(gunzipSync(bytes))));
        expect(await expectCalm(world, readers[name]!)).toBe('record-invalid');
      }
    }
  });
});

describe('a lock that was damaged', () => {
  it('is never a crash: it is respected while it is young, and then taken', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.json().map((text) => Buffer.from(text)),
          fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
        ),
        async (bytes) => {
          const world = memoryWorld();
          world.stores.pages.plant(lockKey, bytes);
          expect((await readLock(world.stores.pages))?.content).toBeNull();
          const lock = await acquireLock(world, { wait: false, seconds: 0.01 });
          await lock.assertHeld();
          await lock.release();
        },
      ),
      { numRuns: 25, seed: 7 },
    );
  });
});

describe('a store with hostile keys', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
    fc.constantFrom(
      '.twinorigin/releases/../../index.html.json',
      '.twinorigin/releases/20261123T120000Z-zzzzzzzz.json',
      '.twinorigin/releases/20261123T120000Z-00000000.json.bak',
      '.twinorigin/releases/',
      '.twinorigin/bodies/x',
      '__proto__',
      'constructor',
      'a\nb',
      '%2e%2e/%2e%2e/etc/passwd',
      '<script>alert(1)</script>',
    ),
  );

  it("keeps all of them: they are nobody's but their owner's", { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(hostile, { maxLength: 8 }), async (keys) => {
        const { world } = await published();
        const planted: string[] = [];
        for (const key of keys)
          for (const origin of originNames) {
            // As a bucket would list it: nothing there has passed our own rules for keys.
            if (world.stores[origin].objects.has(key as never)) continue;
            const object = {
              key: key as never,
              size: 1,
              etag: '"x"',
              headers: { contentType: 'text/plain', cacheControl: 'x' },
            };
            world.stores[origin].objects.set(key as never, { object, bytes: Buffer.from('x') });
            planted.push(`${origin}/${key}`);
          }
        for await (const id of listReleases(world.readers.pages)) expect(id).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/);
        for (const reads of Object.values(readers)) await reads(world);
        const held = stateOf(world);
        for (const place of planted) expect(held).toHaveProperty([place]);
        expect((await readPointer(world.readers.pages)).pointer.unfinished).toEqual([]);
      }),
      { numRuns: 40, seed: 8 },
    );
  });
});
