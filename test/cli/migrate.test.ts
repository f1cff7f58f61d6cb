import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { migrationDocumentSchema } from '../../src/report/documents.js';
import { startFakeS3, type FakeS3 } from '../fakes/fakeS3.js';
import { fillBucket } from '../migrate/bucketOf.js';
import { findPort, makeFolder, run, smallSite, type Folder } from './command.js';

vi.setConfig({ testTimeout: 180_000 });
let folder: Folder;
let port = 0;
beforeEach(async () => {
  folder = makeFolder();
  port = await findPort();
});
afterEach(() => {
  folder.remove();
});

const start = (args: readonly string[], env: Record<string, string> = {}) =>
  run(['migrate', ...args], { cwd: folder.path, env: { TWINORIGIN_PORT: String(port), ...env } });

describe('migrate a folder', () => {
  it('publishes it, looks at everything once more, and writes redirect maps of what moved', async () => {
    folder.write(smallSite);
    const { code, stdout } = await start(['dist', '--originals', 'none', '--redirects', 'maps', '--json']);
    expect(code).toBe(0);
    const document = JSON.parse(stdout) as { audit: { objects: number; wrong: unknown[] }; redirects: number };
    expect(document.audit.wrong).toEqual([]);
    expect(document.audit.objects).toBeGreaterThan(10);
    expect(document.redirects).toBe(3);
    expect(readFileSync(join(folder.path, 'maps/_redirects'), 'utf8')).toMatch(
      new RegExp(`^/a\\.css http://resources\\.localhost:${port}/a\\.[0-9a-f]{16}\\.css 301$`, 'm'),
    );
    expect(readdirSync(join(folder.path, 'maps')).sort()).toEqual([
      '.htaccess',
      '_redirects',
      'cloudfront-function.js',
      'nginx-http.conf',
      'nginx-server.conf',
      'web.config',
    ]);
  });

  it('only says what it would do with --dry-run', async () => {
    folder.write(smallSite);
    const { code, stdout } = await start(['dist', '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain('created');
    expect(existsSync(join(folder.path, '.twinorigin'))).toBe(false);
  });

  it.each([
    [['nowhere'], 'there is no folder'],
    [['ftp://x/y'], 'a migration from ftp://x/y is not possible'],
    [['s3://bucket'], 'origins.pages is a folder'],
    [['s3://Bad_Name', '--encodings', 'gzip'], 'not a bucket with a prefix'],
  ])('refuses %j with one clear error', async (args, message) => {
    const { code, stdout, stderr } = await start([...args, ...(args.length === 1 ? ['--encodings', 'gzip'] : [])]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});

describe('migrate a live site', () => {
  let server: Server;
  let address: string;
  beforeEach(async () => {
    const pages: Record<string, [string, string]> = {
      '/': ['text/html', '<a href="/about">x</a><img src="/a.png" alt="">'],
      '/about': ['text/html', 'about'],
      '/a.png': ['image/png', 'png'],
    };
    server = createServer((request, response) => {
      const page = pages[request.url ?? ''];
      response.writeHead(page === undefined ? 404 : 200, { 'content-type': page?.[0] ?? 'text/plain' });
      response.end(page?.[1]);
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  it('brings it home and publishes it, with redirects for what changed address', async () => {
    const { code, stdout, stderr } = await start([address, '--redirects', 'maps']);
    expect(stderr).toContain('3 files from 3 addresses');
    expect(code).toBe(0);
    expect(stdout).toContain('all with the right headers and content');
    expect(readFileSync(join(folder.path, 'maps/_redirects'), 'utf8')).toBe('/about /about/ 301\n');
    expect(existsSync(join(folder.path, '.twinorigin/pages'))).toBe(true);
  });
});

describe('migrate a bucket', () => {
  let fake: FakeS3;
  beforeEach(async () => {
    fake = await startFakeS3({ buckets: ['old-site', 'new-site'] });
    fillBucket(fake, 'old-site', 40);
    const origin = (bucket: string) => ({ bucket, url: `https://${bucket}.example.com` });
    folder.write({
      'twinorigin.config.json': JSON.stringify({
        origins: { images: origin('img-site'), resources: origin('res-site'), pages: origin('new-site') },
      }),
    });
  });
  afterEach(async () => {
    await fake.close();
  });
  const credentials = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'us-east-1' };
  const migrate = (...words: string[]) =>
    start(['s3://old-site', '--endpoint-url', fake.url, '--json', ...words], credentials);

  it('plans without writing, migrates, verifies, and has nothing to do the second time', async () => {
    const planned = migrationDocumentSchema.parse(JSON.parse((await migrate('--dry-run')).stdout));
    expect(planned).toMatchObject({ dryRun: true, objects: 40, audit: null });
    expect(fake.count('PutObject', 'CopyObject')).toBe(0);

    const { code, stdout } = await migrate();
    expect(code).toBe(0);
    const done = migrationDocumentSchema.parse(JSON.parse(stdout));
    expect(done.actions).toEqual(planned.actions);
    expect(done).toMatchObject({ objects: 40, failed: [], audit: { objects: 40, wrongCount: 0 }, runs: 1 });
    expect(fake.buckets.get('new-site')!.objects.size).toBe(40);

    fake.log.length = 0;
    expect((await migrate()).code).toBe(0);
    expect(fake.count('PutObject', 'CopyObject')).toBe(0);
  });
});
