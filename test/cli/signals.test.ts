/** Ctrl-C and SIGTERM, on real processes with a slow store. */
import { spawn } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFakeS3, type FakeS3 } from '../fakes/fakeS3.js';
import { main, makeFolder, smallSiteOnBuckets, type Folder } from './command.js';

let folder: Folder;
let fake: FakeS3;
beforeEach(async () => {
  folder = makeFolder();
  fake = await startFakeS3({ buckets: ['images', 'resources', 'pages'] });
  folder.write(smallSiteOnBuckets);
});
afterEach(async () => {
  await fake.close();
  folder.remove();
});

const lockKey = '.twinorigin/lock.json';

/** Starts a publish whose uploads hang until they are let go, and waits until the first one does. */
async function publishSlowly() {
  let letGo: () => void = () => undefined;
  const gate = new Promise<void>((open) => (letGo = open));
  let reached: () => void = () => undefined;
  const first = new Promise<void>((tell) => (reached = tell));
  fake.before = async ({ operation, key }) => {
    if (operation !== 'PutObject' || key.startsWith('.twinorigin/')) return undefined;
    reached();
    await gate;
    return undefined;
  };
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [main, 'publish', '--endpoint-url', fake.url], {
    cwd: folder.path,
    env: {
      PATH,
      HOME: folder.path,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE000000000',
      AWS_SECRET_ACCESS_KEY: 'a secret that nobody may see',
      AWS_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  child.stderr.on('data', (chunk) => (text += chunk));
  const ended = new Promise<{ code: number | null; signal: string | null; text: string }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, text }));
  });
  await Promise.race([first, ended.then(({ text: said }) => Promise.reject(new Error(said)))]);
  const waitFor = async (words: string) => {
    while (!text.includes(words)) await new Promise((wait) => setTimeout(wait, 20));
  };
  return { child, ended, letGo, waitFor };
}

describe('a publish that is stopped', { timeout: 120_000 }, () => {
  it.each([
    ['SIGINT', 130, 'stopped with Ctrl-C'],
    ['SIGTERM', 143, 'stopped with SIGTERM'],
  ] as const)('with %s ends what is under way, gives the lock back and ends with %i', async (signal, code, words) => {
    const { child, ended, letGo, waitFor } = await publishSlowly();
    expect(fake.bucket('pages').objects.has(lockKey)).toBe(true);
    child.kill(signal);
    await waitFor('Stopping');
    letGo();
    const end = await ended;
    expect([end.code, end.signal]).toEqual([code, null]);
    expect(end.text).toContain(words);
    expect(end.text).toContain('finished work is kept');
    expect(end.text).not.toContain('a secret that nobody may see');
    expect(fake.bucket('pages').objects.has(lockKey)).toBe(false);
    expect(fake.bucket('pages').objects.has('index.html')).toBe(false);
    // One upload was under way, and no other was begun.
    const assets = [...fake.bucket('images').objects.keys(), ...fake.bucket('resources').objects.keys()];
    expect(assets.length).toBeLessThanOrEqual(3);
  });

  it('with Ctrl-C twice is killed at once', async () => {
    const { child, ended, letGo, waitFor } = await publishSlowly();
    child.kill('SIGINT');
    await waitFor('Stopping');
    child.kill('SIGINT');
    const { code, signal } = await ended;
    letGo();
    expect([code, signal]).toEqual([null, 'SIGINT']);
    expect(fake.bucket('pages').objects.has('index.html')).toBe(false);
  });
});
