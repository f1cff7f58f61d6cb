import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkNode, examine, type Finding, type Patient } from '../../src/cli/doctor.js';
import type * as AwsRoom from '../../src/aws/index.js';
import { PublishError } from '../../src/errors.js';
import type { Fetched } from '../../src/release/ports.js';
import { doctorDocumentSchema } from '../../src/report/setupDocuments.js';
import { memoryWorld } from '../release/harness.js';
import { findPort, makeFolder, run, smallSite, type Folder } from './command.js';

let folder: Folder;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => {
  folder.remove();
});

const origin = (name: string) => ({
  bucket: `acme-${name}`,
  url: `https://${name}.acme.com`,
  distribution: `E${name}`,
});
const healthy = (name: string): AwsRoom.FoundDistribution => ({
  id: `E${name}`,
  enabled: true,
  status: 'Deployed',
  hosts: [`${name}.acme.com`],
  origins: [{ bucket: `acme-${name}`, prefix: '', access: 'OAC' }],
});

interface Illness {
  readonly images?: Partial<AwsRoom.FoundDistribution>;
  readonly credentials?: () => { readonly expiration: Date | null };
  readonly answer?: Partial<Fetched>;
  /** Of the bucket for images. */
  readonly region?: string | null;
}

/** All is well but for what is given. */
async function examineWith({
  images = {},
  credentials,
  answer = {},
  region = 'us-east-1',
}: Illness): Promise<Map<string, Finding>> {
  const world = memoryWorld();
  const account = {
    findCredentials: () => Promise.resolve().then(() => credentials?.() ?? { expiration: null }),
    findRegion: () => Promise.resolve('us-east-1'),
    findBucketRegion: (bucket: string) =>
      Promise.resolve(region === null ? null : bucket === 'acme-images' ? region : 'us-east-1'),
    findDistribution: (id: string) =>
      Promise.resolve(id === 'Eimages' ? { ...healthy('images'), ...images } : healthy(id.slice(1))),
  };
  folder.write({ 'dist/index.html': '' });
  const patient = {
    config: {
      site: join(folder.path, 'dist'),
      origins: { images: origin('images'), resources: origin('resources'), pages: origin('pages') },
    },
    world: { ...world, readers: world.stores },
    account,
    fetch: () =>
      Promise.resolve({ status: 200, headers: { date: new Date().toUTCString() }, body: Buffer.of(), ...answer }),
  } as unknown as Patient;
  const found = new Map<string, Finding>();
  for await (const finding of examine(patient)) found.set(finding.name, finding);
  return found;
}

describe('the doctor', () => {
  it('finds nothing wrong where nothing is', async () => {
    const findings = [...(await examineWith({})).values()];
    expect(findings.filter(({ status }) => status === 'failed' || status === 'warning')).toEqual([]);
    expect(findings.map(({ name }) => name)).toEqual([
      'site',
      'credentials',
      'region',
      'store images',
      'store resources',
      'store pages',
      'distribution images',
      'distribution resources',
      'distribution pages',
      'clock',
      'cors images',
      'cors resources',
      'lock',
    ]);
  });

  it.each<[string, Partial<AwsRoom.FoundDistribution>, string, string]>([
    [
      'another bucket',
      { origins: [{ bucket: 'other', prefix: '', access: 'OAC' }] },
      'failed',
      'no origin for the bucket acme-images',
    ],
    [
      'another folder',
      { origins: [{ bucket: 'acme-images', prefix: 'x', access: 'OAC' }] },
      'failed',
      'origin path "/x"',
    ],
    ['another host', { hosts: ['img.acme.com'] }, 'failed', 'does not answer for images.acme.com'],
    ['a disabled one', { enabled: false }, 'failed', 'is disabled'],
    [
      'a public bucket',
      { origins: [{ bucket: 'acme-images', prefix: '', access: 'none' }] },
      'warning',
      'no origin access control',
    ],
    ['one on its way', { status: 'InProgress' }, 'warning', 'is InProgress'],
  ])('tells that a distribution and its bucket disagree: %s', async (_, images, status, message) => {
    const finding = (await examineWith({ images })).get('distribution images');
    expect(finding).toMatchObject({
      status,
      message: expect.stringContaining(message),
      fix: expect.stringMatching(/./),
    });
  });

  it('asks nothing more without credentials', async () => {
    const credentials = () => {
      throw new PublishError('no-credentials', 'none were found');
    };
    const found = await examineWith({ credentials });
    expect(found.get('credentials')).toMatchObject({ status: 'failed', fix: expect.stringContaining('AWS_PROFILE') });
    expect([...found.keys()]).toEqual(['site', 'credentials']);
  });

  it('names the bucket that is in another region', async () => {
    expect((await examineWith({ region: 'eu-west-1' })).get('region')).toEqual({
      name: 'region',
      status: 'failed',
      message: 'acme-images is in eu-west-1, but us-east-1 is asked for it',
      fix: expect.stringContaining('"region": "eu-west-1" for origins.images'),
    });
    expect((await examineWith({ region: null })).get('region')).toMatchObject({ status: 'skipped' });
  });

  it('warns of credentials that are about to expire', async () => {
    const found = await examineWith({ credentials: () => ({ expiration: new Date(Date.now() + 120_000) }) });
    expect(found.get('credentials')).toMatchObject({ status: 'warning' });
  });

  it.each([
    [10, 'warning'],
    [60, 'failed'],
  ])('compares the clock with that of the pages: %i minutes are a %s', async (minutes, status) => {
    const date = new Date(Date.now() - minutes * 60_000).toUTCString();
    expect((await examineWith({ answer: { headers: { date } } })).get('clock')).toMatchObject({ status });
  });

  it.each([
    ['20.18.9', 'failed'],
    ['20.19.0', 'ok'],
    ['24.1.0', 'ok'],
  ])('knows whether Node.js %s will do', (version, status) => {
    expect(checkNode(version).status).toBe(status);
  });
});

describe('doctor on this machine', () => {
  it('is quiet about a setup that works, also about CORS once something is served', async () => {
    folder.write(smallSite);
    const env = { TWINORIGIN_PORT: String(await findPort()) };
    await run(['publish'], { cwd: folder.path, env });
    const { code, stdout } = await run(['doctor', '--json'], { cwd: folder.path, env });
    const { healthy: isHealthy, checks } = doctorDocumentSchema.parse(JSON.parse(stdout));
    expect([code, isHealthy]).toEqual([0, true]);
    expect(checks.find(({ name }) => name === 'store pages')).toMatchObject({ status: 'ok' });
  });

  it('ends with 4 when something failed, with the place and the fix', async () => {
    folder.write({ ...smallSite, 'twinorigin.config.json': '{\n"stie": "dist" }' });
    const { code, stdout } = await run(['doctor'], { cwd: folder.path });
    expect(code).toBe(4);
    expect(stdout).toMatch(/✗ config +twinorigin\.config\.json:2: unknown setting stie/);
    expect(stdout).toContain('→ ');
  });

  it('tells of a lock that was left behind', async () => {
    folder.write(smallSite);
    const state = join(folder.path, '.twinorigin/pages/.twinorigin');
    await run(['publish', '--no-verify'], { cwd: folder.path });
    mkdirSync(state, { recursive: true });
    writeFileSync(join(state, 'lock.json'), 'not a lock');
    const { code, stdout } = await run(['doctor'], { cwd: folder.path });
    expect(code).toBe(0);
    expect(stdout).toMatch(/! lock +held by somebody unknown/);
    expect(stdout).toContain('Healthy, 1 warning');
  });
});
