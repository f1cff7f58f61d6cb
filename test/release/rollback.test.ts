import { describe, expect, it } from 'vitest';
import { applyPlan } from '../../src/release/apply.js';
import { takeInventory } from '../../src/release/inventory.js';
import { acquireLock } from '../../src/release/lock.js';
import { makePlan } from '../../src/release/plan.js';
import { applyPrune, planPrune } from '../../src/release/prune.js';
import { listReleases, readPointer, readRecord } from '../../src/release/record.js';
import type { ReleaseId } from '../../src/release/release.js';
import { restoreBuild } from '../../src/release/rollback.js';
import { memoryWorld, publishTo, referencesIn, visit, type Contents, type MemoryWorld } from './harness.js';

const version = (n: number): Contents => ({
  'index.html': `<link rel=stylesheet href=a.css><img src=logo.png><p>${n}</p>`,
  'a.css': `a{background:url(back.png)} /* ${n} */`,
  'back.png': `back ${n}`,
  'logo.png': 'logo',
  'guide.pdf': `%PDF- ${n}`,
  [`only${n}.html`]: `<img src=back.png>`,
});

/** A world whose clock goes on by some days with each release. */
function world(): MemoryWorld & { days: (count: number) => void } {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const made = memoryWorld({ clock: () => new Date(now) });
  return Object.assign(made, { days: (count: number) => void (now += count * 24 * 3600 * 1000) });
}

async function rollBackTo(one: MemoryWorld, id: ReleaseId) {
  const build = restoreBuild(await readRecord(one.readers.pages, id), one);
  const fence = await acquireLock(one, { wait: false });
  const inventory = await takeInventory(one.readers.pages, build.root);
  const plan = {
    ...makePlan(build, inventory, { cached: one.cached, maxPaths: 100, now: one.clock() }),
    rollbackOf: id,
  };
  const outcome = await applyPlan(plan, build, inventory, one, {
    concurrency: 4,
    verifySample: 50,
    wait: false,
    fence,
  });
  await fence.release();
  return outcome;
}

async function pruneNow(one: MemoryWorld, releases: number, days: number) {
  const plan = await planPrune(one, { releases, days });
  const fence = await acquireLock(one, { wait: false });
  await applyPrune(plan, one, fence).finally(() => fence.release());
  return plan;
}

const visible = (one: MemoryWorld) =>
  Object.fromEntries(one.stores.pages.keys().map((key) => [key, one.stores.pages.text(key)]));
const brokenIn = (one: MemoryWorld) =>
  Object.values(visible(one))
    .flatMap((text) => referencesIn(text ?? ''))
    .filter((url) => visit(one.stores, url).status !== 200);

describe('rolling back', () => {
  it('serves every page, original and header as they were, without the site', async () => {
    const one = world();
    const first = await publishTo(one, version(1), { build: { encodings: 'gzip' } });
    const then = visible(one);
    const headers = Object.fromEntries([...one.stores.pages.objects].map(([key, { object }]) => [key, object.headers]));
    one.days(1);
    await publishTo(one, version(2), { build: { encodings: 'gzip' } });
    one.days(1);
    const outcome = await rollBackTo(one, first.release!);
    for (const [key, text] of Object.entries(then)) {
      expect(one.stores.pages.text(key), key).toBe(text);
      expect(one.stores.pages.objects.get(key as never)!.object.headers).toEqual(headers[key]);
    }
    expect(one.stores.pages.keys()).not.toContain('only2.html');
    expect(brokenIn(one)).toEqual([]);
    expect(outcome.release).not.toBe(first.release);
    const record = await readRecord(one.readers.pages, outcome.release!);
    expect(record.rollbackOf).toBe(first.release);
    expect(one.cdns.pages.paths()).toEqual(expect.arrayContaining(['/', '/index.html', '/only2.html', '/guide.pdf']));
  });

  it('copies inside the stores: the bodies of pages are not sent again', async () => {
    const one = world();
    const first = await publishTo(one, version(1));
    one.days(1);
    await publishTo(one, version(2));
    one.days(1);
    one.stores.pages.operations.length = 0;
    await rollBackTo(one, first.release!);
    const puts = one.stores.pages.operations.filter(
      (operation) => operation.startsWith('put ') && !operation.includes('.twinorigin/'),
    );
    // The one original whose bytes a fingerprinted image holds comes from there.
    expect(puts).toEqual(['put back.png']);
  });

  it('can be rolled back itself', async () => {
    const one = world();
    const first = await publishTo(one, version(1));
    one.days(1);
    const second = await publishTo(one, version(2));
    const then = one.stores.pages.text('index.html');
    one.days(1);
    await rollBackTo(one, first.release!);
    one.days(1);
    await rollBackTo(one, second.release!);
    expect(one.stores.pages.text('index.html')).toBe(then);
  });
});

