import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openAws, openBulkReader, openBulkWriter, type Aws } from '../../src/aws/index.js';
import type { Event } from '../../src/events.js';
import { auditBulk } from '../../src/migrate/audit.js';
import { migrateBulk, surveySource, type BulkOutcome, type BulkWorld } from '../../src/migrate/bulk.js';
import { openJournal, readEntries } from '../../src/migrate/journal.js';
import { planBulk } from '../../src/migrate/planBulk.js';
import { makeBulkRules } from '../../src/migrate/rules.js';
import { startFakeS3, S3Error, type FakeS3 } from '../fakes/fakeS3.js';
import { withCredentials } from '../aws/credentials.js';
import { fillBucket, rightHeaders, stateOf, wrongObject } from './bucketOf.js';

const count = Number(process.env.TWINORIGIN_MIGRATE_OBJECTS ?? 30);
const rules = (inPlace: boolean) =>
  makeBulkRules({
    rules: [{ match: '**/*.pdf', cacheControl: 'public, max-age=60' }],
    encodings: 'gzip',
    cached: true,
    inPlace,
  });
const usual = 'public, max-age=0, s-maxage=31536000, must-revalidate';

/** Several thousand requests through the real SDK, on a machine that may be busy. */
vi.setConfig({ testTimeout: 180_000 });
withCredentials();
let folder: string;
let fake: FakeS3;
let aws: Aws;
let events: Event[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'migrate-'));
  fake = await startFakeS3({ buckets: ['old', 'new'] });
  aws = openAws({ endpointUrl: fake.url, attempts: 2 });
  events = [];
});
afterEach(async () => {
  aws.close();
  await fake.close();
  rmSync(folder, { recursive: true });
});

function worldOf(from: string, to: string, signal = new AbortController().signal, concurrency = 16): BulkWorld {
  const source = { bucket: from, aws };
  return {
    source: openBulkReader(source),
    target: openBulkWriter({ bucket: to, aws }, source),
    rules: rules(from === to),
    emit: (event) => events.push(event),
    signal,
    concurrency,
  };
}

const file = (): string => join(folder, 'a', 'journal');
const headOf = (world: BulkWorld) => ({
  source: world.source.name,
  target: world.target.name,
  rules: '1',
});

async function migrate(world: BulkWorld): Promise<BulkOutcome> {
  const journal = await openJournal(file(), headOf(world));
  try {
    return await migrateBulk(world, journal, await surveySource(world));
  } finally {
    await journal.close();
  }
}

describe.each([
  ['into another bucket', 'old', 'new'],
  ['in place', 'old', 'old'],
])('migrating a bucket %s', (_, from, to) => {
  it('gives every object the headers it should have, and compresses what can be', async () => {
    fillBucket(fake, 'old', count);
    const world = worldOf(from, to);
    const outcome = await migrate(world);
    expect(outcome.totals.objects).toBe(count);
    expect(outcome.failed.size).toBe(0);
    for (let index = 0; index < count; index++) {
      const { key, bytes, headers } = wrongObject(index);
      const stored = fake.buckets.get(to)!.objects.get(key)!;
      const isText = /\.(html|css|js)$/.test(key);
      expect(stored.headers, key).toEqual({
        ...rightHeaders(index, key.endsWith('.pdf') ? 'public, max-age=60' : usual),
        ...(headers['x-amz-meta-mtime'] && {
          'x-amz-meta-mtime': headers['x-amz-meta-mtime'],
        }),
        ...(isText
          ? {
              'x-amz-meta-twinorigin-digest': expect.any(String),
              'x-amz-meta-twinorigin-recipe': 'gzip-9-1',
            }
          : {}),
      });
      expect((isText ? gunzipSync(stored.bytes) : stored.bytes).equals(bytes), key).toBe(true);
    }
  });

  it('downloads only what is compressed', async () => {
    fillBucket(fake, 'old', count);
    await migrate(worldOf(from, to));
    const read = fake.log.filter(({ operation }) => operation === 'GetObject').map(({ key }) => key);
    expect(read.length).toBeGreaterThan(10);
    expect(read.every((key) => /\.(html|css|js)$/.test(key))).toBe(true);
    expect(fake.count('PutObject')).toBe(read.length);
    expect(fake.count('CopyObject') + read.length).toBeGreaterThanOrEqual(count - 5);
  });

  it('ends the same when it is stopped 20 times, each time with a torn journal', async () => {
    const many = Math.max(80, count);
    fillBucket(fake, 'old', many);
    const undisturbed = await migrate(worldOf(from, to));
    const expected = stateOf(fake, to);
    rmSync(file());
    for (const name of ['old', 'new']) fake.buckets.get(name)!.objects.clear();
    fillBucket(fake, 'old', many);

    let random = 12345;
    const next = (below: number) => (random = (random * 1103515245 + 12345) % 2147483648) % below;
    let stops = 0;
    for (; stops < 20; stops++) {
      const stop = new AbortController();
      const at = fake.count('HeadObject') + 1 + next(Math.max(1, Math.floor(many / 80)));
      fake.before = () => {
        if (fake.count('HeadObject') >= at) stop.abort(new Error('stopped'));
        return undefined;
      };
      const ended = await migrate(worldOf(from, to, stop.signal, 2)).catch((error: unknown) => error);
      if (!(ended instanceof Error)) break;
      // A killed process may have lost what it had not flushed, and may have been in the middle of a line.
      truncateSync(file(), Math.max(1, statSync(file()).size - next(200)));
    }
    expect(stops).toBe(20);
    fake.before = () => undefined;
    const outcome = await migrate(worldOf(from, to));
    expect(stateOf(fake, to)).toEqual(expected);
    expect(outcome.totals.objects).toBe(undisturbed.totals.objects);
    // In place, what is done again after a kill is found compressed already.
    if (from !== to) expect(outcome.totals.bytes).toBe(undisturbed.totals.bytes);
    const world = worldOf(from, to);
    const audit = await auditBulk(world, readEntries(file(), headOf(world)), many);
    expect(audit.wrong).toEqual([]);
    expect(audit.objects).toBeGreaterThanOrEqual(many);
  });

  it('has nothing left to do afterwards', async () => {
    fillBucket(fake, 'old', 20);
    await migrate(worldOf(from, to));
    const { actions } = await planBulk(worldOf(to, to));
    expect(actions).toEqual({ keep: 20, headers: 0, copy: 0, compress: 0 });
  });
});

