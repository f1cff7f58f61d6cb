import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { migrationDocumentSchema } from '../../src/report/documents.js';
import { startFakeBatch, type FakeBatch } from '../fakes/fakeBatch.js';
import { startFakeS3, type FakeS3 } from '../fakes/fakeS3.js';
import { fillBucket, stateOf } from '../migrate/bucketOf.js';
import { makeFolder, run, type Folder } from './command.js';

vi.setConfig({ testTimeout: 180_000 });
const count = 120;
const role = 'arn:aws:iam::111122223333:role/batch';
let folder: Folder;
let s3: FakeS3;
let batch: FakeBatch;
beforeEach(async () => {
  folder = makeFolder();
  s3 = await startFakeS3({ buckets: ['old-site', 'new-site', 'by-hand'] });
  batch = await startFakeBatch(s3);
  fillBucket(s3, 'old-site', count);
});
afterEach(async () => {
  await batch.close();
  await s3.close();
  folder.remove();
});

interface Wanted {
  readonly to?: string;
  readonly prefix?: string;
  readonly from?: string;
}

async function migrate(args: readonly string[], { to = 'new-site', prefix, from = 's3://old-site' }: Wanted = {}) {
  const origin = (bucket: string) => ({ bucket, url: `https://${bucket}.example.com` });
  const pages = { ...origin(to), ...(prefix === undefined ? {} : { prefix }) };
  const origins = { images: origin('img-site'), resources: origin('res-site'), pages };
  folder.write({ 'twinorigin.config.json': JSON.stringify({ origins, encodings: 'gzip' }) });
  const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'us-east-1' };
  const all = ['migrate', from, '--endpoint-url', batch.url, '--json', ...args];
  const { code, stdout, stderr } = await run(all, { cwd: folder.path, env });
  return { code, stderr, document: JSON.parse(stdout) as Record<string, unknown> };
}
const byJobs = ['--batch-role', role, '--batch-smallest', '5'];

/** Without lists and reports. */
function served(bucket: string): Record<string, string> {
  const all = Object.entries(stateOf(s3, bucket));
  return Object.fromEntries(all.filter(([key]) => !key.startsWith('.twinorigin/')));
}

