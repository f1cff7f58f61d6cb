/** Stores and CDNs that fail at random: nothing is lost, nothing is mixed, and the error says which of both it was. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PublishError } from '../../src/errors.js';
import { readPointer } from '../../src/release/record.js';
import { watch } from '../crash/publisher.js';
import { randomFrom } from '../fakes/faultProxy.js';
import { memoryWorld, publishTo, referencesIn, stateOf, visit, type Contents, type MemoryWorld } from './harness.js';

/** TWINORIGIN_ROUNDS=10 makes it ten times as many. */
const runs = 200 * Number(process.env.TWINORIGIN_ROUNDS ?? '1');

const before: Contents = {
  'index.html': '<link rel=stylesheet href=/a.css><img src="/old.png"><img src=/logo.png>',
  'gone.html': '<img src=/old.png>',
  'a.css': 'a { background: url(back.png) }',
  'back.png': 'back',
  'old.png': 'old',
  'logo.png': 'logo',
  'notes.txt': 'notes',
};
const after: Contents = {
  'index.html': '<link rel=stylesheet href=/a.css><img src="/new.png"><img src=/logo.png>',
  'new/index.html': '<img src=../new.png>',
  'a.css': 'a { background: url(back.png) }',
  'back.png': 'another back',
  'new.png': 'new',
  'logo.png': 'logo',
  'notes.txt': 'notes',
};
const headerRule = { build: { rules: [{ match: 'notes.txt', cacheControl: 'no-cache' }] } };

const faults = [
  () => new PublishError('store-failed', 'InternalError (HTTP 500)', { transient: true }),
  () => new PublishError('store-failed', 'keeps asking for fewer requests (SlowDown)', { transient: true }),
  () => new PublishError('unreachable', 'read ECONNRESET', { transient: true }),
  () => new PublishError('access-denied', 'PutObject is not allowed'),
  () => new PublishError('expired-credentials', 'The provided token has expired'),
] as const;

const plan = fc.record({
  seed: fc.nat(),
  /** Of each operation. */
  probability: fc.double({ min: 0.01, max: 0.3, noNaN: true }),
  /** The operation was done, and only the answer was lost. */
  lost: fc.double({ min: 0, max: 1, noNaN: true }),
  /** Bad luck begins here. */
  from: fc.nat(40),
  concurrency: fc.integer({ min: 1, max: 6 }),
});

const pagesOf = (world: MemoryWorld) =>
  world.stores.pages.keys().flatMap((key) => (key.endsWith('.html') ? [world.stores.pages.text(key)!] : []));

function brokenFor(world: MemoryWorld, pages: readonly string[]): string[] {
  const texts = [...pages];
  const broken = new Set<string>();
  const seen = new Set<string>();
  for (let text = texts.pop(); text !== undefined; text = texts.pop())
    for (const url of referencesIn(text)) {
      if (seen.has(url)) continue;
      seen.add(url);
      const { status, headers, body } = visit(world.stores, url);
      if (status !== 200) broken.add(url);
      else if (headers['content-type']?.startsWith('text/css')) texts.push(body.toString());
    }
  return [...broken];
}

function comparable(world: MemoryWorld): Record<string, string> {
  const state = stateOf(world);
  Reflect.deleteProperty(state, 'pages/.twinorigin/lock.json');
  const pointer = JSON.parse(world.stores.pages.text('.twinorigin/current.json')!) as Record<string, unknown>;
  return { ...state, 'pages/.twinorigin/current.json': JSON.stringify({ ...pointer, sequence: 0 }) };
}

describe('random faults between publisher and stores', () => {
  it(`lose nothing, mix nothing, and end with the right exit code (${runs} runs)`, { timeout: 600_000 }, async () => {
    const reference = memoryWorld();
    await publishTo(reference, before);
    await publishTo(reference, after, headerRule);
    const wanted = comparable(reference);
    let failed = 0;
    await fc.assert(
      fc.asyncProperty(plan, async ({ seed, probability, lost, from, concurrency }) => {
        const world = memoryWorld();
        await publishTo(world, before);
        const held = pagesOf(world);
        const random = randomFrom(seed);
        let count = 0;
        const strike = (share: number): void => {
          if (count > from && random() < probability * share) throw faults[Math.floor(random() * faults.length)]!();
        };
        const steps = {
          before: () => {
            count++;
            strike(1 - lost);
          },
          after: () => strike(lost),
        };
        const { stores, cdns } = watch(world, steps);
        const bad = { ...world, stores, cdns, readers: stores };
        const error: unknown = await publishTo(bad, after, { ...headerRule, concurrency }).then(
          () => null,
          (thrown: unknown) => thrown,
        );
        expect(brokenFor(world, [...held, ...pagesOf(world)])).toEqual([]);
        if (error === null) expect(comparable(world)).toEqual(wanted);
        else {
          failed++;
          expect(error).toBeInstanceOf(PublishError);
          const { exitCode } = error as PublishError;
          expect([1, 3, 10]).toContain(exitCode);
          // 3 says that nothing was put live.
          if (exitCode === 3) expect(pagesOf(world)).toEqual(held);
        }
        await publishTo(world, after, headerRule);
        expect(comparable(world)).toEqual(wanted);
        expect((await readPointer(world.readers.pages)).pointer.unfinished).toEqual([]);
        for (const path of reference.cdns.pages.paths()) expect(world.cdns.pages.paths()).toContain(path);
      }),
      { numRuns: runs, seed: 4 },
    );
    process.stdout.write(`${runs} runs with random faults, ${failed} ended with an error\n`);
    expect(failed).toBeGreaterThan(runs / 10);
  });
});
