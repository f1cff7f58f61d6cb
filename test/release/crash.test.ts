import { describe, expect, it } from 'vitest';
import { originNames } from '../../src/build/build.js';
import { liveKey } from '../../src/edge/live.js';
import { memoryWorld, publishTo, referencesIn, stateOf, visit, type Contents, type MemoryWorld } from './harness.js';

const before: Contents = {
  'index.html': '<link rel=stylesheet href=/css/site.css><img src="/img/logo.png"><img src="/img/old.png">',
  'docs/index.html': '<link rel=stylesheet href=../css/site.css><p>Docs</p>',
  'gone.html': '<img src=/img/old.png>',
  'css/site.css': 'body { background: url(../img/back.png) }',
  'img/logo.png': 'logo',
  'img/back.png': 'back',
  'img/old.png': 'old',
  'notes.txt': 'notes',
};
const after: Contents = {
  'index.html': '<link rel=stylesheet href=/css/site.css><img src="/img/logo.png"><img src="/img/new.png">',
  'docs/index.html': '<link rel=stylesheet href=../css/site.css><p>Docs</p>',
  'new/index.html': '<img src=../img/new.png>',
  'css/site.css': 'body { background: url(../img/back.png) }',
  'img/logo.png': 'logo',
  'img/back.png': 'another back',
  'img/new.png': 'new',
  'notes.txt': 'notes',
};
/** The second publish also changes a header of a page that keeps its bytes. */
const headerRule = { build: { rules: [{ match: 'notes.txt', cacheControl: 'no-cache' }] } };

class Killed extends Error {}

/** Kills the publisher at its n-th operation, counted over all stores and CDNs; nothing happens after that. */
function killAt(world: MemoryWorld, n: number): { count: () => number } {
  let count = 0;
  const step = () => {
    count++;
    if (count >= n) throw new Killed();
  };
  for (const origin of originNames) {
    world.stores[origin].onOperation = step;
    world.cdns[origin].onOperation = step;
  }
  world.edge.onOperation = step;
  return { count: () => count };
}

function revive(world: MemoryWorld): void {
  for (const origin of originNames) {
    world.stores[origin].onOperation = undefined;
    world.cdns[origin].onOperation = undefined;
  }
  world.edge.onOperation = undefined;
}

/** What a visitor misses who holds a page of the old or the new release, or gets what is there now. */
function brokenReferences(
  world: MemoryWorld,
  heldPages: readonly string[],
  pages: readonly string[] = pagesOf(world),
): string[] {
  const broken: string[] = [];
  const seen = new Set<string>();
  const follow = (text: string) => {
    for (const url of referencesIn(text)) {
      if (seen.has(url)) continue;
      seen.add(url);
      const { status, headers, body } = visit(world.stores, url);
      if (status !== 200) broken.push(url);
      if (headers['content-type']?.startsWith('text/css')) follow(body.toString());
    }
  };
  [...heldPages, ...pages].forEach(follow);
  return broken;
}

function pagesOf(world: MemoryWorld): string[] {
  return world.stores.pages
    .keys()
    .filter((key) => key.endsWith('.html'))
    .map((key) => world.stores.pages.text(key)!);
}

/** Counts of pointer writes differ between runs, and a dead publisher's lock stays until the next one takes it. */
function comparable(world: MemoryWorld): Record<string, string> {
  const state = stateOf(world);
  Reflect.deleteProperty(state, 'pages/.twinorigin/lock.json');
  const pointer = JSON.parse(world.stores.pages.text('.twinorigin/current.json')!) as Record<string, unknown>;
  return { ...state, 'pages/.twinorigin/current.json': JSON.stringify({ ...pointer, sequence: 0 }) };
}

async function undisturbed(): Promise<{ world: MemoryWorld; operations: number }> {
  const world = memoryWorld();
  await publishTo(world, before);
  const counter = killAt(world, Infinity);
  await publishTo(world, after, { ...headerRule, concurrency: 1 });
  revive(world);
  return { world, operations: counter.count() };
}