describe('migrate --batch-role', () => {
  it('comes to the same as copying from here, with what no job can do done from here', async () => {
    expect((await migrate([], { to: 'by-hand' })).code).toBe(0);
    s3.log.length = 0;
    const { code, document } = await migrate(byJobs);
    expect(code).toBe(0);
    const told = migrationDocumentSchema.parse(document);
    expect(served('new-site')).toEqual(served('by-hand'));
    expect(told).toMatchObject({ objects: count, failed: [], audit: { objects: count, wrongCount: 0 } });
    const { jobs, objects, failed } = told.batch!;
    expect([jobs, batch.created.length, batch.jobs.size]).toEqual([batch.jobs.size, jobs, jobs]);
    expect(jobs).toBeGreaterThan(2);
    expect([objects > 30, failed]).toEqual([true, 0]);
    expect(s3.count('CopyObject') + objects).toBe(told.actions.copy);
  });

  it('corrects headers in place by jobs as well', async () => {
    fillBucket(s3, 'by-hand', count);
    expect((await migrate([], { to: 'by-hand', from: 's3://by-hand' })).code).toBe(0);
    const { code, document } = await migrate(byJobs, { to: 'old-site' });
    expect([code, migrationDocumentSchema.parse(document).audit?.wrongCount]).toEqual([0, 0]);
    expect(served('old-site')).toEqual(served('by-hand'));
  });

  it('says to the service what the model of the service knows', async () => {
    await migrate(byJobs, { prefix: 'www' });
    const png = batch.created.find(
      ({ Operation }) => Operation?.S3PutObjectCopy?.NewObjectMetadata?.ContentType === 'image/png',
    );
    expect(png).toEqual({
      AccountId: '111122223333',
      ConfirmationRequired: false,
      ClientRequestToken: expect.stringMatching(/^[0-9a-f]{64}$/),
      Description: expect.stringMatching(/^twinorigin [0-9a-f]{16} [0-9a-f]{16}-\d+-[0-9a-f]{8}$/),
      Priority: 10,
      RoleArn: role,
      Manifest: {
        Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
        Location: {
          ObjectArn: expect.stringMatching(/^arn:aws:s3:::new-site\/www\/\.twinorigin\/batch\/[0-9a-f]{16}\/.*\.csv$/),
          ETag: expect.stringMatching(/^[0-9a-f]{32}$/),
        },
      },
      Report: {
        Enabled: true,
        Bucket: 'arn:aws:s3:::new-site',
        Prefix: expect.stringMatching(/^www\/\.twinorigin\/batch\//),
        Format: 'Report_CSV_20180820',
        ReportScope: 'AllTasks',
      },
      Operation: {
        S3PutObjectCopy: {
          TargetResource: 'arn:aws:s3:::new-site',
          TargetKeyPrefix: 'www',
          MetadataDirective: 'REPLACE',
          NewObjectMetadata: {
            ContentType: 'image/png',
            CacheControl: 'public, max-age=0, must-revalidate',
          },
          UnModifiedSinceConstraint: expect.stringMatching(/^20\d\d-.*Z$/),
        },
      },
    });
    const list = [...s3.buckets.get('new-site')!.objects].find(
      ([key]) => key.endsWith('.csv') && !key.includes('job-'),
    );
    expect(list?.[1].bytes.toString()).toMatch(/^(old-site,[\w./%-]+\n)+$/);
  });

  it('does from here what jobs could not, and what their reports leave out', async () => {
    await migrate([], { to: 'by-hand' });
    const { objects } = s3.buckets.get('old-site')!;
    const [late, image] = [...objects].findLast(([key]) => key.endsWith('.png'))!;
    objects.set(late, { ...image, modified: new Date(Date.now() + 3_600_000) });
    let failing = 0;
    batch.failing = () => (++failing % 3 === 0 ? 'AccessDenied' : undefined);
    const failed = migrationDocumentSchema.parse((await migrate(byJobs)).document);
    expect(failed.batch!.failed).toBeGreaterThan(Math.floor(failing / 3));
    expect(failed).toMatchObject({ objects: count, audit: { wrongCount: 0 } });
    expect(served('new-site')).toEqual(served('by-hand'));

    batch.failing = () => undefined;
    batch.forgotten = 1;
    for (const key of s3.buckets.get('new-site')!.objects.keys()) s3.buckets.get('new-site')!.objects.delete(key);
    const forgotten = migrationDocumentSchema.parse((await migrate([...byJobs, '--restart'])).document);
    expect(forgotten.batch!.objects).toBe(0);
    expect(served('new-site')).toEqual(served('by-hand'));
  });

  it('finds its jobs again after it was stopped, also those whose ids it lost', async () => {
    batch.looks = 1_000_000;
    const migrations = join(folder.path, '.twinorigin/migrations');
    const stopped = run(['migrate', 's3://old-site', '--endpoint-url', batch.url, '--json', ...byJobs], {
      cwd: folder.path,
      env: { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'us-east-1' },
      onOutput: (text, child) => {
        if (text.includes('Jobs go on')) setTimeout(() => child.kill('SIGKILL'), 1500);
      },
    });
    const origin = (bucket: string) => ({ bucket, url: `https://${bucket}.example.com` });
    folder.write({
      'twinorigin.config.json': JSON.stringify({
        encodings: 'gzip',
        origins: { images: origin('img-site'), resources: origin('res-site'), pages: origin('new-site') },
      }),
    });
    expect((await stopped).code).toBe(null);
    const created = batch.jobs.size;
    expect(created).toBeGreaterThan(0);
    const [state] = readdirSync(migrations).filter((name) => name.endsWith('.batch'));
    rmSync(join(migrations, state!, 'jobs.json'), { force: true });
    batch.looks = 0;
    const told = migrationDocumentSchema.parse((await migrate(byJobs)).document);
    expect(told).toMatchObject({ objects: count, audit: { wrongCount: 0 }, runs: 2 });
    expect(batch.jobs.size).toBe(told.batch!.jobs);
    expect(batch.created.length).toBeGreaterThan(batch.jobs.size);
  });

  it('ends with the reason when a job fails as a whole, and gives its list another job the next time', async () => {
    batch.broken = 'Cannot assume the role';
    const failed = await migrate(byJobs);
    expect(failed.code).toBe(3);
    expect(failed.document.error).toMatchObject({
      code: 'migration-failed',
      items: ['JobFailed: Cannot assume the role'],
      hint: expect.stringContaining('permissions of the role'),
    });
    const before = batch.jobs.size;
    const told = migrationDocumentSchema.parse((await migrate(byJobs)).document);
    expect(told).toMatchObject({ objects: count, audit: { wrongCount: 0 } });
    expect(batch.jobs.size).toBe(before + 1);
  });

  it('tells jobs, price and the policies of the role in a dry run, and creates nothing', async () => {
    const { code, document } = await migrate([...byJobs, '--dry-run']);
    expect(code).toBe(0);
    const { batch: told } = migrationDocumentSchema.parse(document);
    expect(told!.usd).toBeCloseTo(told!.jobs * 0.25 + told!.objects * 0.0000064 + told!.jobs * 0.00001, 6);
    expect(JSON.stringify(told!.trust)).toContain('batchoperations.s3.amazonaws.com');
    expect(JSON.stringify(told!.permissions)).toContain('arn:aws:s3:::old-site/*');
    expect([batch.created.length, s3.count('PutObject', 'CopyObject')]).toEqual([0, 0]);
    await migrate(byJobs);
    expect(batch.jobs.size).toBe(told!.jobs);
  });

  it.each<[readonly string[], Wanted, string]>([
    [['--batch-role', 'batch'], {}, 'not the ARN of a role'],
    [['--batch-role', role, '--batch-smallest', 'x'], {}, '--batch-smallest must be a number'],
    [['--batch-role', role], { from: 's3://old-site/a' }, 'a job cannot bring a/ to the root'],
  ])('refuses %j with one clear error', async (args, wanted, message) => {
    const { code, document } = await migrate(args, wanted);
    expect([code, JSON.stringify(document)]).toEqual([2, expect.stringContaining(message)]);
    expect(s3.count('PutObject', 'CopyObject')).toBe(0);
  });
});
