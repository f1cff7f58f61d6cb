import { describe, expect, it } from 'vitest';
import { applyPlan } from '../../src/release/apply.js';
import { takeInventory } from '../../src/release/inventory.js';
import { acquireLock } from '../../src/release/lock.js';
import { makePlan } from '../../src/release/plan.js';
import { applyPrune, planPrune } from '../../src/release/prune.js';
import { readPointer, readRecord } from '../../src/release/record.js';
import type { ReleaseId } from '../../src/release/release.js';
import { restoreBuild } from '../../src/release/rollback.js';
import { serveAgain } from '../../src/release/switchServers.js';
import { memoryServers, type MemoryServers } from '../memoryServers.js';
import { memoryWorld, publishTo, referencesIn, visit, type Contents, type MemoryWorld } from './harness.js';

interface ServerWorld extends MemoryWorld {
  readonly servers: MemoryServers;
  days(count: number): void;
}

function world(...names: readonly string[]): ServerWorld {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const made = memoryWorld({ clock: () => new Date(now) });
  return Object.assign(made, {
    edge: undefined,
    edgeReader: undefined,
    cached: new Set(['images', 'resources'] as const),
    servers: memoryServers(...(names.length === 0 ? ['one'] : names)),
    days: (count: number) => void (now += count * 24 * 3600 * 1000),
  });
}

const version = (n: number): Contents => ({
  'index.html': `<link rel=stylesheet href=a.css><img src=logo.png><p>${n}</p>`.padEnd(2_000, ' more'),
  'a.css': `a{background:url(back.png)} /* ${n} */`,
  'back.png': `back ${n}`,
  'logo.png': 'logo',
  'tiny.html': '<p>x',
});
const build = { pagesEncodings: 'negotiate', edge: { mode: 'atomic', urls: 'none' } } as const;
const publish = (one: ServerWorld, n: number) =>
  publishTo(one, version(n), { build: { ...build, cached: one.cached } });
const pageOf = ({ servers }: ServerWorld, at = 0): string => {
  const { live, folders } = servers.all[at]!;
  return folders.get(live ?? '')?.get('index.html') ?? '';
};
/** Assets that the page names and nobody serves. */
const missing = (one: ServerWorld, page: string): string[] =>
  referencesIn(page).filter((url) => visit(one.stores, url).status !== 200);

async function rollBackTo(one: ServerWorld, id: ReleaseId) {
  const restored = restoreBuild(await readRecord(one.readers.pages, id), one);
  const fence = await acquireLock(one, { wait: false });
  const inventory = await takeInventory(one.readers.pages, restored.root);
  const options = { cached: one.cached, maxPaths: 100, now: one.clock() };
  const plan = { ...makePlan(restored, inventory, options), rollbackOf: id };
  const settings = { concurrency: 4, verifySample: 50, wait: false, fence };
  return applyPlan(plan, restored, inventory, one, settings).finally(() => fence.release());
}

