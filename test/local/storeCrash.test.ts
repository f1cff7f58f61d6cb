import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { objectKey } from '../../src/build/keys.js';
import { nameHolder, newHolder } from '../../src/local/holder.js';
import { openDirectoryReader } from '../../src/local/reader.js';
import { openDirectoryStore } from '../../src/local/store.js';
import { digestOf } from '../../src/site/names.js';
import { plainHeaders } from '../contract/room.js';
import { programOf } from './childStore.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twinorigin-crash-'));
});
afterEach(() => rm(folder, { recursive: true }));

const own = (...path: string[]): string => join(folder, '.twinorigin-headers', ...path);
/** A holder of this machine whose process has ended. */
async function deadHolder(): Promise<string> {
  const child = (await programOf('')).start(folder);
  await child.ended;
  return nameHolder({ ...newHolder(), pid: child.process.pid! });
}

describe('a process that is killed with kill -9', () => {
  // Every version of a key has its own headers and identity, so a mix of two versions is seen.
  const writeForEver = `
    import { createHash } from 'node:crypto';
    const digest = (text) => createHash('sha256').update(text).digest('hex');
    let turn = Number(args[0]);
    const work = async () => {
      for (;;) {
        const version = turn++;
        const key = 'd' + (version % 7) + '/k' + (version % 40);
        const text = version + ' ' + 'x'.repeat(version % 5000);
        const headers = { contentType: 'text/v' + version, cacheControl: 'max-age=' + version };
        const identity = { digest: digest(text), recipe: 'v' + version };
        if (version % 11 === 0) await store.delete([key]);
        else if (version % 13 === 0) await store.copy({ from: 'd1/k1', to: key, headers }).catch(() => undefined);
        else await store.put({ key, body: { bytes: Buffer.from(text) }, headers, identity });
        if (version % 50 === 0) print(String(version));
      }
    };
    await Promise.all([work(), work(), work(), work()]);
  `;

  it('leaves every object with matching body and headers, and nobody waits for it', async () => {
    const program = await programOf(writeForEver);
    let next = 1;
    for (let round = 0; round < 6; round++) {
      const child = program.start(folder, String(next));
      await child.lines(1 + round);
      child.process.kill('SIGKILL');
      const printed = await child.ended;
      next = Number(printed.at(-1)) + 500;

      let objects = 0;
      const reader = openDirectoryReader(folder);
      for await (const { key, etag } of reader.list('')) {
        const got = (await reader.get(key))!;
        objects++;
        expect(got.object.etag).toBe(etag);
        expect(got.object.headers.contentType, key).toMatch(/^text\/v\d+$/);
        if (!got.object.identity) continue; // A copy.
        const version = got.bytes.toString().split(' ')[0];
        expect(got.object).toMatchObject({
          headers: { contentType: `text/v${version}`, cacheControl: `max-age=${version}` },
          identity: { digest: digestOf(got.bytes), recipe: `v${version}` },
        });
      }
      expect(objects).toBeGreaterThan(20);
      const started = Date.now();
      await openDirectoryStore(folder).put({
        key: objectKey('after'),
        body: { bytes: Buffer.from('after') },
        headers: { contentType: 'text/v0', cacheControl: 'max-age=0' },
      });
      expect(Date.now() - started).toBeLessThan(5_000);
    }
    expect(readdirSync(own('temporary')).filter((name) => !name.includes(`-${process.pid}-`))).toEqual([]);
    expect(existsSync(own('lock'))).toBe(false);
  }, 60_000);
});

