/**
 * Publishers of different releases at the same time, with interleavings drawn from a seed, and visitors who come and go
 * all the while: they keep a page, and later load what it names.
 */
import { describe, expect, it } from 'vitest';
import { originNames } from '../../src/build/build.js';
import { PublishError } from '../../src/errors.js';
import { acquireLock } from '../../src/release/lock.js';
import { pointerKey } from '../../src/release/keys.js';
import type { World } from '../../src/release/ports.js';
import { pruneWhenDue } from '../../src/release/pruneWhenDue.js';
import { readPointer, readRecord } from '../../src/release/record.js';
import { decodePointer } from '../../src/release/recordFormat.js';
import type { Pointer } from '../../src/release/release.js';
import { randomFrom } from '../fakes/faultProxy.js';
import { buildOf, memoryWorld, publishTo, referencesIn, visit, type Contents, type MemoryWorld } from './harness.js';

/** TWINORIGIN_ROUNDS=10 makes it ten times as many. */
const times = Number(process.env.TWINORIGIN_ROUNDS ?? '1');

const release = (name: string): Contents => ({
  'index.html': `<link rel=stylesheet href=a.css><img src=logo.png><p>${name}</p>`,
  'news/index.html': `<link rel=stylesheet href=../a.css><img src=../own.png><p>${name}</p>`,
  'a.css': `a{background:url(back.png)} /* ${name} */`,
  'back.png': `back ${name}`,
  'own.png': `own ${name}`,
  'logo.png': 'logo',
});

/** Lets other work in between, as often as the seed says, at every operation of every store. */
function shuffle(world: MemoryWorld, random: () => number): { readonly pointers: Pointer[] } {
  const pointers: Pointer[] = [];
  for (const origin of originNames) {
    const store = world.stores[origin];
    store.onOperation = async () => {
      for (let turns = Math.floor(random() * 6); turns > 0; turns--) await new Promise((go) => setImmediate(go));
    };
    const put = store.put.bind(store);
    store.put = async (request) => {
      const result = await put(request);
      if (request.key === pointerKey && 'bytes' in request.body)
        pointers.push(decodePointer(request.body.bytes.toString()));
      return result;
    };
  }
  return { pointers };
}

/** Everything that a page loads, stylesheets followed, as the stores are now. */
function missingFor(world: MemoryWorld, page: string): string[] {
  const missing: string[] = [];
  for (const url of referencesIn(page)) {
    const { status, headers, body } = visit(world.stores, url);
    if (status !== 200) missing.push(url);
    else if (headers['content-type']?.startsWith('text/css'))
      missing.push(...referencesIn(body.toString()).filter((inner) => visit(world.stores, inner).status !== 200));
  }
  return missing;
}

const paths = ['https://www.example.com/', 'https://www.example.com/news/'];

/** Opens pages at random moments and asks for their assets at later ones. */
function sendVisitors(world: MemoryWorld, random: () => number) {
  const held: string[] = [];
  const broken: string[] = [];
  let looks = 0;
  let open = true;
  const walk = async () => {
    while (open) {
      await new Promise((go) => setImmediate(go));
      const dice = random();
      if (dice < 0.3) {
        const { status, body } = visit(world.stores, paths[Math.floor(random() * paths.length)]!);
        if (status === 200) held.push(body.toString());
        if (held.length > 30) held.shift();
      } else if (dice < 0.6 && held.length > 0) {
        looks++;
        broken.push(...missingFor(world, held[Math.floor(random() * held.length)]!));
      }
    }
  };
  const walking = walk();
  return {
    async leave() {
      open = false;
      await walking;
      return { broken, looks };
    },
  };
}

/** As the library's `publish`: a publisher elsewhere, whose life nobody here can see. */
function publisherOf(world: MemoryWorld, index: number): World {
  return { ...world, process: { machine: `machine ${index}`, pid: index, isAlive: () => true } };
}

async function race(publishers: number, seed: number) {
  const random = randomFrom(seed);
  const world = memoryWorld();
  await publishTo(world, release('first'));
  const { pointers } = shuffle(world, random);
  const visitors = sendVisitors(world, random);
  const names = Array.from({ length: publishers }, (_, index) => `release ${index}`);
  const outcomes = await Promise.allSettled(
    names.map((name, index) =>
      publishTo(publisherOf(world, index), release(name), {
        lock: { wait: random() < 0.7, seconds: 5 },
        concurrency: 3,
      }),
    ),
  );
  return { world, names, outcomes, pointers, ...(await visitors.leave()) };
}

