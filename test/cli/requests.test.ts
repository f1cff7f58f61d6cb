import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFakeS3, type FakeS3 } from '../fakes/fakeS3.js';
import { makeFolder, run, type Folder } from './command.js';

/** Three pictures and a sheet that pages show, and two pages. */
const site = {
  'site/index.html': '<link rel="stylesheet" href="a.css"><img src="1.png"><img src="2.png"><img src="3.png">',
  'site/other.html': '<p>other</p>',
  'site/a.css': 'p { color: red }',
  'site/1.png': 'one',
  'site/2.png': 'two',
  'site/3.png': 'three',
};

describe.each([
  ['lean', ''],
  ['SDK', 'sdk'],
])('requests of a publish to S3 by the %s client', (_, client) => {
  let fake: FakeS3;
  let folder: Folder;
  const env: Record<string, string> = {
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };

  beforeAll(async () => {
    fake = await startFakeS3({ buckets: ['bench-images', 'bench-resources', 'bench-pages'] });
    folder = makeFolder();
    folder.write(site);
    const origin = (name: string) => ({ bucket: `bench-${name}`, url: `http://${name}.example` });
    const origins = { images: origin('images'), resources: origin('resources'), pages: origin('pages') };
    const config = { origins, originals: 'none', encodings: 'none', verify: { sample: 0 }, cacheDir: 'cache' };
    folder.write({ 'twinorigin.config.json': JSON.stringify(config) });
    env.AWS_ENDPOINT_URL = fake.url;
    if (client !== '') env.TWINORIGIN_S3_CLIENT = client;
  });
  afterAll(async () => {
    folder.remove();
    await fake.close();
  });

  async function publish(): Promise<string[]> {
    fake.log.length = 0;
    const { code, stderr } = await run(['publish', 'site', '--no-verify'], { cwd: folder.path, env });
    expect(stderr).not.toContain('error');
    expect(code).toBe(0);
    return fake.log.map(
      ({ operation, key }) => `${operation} ${key.startsWith('.twinorigin/') ? key.split('/')[1]! : 'object'}`,
    );
  }
  const count = (requests: readonly string[], name: string) => requests.filter((request) => request === name).length;

  it('put every object once, stage every page and copy it, when all is new', async () => {
    const requests = await publish();
    // What a server that is not AWS makes of conditions is found out once, with the lock: one put more, and no other.
    expect(count(requests, 'PutObject object')).toBe(4);
    expect(count(requests, 'PutObject lock.json')).toBe(2);
    expect(count(requests, 'HeadObject object')).toBe(0);
    expect(count(requests, 'PutObject bodies')).toBe(2);
    expect(count(requests, 'CopyObject object')).toBe(2);
  });

  it('are one GET of the pointer when nothing changed', async () => {
    expect(await publish()).toEqual(['GetObject current.json']);
  });

  it('are those of the one page that changed', async () => {
    folder.write({ 'site/other.html': '<p>changed</p>' });
    const requests = await publish();
    expect(count(requests, 'PutObject object')).toBe(0);
    expect(count(requests, 'CopyObject object')).toBe(1);
  });
});