describe('pages on servers of their own', () => {
  it('are there as a whole, with assets that can be had, before anybody is sent to them', async () => {
    const one = world('one', 'two');
    one.servers.disturb = (moment) => {
      if (!moment.startsWith('before place')) return;
      expect(one.servers.all.every(({ live }) => live === null)).toBe(true);
      // The proof through the CDN is behind us.
      expect(one.fetched.length).toBeGreaterThan(0);
    };
    const { release } = await publish(one, 1);
    expect(one.servers.log).toEqual(['place one', 'place two', 'switch one', 'switch two']);
    expect(one.servers.all.map(({ live }) => live)).toEqual([release, release]);
    expect(referencesIn(pageOf(one)).length).toBeGreaterThan(0);
    expect(missing(one, pageOf(one))).toEqual([]);
  });

  it('lie there with what was compressed beforehand, but for what compression does not make smaller', async () => {
    const one = world();
    const { release } = await publish(one, 1);
    const names = [...one.servers.all[0]!.folders.get(release!)!.keys()];
    expect(names).toEqual(expect.arrayContaining(['index.html', 'index.html.br', 'index.html.gz', 'tiny.html']));
    expect(names).not.toContain('tiny.html.gz');
    expect(names).not.toContain('tiny.html.br');
  });

  it.each(['place one', 'place two', 'switch one', 'switch two'])(
    'that a run did not get to at "%s" are whole, and the same command ends where it would have ended',
    async (what) => {
      for (const when of ['before', 'after']) {
        const one = world('one', 'two');
        const first = await publish(one, 1);
        one.servers.disturb = (moment) => {
          if (moment === `${when} ${what}`) throw new Error('broken off');
        };
        await expect(publish(one, 2)).rejects.toThrow('broken off');
        for (const at of [0, 1]) expect(missing(one, pageOf(one, at))).toEqual([]);
        expect((await readPointer(one.readers.pages)).pointer.live).toBe(first.release);
        one.servers.disturb = () => undefined;
        const { release } = await publish(one, 2);
        expect(one.servers.all.map(({ live }) => live)).toEqual([release, release]);
        expect(pageOf(one, 1)).toContain('<p>2</p>');
        expect([...one.servers.all[1]!.folders.keys()]).toEqual([first.release, release]);
      }
    },
  );

  it('that cannot be reached are known before anything is written', async () => {
    const one = world();
    await publish(one, 1);
    const before = one.stores.images.keys();
    one.servers.look = () => Promise.reject(new Error('no route'));
    await expect(publish(one, 2)).rejects.toThrow('no route');
    expect(one.stores.images.keys()).toEqual(before);
    expect((await readPointer(one.readers.pages)).pointer.unfinished).toEqual([]);
  });

  it('go back to a folder that is there without sending it, and get it from the store where it is not', async () => {
    const one = world();
    const first = await publish(one, 1);
    one.days(1);
    const second = await publish(one, 2);
    one.servers.log.length = 0;
    await rollBackTo(one, first.release!);
    expect(one.servers.log).toEqual(['switch one']);
    expect(pageOf(one)).toContain('<p>1</p>');
    one.servers.all[0]!.folders.delete(second.release!);
    one.days(1);
    await rollBackTo(one, second.release!);
    expect(one.servers.log).toEqual(['switch one', 'place one', 'switch one']);
    expect(pageOf(one)).toContain('<p>2</p>');
    expect(missing(one, pageOf(one))).toEqual([]);
  });

  it('are put again on a server that has lost them, also after a rollback', async () => {
    const one = world('one', 'two');
    const first = await publish(one, 1);
    one.days(1);
    await publish(one, 2);
    expect(await serveAgain(one, false)).toEqual([]);
    one.days(1);
    await rollBackTo(one, first.release!);
    one.servers.log.length = 0;
    expect(await serveAgain(one, false)).toEqual([]);
    expect(one.servers.log).toEqual([]);
    one.servers.all[1]!.folders.clear();
    one.servers.all[1]!.live = null;
    expect(await serveAgain(one, false)).toMatchObject([{ code: 'server-behind', message: /^two did not serve/ }]);
    expect(pageOf(one, 1)).toBe(pageOf(one, 0));
    expect(one.stores.pages.keys().some((key) => key.includes('lock.json'))).toBe(false);
  });

  it('are let go with their release, but never those that are gone back to', async () => {
    const one = world();
    const first = await publish(one, 1);
    for (const n of [2, 3, 4]) {
      one.days(10);
      await publish(one, n);
    }
    one.days(10);
    const back = await rollBackTo(one, first.release!);
    const plan = await planPrune(one, { releases: 2, days: 1 });
    const fence = await acquireLock(one, { wait: false });
    await applyPrune(plan, one, fence).finally(() => fence.release());
    const kept = [...one.servers.all[0]!.folders.keys()];
    expect(kept).toHaveLength(2);
    expect(kept[0]).toBe(first.release);
    expect(back.release).not.toBe(first.release);
    expect(pageOf(one)).toContain('<p>1</p>');
  });
});
