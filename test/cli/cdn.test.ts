import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IamPolicy } from '../../src/provision/cdn/iam.js';
import { provisionDocumentSchema } from '../../src/report/documents.js';
import { ServiceError } from '../fakes/account/codec.js';
import { shop, startFakes, type Fakes } from '../provision/cdn/cdnRun.js';
import { makeFolder, run, smallSite, type Folder } from './command.js';

let fakes: Fakes;
let folder: Folder;
beforeEach(async () => {
  fakes = await startFakes();
  fakes.account.zones.set('Z1', { id: 'Z1', name: 'acme.com', records: [] });
  folder = makeFolder();
  folder.write({
    ...smallSite,
    'twinorigin.config.json': `${JSON.stringify({ site: 'dist', origins: shop }, null, 2)}\n`,
  });
});
afterEach(async () => {
  folder.remove();
  await fakes.close();
});

const command = (...args: string[]) =>
  run(args, {
    cwd: folder.path,
    env: {
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: 'us-east-1',
      // A request to a key-value store goes to a host of the account's own.
      AWS_ENDPOINT_URL: fakes.account.url.replace('127.0.0.1', 'localhost'),
      AWS_ENDPOINT_URL_S3: fakes.s3.url,
    },
  });

describe('twinorigin cdn', () => {
  it(
    'plans, asks before it changes anything, sets up, writes the ids, and is then published to',
    { timeout: 240_000 },
    async () => {
      fakes.account.cloudFront.deployAfterReads = 0;
      const planned = await command('cdn', 'plan', '--json', '--exit-code');
      expect(planned.code).toBe(5);
      expect(provisionDocumentSchema.parse(JSON.parse(planned.stdout)).changes.create).toBe(21);

      const unasked = await command('cdn', 'up');
      expect(unasked.code).toBe(2);
      expect(unasked.stderr).toContain('there is nobody to ask');
      expect(fakes.account.cloudFront.distributions.size).toBe(0);

      const up = await command('cdn', 'up', '--yes', '--json');
      expect(up.stderr).toContain('images distribution: created');
      expect(up.code).toBe(0);
      const config = JSON.parse(readFileSync(join(folder.path, 'twinorigin.config.json'), 'utf8')) as {
        encodings: string;
        origins: Record<string, { distribution: string; keyValueStore?: string }>;
      };
      expect(config.encodings).toBe('negotiate');
      expect(Object.values(config.origins).map(({ distribution }) => distribution)).toEqual([
        'E0000000000001',
        'E0000000000002',
        'E0000000000003',
      ]);

      const [store] = fakes.account.cloudFront.keyValueStores.values();
      expect(config.origins.pages!.keyValueStore).toBe(store!.arn);

      const again = await command('cdn', 'up', '--json'); // nothing to do, so nobody needs to be asked
      expect(again.code).toBe(0);
      const { changes } = provisionDocumentSchema.parse(JSON.parse(again.stdout));
      expect(changes).toEqual({ create: 0, update: 0, wait: 0, keep: 21, remove: 0 });

      fakes.account.log.length = 0;
      fakes.account.before = (operation) => {
        if (operation === 'cloudfront-keyvaluestore:ListKeys')
          throw new ServiceError(403, 'AccessDeniedException', 'No identity-based policy allows it.');
        return undefined;
      };
      const refused = await command('publish', '--no-verify', '--json');
      expect(refused.code).toBe(1);
      expect(refused.stdout).toContain('cloudfront-keyvaluestore:ListKeys');
      fakes.account.before = () => undefined;
      const published = await command('publish', '--no-verify', '--json');
      expect(published.code).toBe(0);
      expect([...fakes.s3.buckets.get('acme-www')!.objects.keys()]).toContain('index.html.br');
      // The functions are told which release is live, with the permissions of the policy, and all of them are of use.
      expect([...store!.items.keys()]).toContain('live');
      const { Statement } = JSON.parse((await command('cdn', 'policy')).stdout) as IamPolicy;
      const switching = Statement.find(({ Sid }) => Sid === 'SwitchReleases')!;
      const asked = new Set(fakes.account.log.filter((one) => one.startsWith('cloudfront-keyvaluestore:')));
      expect([...asked].sort()).toEqual([...switching.Action].sort());

      fakes.account.cloudFront.distributions.get('E0000000000001')!.config.HttpVersion = 'http1.1';
      const status = await command('cdn', 'status', '--exit-code');
      expect(status.code).toBe(5);
      expect(status.stdout).toContain('http version: http1.1 -> http2and3');
    },
  );

  it('prints a template for CloudFormation without asking AWS', { timeout: 120_000 }, async () => {
    const { code, stdout, stderr } = await command('cdn', 'plan', '--format', 'cloudformation');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { Resources } = JSON.parse(stdout) as { Resources: Record<string, { Type: string }> };
    expect(Resources.ImagesDistribution?.Type).toBe('AWS::CloudFront::Distribution');
    expect([...fakes.account.log, ...fakes.s3.log]).toEqual([]);
    expect((await command('cdn', 'plan', '--format', 'terraform')).code).toBe(2);
  });

  it('prints policies without asking AWS, and says what is wrong in words', { timeout: 120_000 }, async () => {
    const publish = await command('cdn', 'policy', '--account', '111122223333');
    const { Statement } = JSON.parse(publish.stdout) as IamPolicy;
    expect(Statement.map(({ Sid }) => Sid)).toEqual([
      'ListBuckets',
      'ReadObjects',
      'WriteObjects',
      'DeleteObjects',
      'Invalidate',
      'SwitchReleases',
    ]);
    const github = await command(
      'cdn',
      'policy',
      '--for',
      'github',
      '--github',
      'acme/site',
      '--account',
      '111122223333',
    );
    expect(github.stdout).toContain('"token.actions.githubusercontent.com:sub": "repo:acme/site:ref:refs/heads/main"');
    expect((await command('cdn', 'policy', '--for', 'github')).code).toBe(2);
    expect(fakes.account.log).toEqual([]);

    const mistyped = await command('cdn', 'plam');
    expect(mistyped).toMatchObject({ code: 2, stdout: '' });
    expect(mistyped.stderr).toContain('Did you mean plan?');
    folder.write({ 'twinorigin.config.json': '{ "site": "dist" }' });
    const local = await command('cdn', 'plan');
    expect(local.code).toBe(2);
    expect(local.stderr).toContain('no origin has a bucket');
  });
});
