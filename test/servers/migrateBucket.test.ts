import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAws, type Aws } from '../../src/aws/index.js';
import { runPool } from '../../src/release/pool.js';
import { migrationDocumentSchema } from '../../src/report/documents.js';
import { main } from '../cli/command.js';
import { randomFrom, startFaultProxy } from '../fakes/faultProxy.js';
import { rightHeaders, wrongObject } from '../migrate/bucketOf.js';
import { createBucket, rgw, useCredentials } from './server.js';

/**
 * The command as a process of its own, on Ceph; what it left is read by rclone, which knows nothing of us. More of it:
 * TWINORIGIN_MIGRATE_OBJECTS=100000 (memory, time and the error of the remaining time are printed).
 */
const count = Number(process.env.TWINORIGIN_MIGRATE_OBJECTS ?? 420);
const stops = 20;
const usual = 'public, max-age=0, must-revalidate';
const patience = { timeout: 3_600_000 };

let aws: Aws;
let folder: string;
let source: string;
beforeAll(async () => {
  useCredentials(rgw());
  aws = openAws({ endpointUrl: rgw().url });
  folder = await mkdtemp(join(tmpdir(), 'twinorigin-migrate-'));
  source = await createBucket(aws);
  await fill(source);
}, 3_600_000);
afterAll(async () => {
  aws.close();
  await rm(folder, { recursive: true, force: true });
});

async function fill(bucket: string): Promise<void> {
  const { client, sdk } = await aws.s3();
  const indexes = Array.from({ length: count }, (_, index) => index);
  const failures = await runPool(indexes, { most: 32, signal: new AbortController().signal }, async (index) => {
    const { key, bytes, headers } = wrongObject(index);
    const mtime = headers['x-amz-meta-mtime'];
    await client.send(
      new sdk.PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: bytes,
        ContentType: headers['content-type'],
        CacheControl: headers['cache-control'],
        ContentEncoding: headers['content-encoding'],
        ContentDisposition: headers['content-disposition'],
        ...(mtime === undefined ? {} : { Metadata: { mtime } }),
      }),
    );
  });
  expect(failures).toEqual([]);
}

/** A project of its own, so that it has a journal of its own. */
async function makeProject(name: string, pages: string): Promise<string> {
  const project = await mkdtemp(join(folder, `${name}-`));
  const bucket = (bucketName: string) => ({ bucket: bucketName, url: `https://${bucketName}.example.com` });
  const origins = { images: bucket('images'), resources: bucket('resources'), pages: bucket(pages) };
  await writeFile(join(project, 'twinorigin.config.json'), JSON.stringify({ origins, encodings: 'gzip' }));
  return project;
}

interface Told {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param kill asked every few milliseconds: whether its time has come. */
async function migrate(project: string, endpoint: string, kill: () => boolean = () => false): Promise<Told> {
  const { accessKeyId, secretAccessKey } = rgw().credentials;
  const child = spawn(process.execPath, [main, 'migrate', `s3://${source}`, '--json', '--endpoint-url', endpoint], {
    cwd: project,
    env: {
      PATH: process.env.PATH,
      HOME: project,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: 'us-east-1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  let ended = false;
  const end = new Promise<Told>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      ended = true;
      resolve({ code, signal, stdout, stderr });
    });
  });
  while (!ended) {
    if (kill()) child.kill('SIGKILL');
    await Promise.race([end, setTimeout(2)]);
  }
  return end;
}

interface Listed {
  readonly Path: string;
  readonly Size: number;
  readonly Hashes: { readonly md5: string };
  readonly Metadata: Readonly<Record<string, string>>;
}

/** Every object of a bucket with its headers and checksum, as rclone reads it. */
async function readByRclone(bucket: string): Promise<readonly Listed[]> {
  const { accessKeyId, secretAccessKey } = rgw().credentials;
  const remote = `:s3,provider=Ceph,endpoint='${rgw().url}',access_key_id=${accessKeyId},secret_access_key=${secretAccessKey}:`;
  const args = ['lsjson', '-R', '-M', '--hash', '--files-only', `${remote}${bucket}`];
  const env = { PATH: process.env.PATH, HOME: folder, RCLONE_CONFIG: '/dev/null' };
  const { stdout } = await promisify(execFile)('rclone', args, { env, maxBuffer: 1 << 30 });
  const rows = JSON.parse(stdout) as Listed[];
  return rows.sort((a, b) => (a.Path < b.Path ? -1 : 1));
}

/** Without what rclone adds of its own. */
function metadataOf({ Metadata }: Listed, ...without: readonly string[]): Record<string, string> {
  const left = Object.entries(Metadata).filter(([name]) => !['btime', 'tier', ...without].includes(name));
  return Object.fromEntries(left);
}

const shown = (row: Listed) => ({ path: row.Path, size: row.Size, md5: row.Hashes.md5, ...metadataOf(row) });

describe('a bucket of Ceph, migrated by the command', () => {
  it('has the right headers on every object by rclone, however often the process was killed', patience, async () => {
    const [first, second] = [await createBucket(aws), await createBucket(aws)];
    const undisturbed = await makeProject('whole', first);
    const whole = await migrate(undisturbed, rgw().url);
    expect(whole.code, whole.stdout).toBe(0);
    const expected = await readByRclone(first);
    expect(expected).toHaveLength(count);
    const byKey = new Map(expected.map((row) => [row.Path, row]));
    for (let index = 0; index < count; index++) {
      const { key, headers } = wrongObject(index);
      const row = byKey.get(key)!;
      const told = metadataOf(row, 'mtime', 'twinorigin-digest', 'twinorigin-recipe');
      expect(told, key).toEqual(rightHeaders(index, usual));
      if (headers['x-amz-meta-mtime'] !== undefined) expect(Date.parse(row.Metadata.mtime!)).toBeLessThan(2e9);
    }

    const project = await makeProject('killed', second);
    const proxy = await startFaultProxy(rgw().url);
    const random = randomFrom(20261125);
    // A survey, then about three requests for each object.
    const stride = Math.ceil((3 * count) / stops);
    for (let stop = 0; stop < stops; stop++) {
      const at = proxy.seen.requests + 1 + Math.floor(random() * stride);
      const killed = await migrate(project, proxy.url, () => proxy.seen.requests >= at);
      expect([stop, killed.signal]).toEqual([stop, 'SIGKILL']);
    }
    const last = await migrate(project, rgw().url);
    await proxy.close();
    expect(last.code).toBe(0);
    const told = migrationDocumentSchema.parse(JSON.parse(last.stdout));
    expect(told).toMatchObject({ runs: stops + 1, objects: count, failed: [], audit: { wrongCount: 0 } });
    expect((await readByRclone(second)).map(shown)).toEqual(expected.map(shown));
  });
});
