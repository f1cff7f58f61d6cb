import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { objectKey } from '../../src/build/keys.js';
import { digestOf } from '../../src/site/names.js';
import { openServerStore, rgw } from './server.js';

/** What another program sees of our objects. */
const installed = canRun();
if (!installed) process.stderr.write('\n*** The AWS CLI is not installed: what it reads back is not tested ***\n\n');

describe.skipIf(!installed)('the AWS CLI', () => {
  it('reads back the headers, metadata and bytes that were put and copied', async () => {
    const server = rgw();
    const { aws: opened, store, bucket } = await openServerStore(server);
    const folder = await mkdtemp(join(tmpdir(), 'cli-'));
    const headers = {
      contentType: 'text/css; charset=utf-8',
      cacheControl: 'public, max-age=31536000, immutable',
      contentEncoding: 'gzip',
      contentLanguage: 'de',
    };
    const identity = { digest: digestOf('source'), recipe: 'gzip-9-1' };
    const key = objectKey('assets/höhe +%20&.css');
    const copy = objectKey('copy/höhe +%20&.css');
    await store.put({ key, body: { bytes: Buffer.from('body') }, headers, identity });
    await store.copy({ from: key, to: copy, headers: { ...headers, cacheControl: 'max-age=1' }, identity });

    const aws = async (...parameters: string[]): Promise<unknown> => {
      const fixed = ['--endpoint-url', server.url, '--output', 'json', 's3api'];
      const { stdout } = await promisify(execFile)('aws', [...fixed, ...parameters]);
      return stdout === '' ? undefined : JSON.parse(stdout);
    };
    for (const [name, cacheControl] of [
      [key, headers.cacheControl],
      [copy, 'max-age=1'],
    ] as const) {
      expect(await aws('head-object', '--bucket', bucket, '--key', name)).toMatchObject({
        ContentType: headers.contentType,
        CacheControl: cacheControl,
        ContentEncoding: 'gzip',
        ContentLanguage: 'de',
        ContentLength: 4,
        Metadata: { 'twinorigin-digest': identity.digest, 'twinorigin-recipe': 'gzip-9-1' },
      });
      await aws('get-object', '--bucket', bucket, '--key', name, join(folder, 'body'));
      expect(await readFile(join(folder, 'body'), 'utf8')).toBe('body');
    }
    expect(await aws('list-objects-v2', '--bucket', bucket)).toMatchObject({ Contents: [{ Key: key }, { Key: copy }] });
    await rm(folder, { recursive: true });
    opened.close();
  });
});

function canRun(): boolean {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
