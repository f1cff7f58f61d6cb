/** The operations after a publish: releases, rollback, prune, unlock. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDirectoryStore } from '../../src/local/store.js';
import { lockKey, timeOfRelease } from '../../src/release/keys.js';
import type { ObjectStore } from '../../src/release/ports.js';
import type { ReleaseId } from '../../src/release/release.js';
import { errorDocumentSchema, planDocumentSchema } from '../../src/report/documents.js';
import {
  lockDocumentSchema,
  pruneDocumentSchema,
  releasesDocumentSchema,
} from '../../src/report/operationDocuments.js';
import { findPort, makeFolder, smallSite, type Folder } from './command.js';
import { call } from './inProcess.js';

let folder: Folder;
let port = 0;
beforeEach(async () => {
  folder = makeFolder();
  port = await findPort();
});
afterEach(() => {
  folder.remove();
});

const start = (args: readonly string[]) => call(args, { cwd: folder.path, env: { TWINORIGIN_PORT: String(port) } });

const pagesStore = (): ObjectStore => openDirectoryStore(join(folder.path, '.twinorigin/pages'));

/** Publishes three versions; gives their ids, oldest first. */
async function publishThree(): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const version of [1, 2, 3]) {
    folder.write({ ...smallSite, 'dist/a.css': `body { color: #00${version} }\n` });
    const { stdout } = await start(['publish', '--json']);
    ids.push(planDocumentSchema.parse(JSON.parse(stdout)).release!);
  }
  return ids;
}

async function listReleases() {
  return releasesDocumentSchema.parse(JSON.parse((await start(['releases', '--json'])).stdout));
}

describe('releases', { timeout: 120_000 }, () => {
  it('says who made each one, what it changed, and which one is live', async () => {
    const ids = await publishThree();
    const { live, releases } = await listReleases();
    expect(live).toBe(ids[2]);
    expect(releases.map(({ id, state }) => [id, state])).toEqual([
      [ids[2], 'live'],
      [ids[1], 'kept'],
      [ids[0], 'kept'],
    ]);
    expect(releases[2]!.changes).toMatchObject({ updated: 0, removed: 0 });
    // The stylesheet is renamed, its copy at its own path changes, and so does the page that names it.
    expect(releases[0]!.changes!.created).toBe(releases[0]!.changes!.removed);
    expect(releases[0]!.changes!.updated).toBeGreaterThanOrEqual(2);
    const { stdout } = await start(['releases']);
    expect(stdout).toMatch(new RegExp(`^● ${ids[2]} .*live\\n .* on .*created, .*updated, .*removed`, 'm'));
  });
});

describe('rollback', { timeout: 120_000 }, () => {
  it('goes back one release, and one more the next time, never to the one that was left', async () => {
    const ids = await publishThree();
    const first = planDocumentSchema.parse(JSON.parse((await start(['rollback', '--json'])).stdout));
    expect(first.rollbackOf).toBe(ids[1]);
    expect(await pagesText('a.css')).toContain('#002');
    const second = planDocumentSchema.parse(JSON.parse((await start(['rollback', '--json'])).stdout));
    expect(second.rollbackOf).toBe(ids[0]);
    expect(await pagesText('a.css')).toContain('#001');
    const { code, stdout } = await start(['rollback', '--json']);
    expect([code, errorDocumentSchema.parse(JSON.parse(stdout)).error.code]).toEqual([2, 'release-missing']);
    const { live, releases } = await listReleases();
    expect(releases[0]).toMatchObject({ id: live, state: 'live', rollbackOf: ids[0] });
    expect((await start(['releases'])).stdout).toContain(`live, rolled back to ${ids[0]}`);
  });

  it('goes to the release that is named, also by its beginning, and only says so with --dry-run', async () => {
    const ids = await publishThree();
    const { code, stdout } = await start(['rollback', ids[0]!.slice(0, 16), '--dry-run']);
    expect([code, stdout.split('\n')[0]]).toEqual([0, `Roll back to ${ids[0]} (after ${ids[2]})`]);
    expect((await listReleases()).live).toBe(ids[2]);
    expect((await start(['rollback', ids[0]!.slice(0, 16)])).stdout).toContain(`, ${ids[0]} again`);
    expect(await pagesText('a.css')).toContain('#001');
    const missing = await start(['rollback', '2001']);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('no record of release 2001')]);
    expect((await start(['rollback', '20'])).stderr).toContain('releases begin with 20');
  });

  it('refuses to remove most pages unless told to, as a publish does', async () => {
    folder.write(smallSite);
    await start(['publish']);
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`dist/p${n}.html`, `<title>${n}</title>`]));
    folder.write(many);
    await start(['publish']);
    const { code, stderr } = await start(['rollback']);
    expect([code, stderr]).toEqual([4, expect.stringContaining('removes 30 of 32 live pages')]);
    expect((await start(['rollback', '--force'])).code).toBe(0);
  });

  const pagesText = async (key: string) => (await pagesStore().get(key as never))?.bytes.toString();
});