describe('the verification', () => {
  it('finds every kind of damage', async () => {
    fillBucket(fake, 'old', 60);
    const world = worldOf('old', 'new');
    await migrate(world);
    const { objects } = fake.buckets.get('new')!;
    const [gone, changed, badType, unpacked] = ['.jpg', '.png', '.pdf', '.css'].map((ending) =>
      [...objects.keys()].find((key) => key.endsWith(ending))!,
    ) as [string, string, string, string];
    objects.delete(gone);
    objects.set(changed, { ...objects.get(changed)!, etag: 'f'.repeat(32) });
    objects.set(badType, {
      ...objects.get(badType)!,
      headers: { 'content-type': 'text/plain' },
    });
    const rest = { ...objects.get(unpacked)!.headers };
    delete rest['content-encoding'];
    objects.set(unpacked, { ...objects.get(unpacked)!, headers: rest });
    const audit = await auditBulk(world, readEntries(file(), headOf(world)), 60);
    expect(audit.wrongCount).toBe(4);
    expect(audit.wrong.map((one) => one.replace(/: .*/, '')).sort()).toEqual([gone, changed, badType, unpacked].sort());
    expect(audit.objects).toBe(60);
  });

  it('reads both where an ETag says nothing about the content', async () => {
    fillBucket(fake, 'old', 20);
    const { objects } = fake.buckets.get('old')!;
    for (const [key, object] of objects) objects.set(key, { ...object, etag: `${object.etag}-2` });
    const world = worldOf('old', 'new');
    await migrate(world);
    const audit = await auditBulk(world, readEntries(file(), headOf(world)), 20);
    expect(audit.wrong).toEqual([]);
    expect(audit.byReading).toBeGreaterThan(5);
    const copies = fake.buckets.get('new')!.objects;
    const [key, image] = [...copies].find(([name]) => name.endsWith('.jpg'))!;
    copies.set(key, { ...image, bytes: Buffer.alloc(image.bytes.length), etag: `${image.etag}x` });
    expect((await auditBulk(world, readEntries(file(), headOf(world)), 20)).wrongCount).toBe(1);
  });
});

describe('a migration that meets trouble', () => {
  it('goes on after objects that fail, says which, and tries only those again', async () => {
    fillBucket(fake, 'old', 60);
    fake.before = ({ operation, key }) => {
      if (operation === 'CopyObject' && key.includes('-3.')) throw new S3Error(400, 'InvalidRequest', 'no');
      return undefined;
    };
    const outcome = await migrate(worldOf('old', 'new'));
    expect([...outcome.failed.keys()]).toEqual([wrongObject(3).key]);
    expect(events.filter(({ type }) => type === 'object-failed')).toHaveLength(1);
    fake.before = () => undefined;
    fake.log.length = 0;
    const again = await migrate(worldOf('old', 'new'));
    expect(again.failed.size).toBe(0);
    expect(again.totals.objects).toBe(60);
    expect(fake.count('CopyObject', 'PutObject')).toBe(1);
  });

  it('stops at once when it is not let in', async () => {
    fillBucket(fake, 'old', 80);
    fake.before = ({ operation }) => {
      if (operation === 'CopyObject') throw new S3Error(403, 'AccessDenied', 'Access Denied');
      return undefined;
    };
    await expect(migrate(worldOf('old', 'new'))).rejects.toMatchObject({
      code: 'access-denied',
    });
    expect(fake.count('CopyObject')).toBeLessThan(40);
    fake.before = () => undefined;
    expect((await migrate(worldOf('old', 'new'))).totals.objects).toBe(80);
  });

  it('refuses the journal of another migration, and what is no journal', async () => {
    fillBucket(fake, 'old', 5);
    await migrate(worldOf('old', 'new'));
    await expect(
      openJournal(file(), {
        source: 's3://other',
        target: 's3://new',
        rules: '1',
      }),
    ).rejects.toMatchObject({
      code: 'usage',
      message: 'this is the journal of another migration: its source is s3://old',
    });
    expect(readFileSync(file(), 'utf8')).toContain('"t":"end"');
    const other = new URL(import.meta.url).pathname;
    const before = readFileSync(other);
    await expect(openJournal(other, { source: '', target: '', rules: '' })).rejects.toMatchObject({ code: 'usage' });
    expect(readFileSync(other).equals(before)).toBe(true);
  });

  it('leaves out records, folder markers and secrets', async () => {
    fillBucket(fake, 'old', 5);
    const add = (key: string, text: string) =>
      fake.buckets.get('old')!.objects.set(key, {
        bytes: Buffer.from(text),
        etag: 'e'.repeat(32),
        headers: {},
        checksums: {},
        modified: new Date(0),
      });
    add('.twinorigin/current.json', '{}');
    add('folder/', '');
    add('a/.env', 'SECRET=1');
    const { survey } = await migrate(worldOf('old', 'new'));
    expect(survey.skipped).toEqual({
      'release records': 1,
      'folder markers': 1,
      'files that must not be published': 1,
    });
    expect(fake.buckets.get('new')!.objects.size).toBe(5);
  });
});