describe('a lock that was left behind', () => {
  const put = () =>
    openDirectoryStore(folder).put({
      key: objectKey('a'),
      body: { bytes: Buffer.from('a') },
      headers: plainHeaders,
    });

  it('by a dead process is removed at once, and what that process left with it', async () => {
    const holder = await deadHolder();
    mkdirSync(own('temporary'), { recursive: true });
    writeFileSync(own('temporary', `${holder}.claim`), holder);
    writeFileSync(own('temporary', `${holder}.7`), 'half a body');
    linkSync(own('temporary', `${holder}.claim`), own('lock'));
    const started = Date.now();
    await put();
    expect(Date.now() - started).toBeLessThan(2_000);
    expect(readdirSync(own('temporary')).filter((name) => name.startsWith(holder))).toEqual([]);
    expect(readdirSync(own()).filter((name) => name.startsWith('lock'))).toEqual([]);
  });

  it('is removed although the one who was to remove it died too', async () => {
    const [holder, breaker] = [await deadHolder(), await deadHolder()];
    mkdirSync(own('temporary'), { recursive: true });
    writeFileSync(own('lock'), holder);
    writeFileSync(own(`lock.${holder.split('-')[2]!}`), breaker);
    await put();
    expect(readdirSync(own()).filter((name) => name.startsWith('lock'))).toEqual([]);
  });

  it('is waited for while its process lives', async () => {
    mkdirSync(own('temporary'), { recursive: true });
    writeFileSync(own('lock'), nameHolder(newHolder()));
    let done = false;
    const waiting = put().then(() => (done = true));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(done).toBe(false);
    await rm(own('lock'));
    await waiting;
  });
});

describe('two processes', () => {
  it('that race to create the same objects win each of them once', async () => {
    const program = await programOf(`
      const [name, count] = args;
      print('ready');
      let won = 0;
      let next = 0;
      const work = async () => {
        for (;;) {
          const index = next++;
          if (index >= Number(count)) return;
          const body = { bytes: Buffer.from(name) };
          const headers = { contentType: 'text/' + name, cacheControl: 'no-cache' };
          try {
            await store.put({ key: 'race/' + index, body, headers, condition: { absent: true } });
            print('won ' + index);
          } catch (error) {
            if (!(error instanceof ConditionFailed)) throw error;
          }
        }
      };
      await Promise.all([work(), work(), work()]);
      print('done');
    `);
    const racers = ['a', 'b', 'c'].map((name) => ({ name, program: program.start(folder, name, '300') }));
    const winners = new Map<string, string>();
    for (const { name, program } of racers) {
      const lines = await program.ended;
      expect(lines.at(-1)).toBe('done');
      for (const line of lines) {
        if (!line.startsWith('won ')) continue;
        const key = `race/${line.slice(4)}`;
        expect(winners.get(key)).toBeUndefined();
        winners.set(key, name);
      }
    }
    expect(winners.size).toBe(300);
    const reader = openDirectoryReader(folder);
    for (const [key, name] of winners) {
      const got = await reader.get(objectKey(key));
      expect([got?.bytes.toString(), got?.object.headers.contentType]).toEqual([name, `text/${name}`]);
    }
  }, 60_000);

  it('that count together by compare-and-swap lose nothing, though one is killed', async () => {
    const program = await programOf(`
      const key = 'counter';
      for (let done = 0; done < 100; ) {
        const got = await store.get(key);
        const body = { bytes: Buffer.from(String(Number(got.bytes) + 1)) };
        try {
          await store.put({ key, body, headers: got.object.headers, condition: { etag: got.object.etag } });
          print('counted');
          done++;
        } catch (error) {
          if (!(error instanceof ConditionFailed)) throw error;
        }
      }
    `);
    const store = openDirectoryStore(folder);
    await store.put({ key: objectKey('counter'), body: { bytes: Buffer.from('0') }, headers: plainHeaders });
    const [first, second, killed] = [program.start(folder), program.start(folder), program.start(folder)];
    await killed.lines(10);
    killed.process.kill('SIGKILL');
    const counted = (await Promise.all([first, second, killed].map(({ ended }) => ended))).flat().length;
    const final = Number((await store.get(objectKey('counter')))!.bytes);
    // The killed one may have written without having been able to say so.
    expect(final - counted).toBeGreaterThanOrEqual(0);
    expect(final - counted).toBeLessThanOrEqual(1);
    expect(readFileSync(join(folder, 'counter'), 'utf8')).toBe(String(final));
  }, 60_000);
});