describe('a dry run', { timeout: 120_000 }, () => {
  it.each([
    ['publish', '--dry-run'],
    ['plan'],
    ['rollback', '--dry-run'],
    ['prune', '--dry-run', '--releases', '1', '--days', '0'],
    ['unlock', '--dry-run'],
    ['maintenance', 'on', '--dry-run'],
    ['publish', '--dry-run', '--reconcile'],
  ])('%s %s changes no file of any store', async (...words) => {
    await publishThree();
    folder.write({ 'dist/a.css': 'body { color: red }\n', 'dist/new.html': '<title>new</title>' });
    const files = () =>
      readdirSync(join(folder.path, '.twinorigin'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((file) => [file, statSync(file).mtimeMs, readFileSync(file, 'base64')]);
    const before = files();
    expect((await start(words.filter((word) => word !== ''))).code).toBe(0);
    expect(files()).toEqual(before);
  });
});

describe('prune', { timeout: 120_000 }, () => {
  it('says what it would let go, lets that go, and then has nothing more to do', async () => {
    const ids = await publishThree();
    // Releases of the same second have ids a little ahead of the clock, and nothing is let go before its time.
    while (timeOfRelease(ids[2] as ReleaseId) >= Date.now()) await new Promise((go) => setTimeout(go, 50));
    const words = ['prune', '--releases', '1', '--days', '0', '--json'];
    const plan = pruneDocumentSchema.parse(JSON.parse((await start([...words, '--dry-run'])).stdout));
    expect(plan).toMatchObject({ applied: false, live: ids[2], releases: ids.slice(0, 2) });
    expect(plan.objects.some(({ key }) => /^a\.[0-9a-f]{16}\.css$/.test(key))).toBe(true);
    expect((await listReleases()).releases).toHaveLength(3);
    const done = pruneDocumentSchema.parse(JSON.parse((await start(words)).stdout));
    expect(done).toEqual({ ...plan, applied: true });
    expect((await listReleases()).releases.map(({ id }) => id)).toEqual([ids[2]]);
    expect(pruneDocumentSchema.parse(JSON.parse((await start(words)).stdout)).objects).toEqual([]);
    expect((await start(['prune'])).stdout).toContain('Nothing to let go');
  });
});

describe('unlock', { timeout: 120_000 }, () => {
  const lockOf = (more: Record<string, unknown>) => ({
    version: 1,
    owner: 'o',
    user: 'anna',
    host: 'elsewhere',
    machine: 'm',
    pid: 1,
    startedAt: '2026-11-24T20:00:00.000Z',
    seconds: 1.5,
    renewals: 0,
    ...more,
  });
  const plant = (content: object) =>
    pagesStore().put({
      key: lockKey,
      body: { bytes: Buffer.from(JSON.stringify(content)) },
      headers: { contentType: 'application/json', cacheControl: 'no-store' },
    });

  it('says that there is no lock', async () => {
    const { code, stdout } = await start(['unlock', '--json']);
    expect([code, lockDocumentSchema.parse(JSON.parse(stdout))]).toEqual([
      0,
      { version: 1, held: false, removed: false, holder: null },
    ]);
  });

  it('says who holds it and since when, and removes it when it is silent and --yes is given', async () => {
    await plant(lockOf({}));
    expect((await start(['unlock', '--dry-run'])).stdout).toContain(
      'anna on elsewhere holds the lock since 2026-11-24T20:00:00.000Z',
    );
    const unsure = await start(['unlock']);
    expect([unsure.code, unsure.stderr]).toEqual([2, expect.stringContaining('Pass --yes')]);
    expect(await pagesStore().head(lockKey)).not.toBeNull();
    const { code, stdout } = await start(['unlock', '--yes', '--json']);
    expect([code, lockDocumentSchema.parse(JSON.parse(stdout))]).toEqual([
      0,
      {
        version: 1,
        held: false,
        removed: true,
        holder: { user: 'anna', host: 'elsewhere', since: '2026-11-24T20:00:00.000Z' },
      },
    ]);
    expect(await pagesStore().head(lockKey)).toBeNull();
  });

  it('does not take it from a publisher that is alive, unless forced', async () => {
    await plant(lockOf({ seconds: 60 }));
    let renewals = 0;
    const timer = setInterval(() => void plant(lockOf({ seconds: 60, renewals: ++renewals })), 200);
    try {
      const { code, stderr } = await start(['unlock', '--yes']);
      expect([code, stderr]).toEqual([10, expect.stringContaining('anna on elsewhere is alive')]);
    } finally {
      clearInterval(timer);
    }
    expect((await start(['unlock', '--yes', '--force'])).stdout).toContain('The lock is removed');
  });
});