describe('pruning', () => {
  it('lets go only of what no kept release names and what is out of use for long enough', async () => {
    const one = world();
    for (let n = 1; n <= 5; n++) {
      await publishTo(one, version(n));
      one.days(10);
    }
    one.stores.images.plant('foreign.png', 'not ours');
    const before = one.stores.images.keys().length;
    expect((await planPrune(one, { releases: 10, days: 0 })).objects).toEqual([]);
    expect((await planPrune(one, { releases: 1, days: 365 })).objects).toEqual([]);
    const plan = await pruneNow(one, 2, 15);
    expect(plan.releases).toHaveLength(3);
    const after = one.stores.images.keys();
    expect(after).toContain('foreign.png');
    // Five versions of back.png; 4 and 5 are in the last two releases, and 3 left only ten days before 5.
    expect(before - after.length).toBe(plan.objects.filter(({ origin }) => origin === 'images').length);
    expect(after.filter((key) => key.startsWith('back.'))).toHaveLength(2);
    expect(brokenIn(one)).toEqual([]);
  });

  it('leaves a rollback to every kept release possible, and says what is gone of others', async () => {
    const one = world();
    const ids: ReleaseId[] = [];
    for (let n = 1; n <= 4; n++) {
      ids.push((await publishTo(one, version(n))).release!);
      one.days(10);
    }
    await pruneNow(one, 2, 5);
    const kept: ReleaseId[] = [];
    for await (const id of listReleases(one.readers.pages)) kept.push(id);
    expect(kept).toEqual(ids.slice(2));
    await rollBackTo(one, ids[2]!);
    expect(brokenIn(one)).toEqual([]);
    await expect(rollBackTo(one, ids[0]!)).rejects.toMatchObject({ code: 'release-missing', exitCode: 2 });
  });

  it('can be killed at every operation and run again: nothing believed to be there is missing', async () => {
    for (let point = 1; point < 30; point++) {
      const one = world();
      for (let n = 1; n <= 4; n++) {
        await publishTo(one, version(n));
        one.days(10);
      }
      let count = 0;
      for (const store of Object.values(one.stores))
        store.onOperation = () => {
          if (++count >= point) throw new Error('killed');
        };
      await pruneNow(one, 1, 5).catch(() => undefined);
      for (const store of Object.values(one.stores)) store.onOperation = undefined;
      // Going back to content whose objects the killed prune may have deleted must notice that they are gone.
      if (point % 2 === 0) await publishTo(one, version(2));
      else await pruneNow(one, 1, 5);
      expect(brokenIn(one), `after a kill at ${point}`).toEqual([]);
      const { pointer } = await readPointer(one.readers.pages);
      const live = await readRecord(one.readers.pages, pointer.live!);
      for (const origin of ['images', 'resources', 'pages'] as const)
        for (const { key } of live.objects[origin])
          expect(one.stores[origin].objects.has(key), `${origin}/${key} after ${point}`).toBe(true);
    }
  });
});
