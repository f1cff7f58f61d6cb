/** Credentials that end while a publish is under way, as those of roles and of SSO do. */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { S3Error, startFakeS3, type FakeS3 } from '../fakes/fakeS3.js';
import { makeFolder, run, smallSiteOnBuckets, type Folder } from './command.js';

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

const expired = new S3Error(400, 'ExpiredToken', 'The provided token has expired.');

describe('session credentials that end while a site is published', () => {
  it('are fetched anew from where they came, and the publish goes on', async () => {
    // Like a role's: each answer is a new token, and so near its end that the next request asks again.
    folder.write({
      'provide.mjs': `
        import { existsSync, readFileSync, writeFileSync } from 'node:fs';
        const file = new URL('count', import.meta.url);
        const count = existsSync(file) ? Number(readFileSync(file, 'utf8')) + 1 : 1;
        writeFileSync(file, String(count));
        console.log(JSON.stringify({
          Version: 1, AccessKeyId: 'AKIDEXAMPLE000000000', SecretAccessKey: 'secret',
          SessionToken: 'token ' + count, Expiration: new Date(Date.now() + 60_000).toISOString(),
        }));`,
      'aws.config': `[profile role]\nregion = us-east-1\ncredential_process = ${process.execPath} ${join(folder.path, 'provide.mjs')}\n`,
    });
    let early = 0;
    let newest = 0;
    fake.before = async ({ headers }) => {
      const number = Number(/^token (\d+)$/.exec(String(headers['x-amz-security-token']))?.[1]);
      // Once newer ones were used, those before are at their end. Until then the server is slow: new ones take a moment.
      if (!(number >= newest - 1)) throw expired;
      if (number === 1 && ++early > 8) await setTimeout(100);
      newest = Math.max(newest, number);
      return undefined;
    };
    const env = { AWS_PROFILE: 'role', AWS_CONFIG_FILE: join(folder.path, 'aws.config') };
    const { code, stdout, stderr } = await run(['publish', '--endpoint-url', fake.url], { cwd: folder.path, env });
    expect(stdout + stderr).not.toContain('token ');
    expect(code).toBe(0);
    expect(fake.bucket('pages').objects.has('index.html')).toBe(true);
    expect(newest).toBeGreaterThan(1);
    expect(early).toBeGreaterThan(0);
  });

  it('and cannot be fetched anew stop it with what to do; the same command with new ones finishes it', async () => {
    let puts = 0;
    fake.before = ({ operation, key, headers }) => {
      if (operation === 'PutObject' && !key.startsWith('.twinorigin/')) puts++;
      if (headers['x-amz-security-token'] === 'old' && puts > 2) throw expired;
      return undefined;
    };
    const publish = (token: string) =>
      run(['publish', '--endpoint-url', fake.url], {
        cwd: folder.path,
        env: {
          AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE000000000',
          AWS_SECRET_ACCESS_KEY: 'secret',
          AWS_SESSION_TOKEN: token,
          AWS_REGION: 'us-east-1',
        },
      });
    const stopped = await publish('old');
    expect(stopped.stderr).toContain('have expired');
    expect(stopped.stderr).toContain('run the same command again');
    expect(stopped.code).not.toBe(0);
    expect(fake.bucket('pages').objects.has('index.html')).toBe(false);
    // Not even the lock can be given back; its holder is known to be gone.
    expect(fake.bucket('pages').objects.has('.twinorigin/lock.json')).toBe(true);
    const assets = () => [...fake.bucket('images').objects, ...fake.bucket('resources').objects];
    const before = assets();
    expect(before).not.toEqual([]);
    const finished = await publish('new');
    expect(finished.code).toBe(0);
    expect(fake.bucket('pages').objects.has('index.html')).toBe(true);
    // What was up was not written again: it is the very same object.
    const after = new Map(assets());
    for (const [key, object] of before) expect(after.get(key)).toBe(object);
  });
});
