/** A bad network between the client and the server: real requests, through a proxy that does what a seed says. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PublishError } from '../../src/errors.js';
import { withCredentials } from '../aws/credentials.js';
import { startFakeS3, type FakeS3 } from '../fakes/fakeS3.js';
import { slowDown, startFaultProxy, type Fault, type Rule } from '../fakes/faultProxy.js';
import { compareStates, pages, readState, sites, writeSite } from '../crash/matrix.js';
import { openEdge, run, type Job, type Place } from '../crash/publisher.js';
import { findBroken, openPages } from '../crash/visitor.js';

withCredentials();

/** TWINORIGIN_ROUNDS=6 makes it 120 seeds for each client. */
const runs = 20 * Number(process.env.TWINORIGIN_ROUNDS ?? '1');

let fake: FakeS3;
let folder: string;
beforeAll(async () => {
  fake = await startFakeS3();
  folder = mkdtempSync(join(tmpdir(), 'twinorigin-network-'));
  await writeSite(join(folder, 'before'), sites.before);
  await writeSite(join(folder, 'after'), sites.after);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await fake.close();
  rmSync(folder, { recursive: true, force: true });
});

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constant('latency' as const), milliseconds: fc.integer({ min: 1, max: 30 }) }),
  fc.constant<Fault>({ kind: 'reset' }),
  fc.constant<Fault>({ kind: 'lose-answer' }),
  fc.record({ kind: fc.constant('reset-upload' as const), bytes: fc.integer({ min: 1, max: 300 }) }),
  fc.record({
    kind: fc.constant('truncate' as const),
    bytes: fc.integer({ min: 0, max: 200 }),
    end: fc.constantFrom('reset' as const, 'fin' as const),
  }),
  fc.constant<Fault>({ kind: 'status', status: 500, code: 'InternalError' }),
  fc.constant(slowDown),
  fc.constant<Fault>({ kind: 'status', status: 403, code: 'AccessDenied' }),
);
const rule: fc.Arbitrary<Rule> = fc.record(
  {
    fault,
    probability: fc.double({ min: 0.2, max: 1, noNaN: true }),
    after: fc.nat(12),
    times: fc.integer({ min: 1, max: 30 }),
    method: fc.constantFrom('PUT', 'GET', 'POST', 'HEAD'),
  },
  { requiredKeys: ['fault', 'probability', 'after'] },
);

let count = 0;
let faults = 0;

/** One run: the second release goes through the proxy; then visitors look; then it goes again without faults. */
async function tryNetwork(rules: readonly Rule[], seed: number): Promise<boolean> {
  const id = ++count;
  const root = join(folder, String(id));
  const place: Place = { kind: 's3', root, endpoint: fake.url, bucket: 'bucket', prefix: `run${id}` };
  const edge = await openEdge(place, 0);
  const proxy = await startFaultProxy(fake.url, rules, seed);
  try {
    const common = { cacheDir: join(folder, 'cache'), urls: edge.urls, settings: { concurrency: 4 }, forgotten: true };
    const first: Job = { ...common, place, site: join(folder, 'before'), now: '2026-11-24T12:00:00Z' };
    const second: Job = { ...common, place, site: join(folder, 'after'), now: '2026-11-25T12:00:00Z' };
    await run(first);
    const held = await openPages(edge.urls, pages);
    const texts = held.map(({ content }) => content.toString());
    const throughProxy: Job = { ...second, place: { ...place, endpoint: proxy.url, attempts: 3 } };
    const error: unknown = await run(throughProxy).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    for (const done of proxy.seen.faults.values()) faults += done;
    const shown = await openPages(edge.urls, pages);
    expect(await findBroken(edge.urls, [...held, ...shown])).toEqual([]);
    if (error !== null) {
      expect(error).toBeInstanceOf(PublishError);
      const { exitCode } = error as PublishError;
      expect([1, 3, 10]).toContain(exitCode);
      if (exitCode === 3) expect(shown.map(({ content }) => content.toString())).toEqual(texts);
    }
    await run(second);
    const state = await readState(place);
    const undisturbed: Place = { ...place, root: `${root}u`, prefix: `undisturbed${id}` };
    await run({ ...first, place: undisturbed });
    await run({ ...second, place: undisturbed });
    expect(compareStates(await readState(undisturbed), state)).toEqual([]);
    return error !== null;
  } finally {
    await proxy.close();
    await edge.close();
  }
}

/** Requests are signed and sent by our own client, or by the SDK. */
describe.each(['lean', 'sdk'])('a bad network before S3, through the client %s', (client) => {
  it(
    `loses nothing, mixes nothing, and ends with the right exit code (${runs} seeds)`,
    { timeout: 3_600_000 },
    async () => {
      const samples = fc.sample(fc.tuple(fc.array(rule, { minLength: 1, maxLength: 3 }), fc.nat()), {
        numRuns: runs,
        seed: 7,
      });
      vi.stubEnv('TWINORIGIN_S3_CLIENT', client);
      let failed = 0;
      faults = 0;
      for (let next = 0; next < samples.length; next += 4) {
        const some = samples.slice(next, next + 4).map(async ([rules, seed]) => {
          if (
            await tryNetwork(rules, seed).catch((error: unknown) => {
              throw new Error(`with ${JSON.stringify({ rules, seed })}`, { cause: error });
            })
          )
            failed++;
        });
        await Promise.all(some);
      }
      process.stdout.write(
        `${client}: ${runs} seeds of a bad network, ${faults} faults, ${failed} publishes ended with an error\n`,
      );
      const isOwn = fake.log.some(({ headers }) => headers['user-agent'] === 'twinorigin');
      expect(isOwn).toBe(client === 'lean');
      fake.log.length = 0;
      expect(failed).toBeGreaterThan(0);
      expect(failed).toBeLessThan(runs);
    },
  );
});