describe('a publisher that is killed', async () => {
  const reference = await undisturbed();
  const points = Array.from({ length: reference.operations }, (_, index) => index + 1);

  it(`leaves whole pages and converges, whichever of its operations is the last (${points.length} points)`, async () => {
    expect(points.length).toBeGreaterThan(15);
    for (const point of points) {
      const world = memoryWorld();
      await publishTo(world, before);
      const held = pagesOf(world);
      killAt(world, point);
      // Only at the last point, giving up the lock, has everything been done.
      const killed = await publishTo(world, after, { ...headerRule, concurrency: 1 }).then(
        () => false,
        () => true,
      );
      expect(killed).toBe(point < reference.operations);
      revive(world);
      expect(brokenReferences(world, held), `after a kill at ${point}`).toEqual([]);
      await publishTo(world, after, { ...headerRule, concurrency: 1 });
      expect(comparable(world), `converged after a kill at ${point}`).toEqual(comparable(reference.world));
    }
  });

  it('never leaves a cached page stale: every changed address is invalidated after its last write', async () => {
    const wanted = reference.world.cdns.pages.paths();
    for (const point of points) {
      const world = memoryWorld();
      await publishTo(world, before);
      const log: string[] = [];
      killAt(world, point);
      await publishTo(world, after, { ...headerRule, concurrency: 1 }).catch(() => undefined);
      revive(world);
      world.stores.pages.onOperation = (name, key) => void log.push(`${name} /${key}`);
      world.cdns.pages.onOperation = () => void log.push('invalidate');
      await publishTo(world, after, { ...headerRule, concurrency: 1 });
      const paths = new Set(world.cdns.pages.paths());
      for (const path of wanted) expect(paths, `${path} after a kill at ${point}`).toContain(path);
      const lastWrite = log.findLastIndex((operation) => /^(put|copy|delete) \/(?!\.twinorigin)/.test(operation));
      if (lastWrite >= 0) expect(log.lastIndexOf('invalidate'), `after a kill at ${point}`).toBeGreaterThan(lastWrite);
    }
  });

  it('can be followed by any other release: back to the old one, or on to a third', async () => {
    const third: Contents = { ...after, 'index.html': '<p>third</p>', 'third.html': '<img src=img/new.png>' };
    for (const point of points) {
      for (const next of [before, third]) {
        const world = memoryWorld();
        await publishTo(world, before);
        killAt(world, point);
        await publishTo(world, after, { ...headerRule, concurrency: 1 }).catch(() => undefined);
        revive(world);
        await publishTo(world, next);
        const clean = memoryWorld();
        await publishTo(clean, next);
        const pages = (one: MemoryWorld) =>
          one.stores.pages
            .keys()
            .filter((key) => key.endsWith('.html'))
            .map((key) => [key, one.stores.pages.text(key)]);
        expect(pages(world), `after a kill at ${point}`).toEqual(pages(clean));
        expect(brokenReferences(world, [])).toEqual([]);
      }
    }
  });

  it('can be killed again and again at random points, and still converges', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const world = memoryWorld();
      await publishTo(world, before);
      for (let round = 0; round < 4; round++) {
        killAt(world, 1 + ((seed * 7919 + round * 104729) % reference.operations));
        await publishTo(world, round % 2 === 0 ? after : before, { concurrency: 3 }).catch(() => undefined);
        revive(world);
        expect(brokenReferences(world, [])).toEqual([]);
      }
      await publishTo(world, after, headerRule);
      const pages = Object.entries(comparable(world)).filter(([place]) =>
        /^pages\/(?!\.twinorigin).*\.html$/.test(place),
      );
      const wanted = Object.entries(comparable(reference.world)).filter(([place]) =>
        /^pages\/(?!\.twinorigin).*\.html$/.test(place),
      );
      expect(Object.fromEntries(pages)).toEqual(Object.fromEntries(wanted));
    }
  });
});

describe('a publisher of releases in folders that is killed', async () => {
  const build = { edge: { mode: 'atomic', urls: 'none' } } as const;
  const count = await (async () => {
    const world = memoryWorld();
    await publishTo(world, before, { build });
    const counter = killAt(world, Infinity);
    await publishTo(world, after, { build, concurrency: 1 });
    return counter.count();
  })();
  const points = Array.from({ length: count }, (_, index) => index + 1);

  /** The pages of the release that the edge names; every one of `wanted` must be among them. */
  function livePages(world: MemoryWorld): Record<string, string> {
    const { p } = JSON.parse(world.edge.entries.get(liveKey)!) as { p: string };
    const folder = `${p.slice(1)}/`;
    const keys = world.stores.pages.keys().filter((key) => key.startsWith(folder) && key.endsWith('.html'));
    return Object.fromEntries(keys.map((key) => [key.slice(folder.length), world.stores.pages.text(key)!]));
  }
  /** Pages as built, by path. */
  async function pagesAsBuilt(contents: Contents): Promise<Record<string, string>> {
    const world = memoryWorld();
    await publishTo(world, contents, { build });
    return livePages(world);
  }

  it(`leaves visitors one whole release, the old or the new, at each of ${points.length} points`, async () => {
    const [old, next] = [await pagesAsBuilt(before), await pagesAsBuilt(after)];
    expect(Object.keys(next)).toContain('new/index.html');
    let switched = 0;
    for (const point of points) {
      const world = memoryWorld();
      await publishTo(world, before, { build });
      killAt(world, point);
      await publishTo(world, after, { build, concurrency: 1 }).catch(() => undefined);
      revive(world);
      const seen = livePages(world);
      expect([old, next], `after a kill at ${point}`).toContainEqual(seen);
      if ('new/index.html' in seen) switched++;
      expect(brokenReferences(world, Object.values(old), Object.values(seen)), `after a kill at ${point}`).toEqual([]);
      await publishTo(world, after, { build, concurrency: 1 });
      expect(livePages(world), `converged after a kill at ${point}`).toEqual(next);
      const pointer = JSON.parse(world.stores.pages.text('.twinorigin/current.json')!) as { unfinished: string[] };
      expect(pointer.unfinished).toEqual([]);
    }
    expect(switched).toBeGreaterThan(0);
    expect(switched).toBeLessThan(points.length);
  });

  it('can be followed by any other release', async () => {
    const old = await pagesAsBuilt(before);
    for (const point of points) {
      const world = memoryWorld();
      await publishTo(world, before, { build });
      killAt(world, point);
      await publishTo(world, after, { build, concurrency: 1 }).catch(() => undefined);
      revive(world);
      await publishTo(world, before, { build });
      expect(livePages(world), `after a kill at ${point}`).toEqual(old);
    }
  });
});