describe.each([2, 4, 8])('%i publishers at once', (publishers) => {
  const rounds = Math.ceil((60 * times) / publishers);

  it(
    `end as exactly one of them, with a linear history, and no visitor misses anything (${rounds} rounds)`,
    { timeout: 600_000 },
    async () => {
      let looks = 0;
      let won = 0;
      // Rounds mostly wait for locks: some run beside each other.
      for (let first = 0; first < rounds; first += 10) {
        const seeds = Array.from(
          { length: Math.min(10, rounds - first) },
          (_, index) => publishers * 1000 + first + index,
        );
        for (const result of await Promise.all(seeds.map((seed) => race(publishers, seed)))) {
          const { world, names, outcomes, pointers, broken } = result;
          looks += result.looks;
          expect(broken).toEqual([]);
          // A loser is told why; nobody fails in any other way.
          for (const outcome of outcomes)
            if (outcome.status === 'rejected') {
              expect(outcome.reason).toBeInstanceOf(PublishError);
              expect(outcome.reason).toMatchObject({ code: 'locked', exitCode: 10 });
            }
          const winners = outcomes.filter(({ status }) => status === 'fulfilled');
          const { pointer } = await readPointer(world.readers.pages);
          if (winners.length === 0 || pointer.unfinished.length > 0) {
            // On a machine so busy that a holder stood still for longer than its lock: the next one puts it right.
            expect(outcomes.map((one) => (one.status === 'rejected' ? String(one.reason) : ''))).toContainEqual(
              expect.stringMatching(/in time|was taken|changed/),
            );
            await publishTo(world, release(names[0]!));
            expect((await readPointer(world.readers.pages)).pointer.unfinished).toEqual([]);
            await expectWhole(world, names);
            continue;
          }
          won += winners.length;
          expect(pointers.map(({ sequence }) => sequence)).toEqual(
            pointers.map((_, index) => pointers[0]!.sequence + index),
          );
          await expectHistory(world, pointer, winners.length);
          await expectWhole(world, names);
        }
      }
      process.stdout.write(
        `${publishers} publishers, ${rounds} rounds: ${won} releases, ${looks} looks of visitors, none broken\n`,
      );
      expect(looks).toBeGreaterThan(rounds);
    },
  );
});

/** Each release names the one before it, down to the first. */
async function expectHistory(world: MemoryWorld, { live }: Pointer, releases: number): Promise<void> {
  let length = 0;
  for (let id = live; id !== null; length++) id = (await readRecord(world.readers.pages, id)).previous;
  expect(length).toBe(1 + releases);
}

/** What visitors see is all of one release. */
async function expectWhole(world: MemoryWorld, names: readonly string[]): Promise<void> {
  const shown = paths.map((path) => /<p>(.*)<\/p>/.exec(visit(world.stores, path).body.toString())?.[1]);
  expect(new Set(shown).size).toBe(1);
  expect(names).toContain(shown[0]);
  const build = await buildOf(release(shown[0]!));
  for (const object of build.objects.filter(({ origin }) => origin === 'pages')) {
    const body = await build.open(object);
    expect(world.stores.pages.text(object.key)).toBe('bytes' in body ? body.bytes.toString() : undefined);
  }
}

describe('a site that is published again and again', () => {
  const count = 150 * times;

  it(
    `never breaks a page that somebody holds, with pruning all the while (${count} publishes)`,
    { timeout: 600_000 },
    async () => {
      const random = randomFrom(11);
      let now = Date.parse('2026-01-01T00:00:00Z');
      const world = memoryWorld({ clock: () => new Date(now) });
      const held: { readonly page: string; readonly until: number }[] = [];
      const day = 24 * 60 * 60 * 1000;
      const retention = { releases: 3, days: 2 };
      let looks = 0;
      let pruned = 0;
      for (let round = 0; round < count; round++) {
        now += random() * 0.5 * day;
        // A few contents come back again, as they do when something is reverted.
        const name = random() < 0.2 ? `round ${Math.floor(random() * round)}` : `round ${round}`;
        const { plan } = await publishTo(world, release(name));
        const lock = await acquireLock(world, { wait: false });
        const result = await pruneWhenDue(plan, world, retention, lock).finally(() => lock.release());
        expect(result.problems).toEqual([]);
        pruned += result.pruned?.objects ?? 0;
        for (const path of paths) {
          // Somebody keeps a page open for less than retention promises.
          const page = visit(world.stores, path).body.toString();
          held.push({ page, until: now + random() * retention.days * day });
        }
        for (let index = held.length - 1; index >= 0; index--) {
          const { page, until } = held[index]!;
          if (now > until) held.splice(index, 1);
          else if (random() < 0.5) {
            looks++;
            expect(missingFor(world, page), `round ${round}`).toEqual([]);
          }
        }
      }
      process.stdout.write(`${count} publishes: ${looks} looks at held pages, ${pruned} objects pruned, none broken\n`);
      expect(pruned).toBeGreaterThan(count);
      expect(world.stores.images.keys().length).toBeLessThan(60);
    },
  );
});
