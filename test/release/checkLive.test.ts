import { mkdtempSync, rmSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { objectKey } from '../../src/build/keys.js';
import { exitCodes } from '../../src/errors.js';
import type { Edge } from '../../src/local/edge.js';
import { checkLive } from '../../src/release/checkLive.js';
import { describeLive, renderLive } from '../../src/report/liveText.js';
import { liveDocumentSchema } from '../../src/report/operationDocuments.js';
import { renderOutcome } from '../../src/report/outcomeText.js';
import { withCredentials } from '../aws/credentials.js';
import { configOf, openEdge, openPlace, run, worldOf, type Job, type Opened, type Place } from '../crash/publisher.js';
import { startFakeS3, type FakeS3 } from '../fakes/fakeS3.js';

withCredentials();

const site = {
  'index.html':
    '<link rel=stylesheet href=/css/site.css><script src=/app.js></script><img src="/img/logo.png"><a href=docs/>d</a>',
  'docs/index.html': '<link rel=stylesheet href=../css/site.css><img src=../img/photo.png>',
  'css/site.css': `body { background: url(../img/back.png) } ${'/* filler */ '.repeat(60)}`,
  'app.js': `document.title = 'x'; ${'// filler\n'.repeat(60)}`,
  'img/logo.png': 'logo',
  'img/back.png': 'back',
  'img/photo.png': 'photo',
};
const look = { color: false, width: 200, verbose: false };

interface Bench extends Opened {
  readonly job: Job;
  readonly edge: Edge;
  readonly check: () => ReturnType<typeof checkLive>;
  /** As CloudFront after a while: nothing is remembered. */
  readonly forget: () => Promise<void>;
}

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function publishTo(kind: Place['kind']): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'twinorigin-live-'));
  opened.push({ close: () => rmSync(folder, { recursive: true, force: true }) });
  for (const [name, content] of Object.entries(site)) {
    mkdirSync(dirname(join(folder, 'site', name)), { recursive: true });
    writeFileSync(join(folder, 'site', name), content);
  }
  const root = join(folder, 'place');
  let fake: FakeS3 | undefined;
  if (kind === 's3') opened.push((fake = await startFakeS3()));
  const place: Place =
    fake === undefined
      ? { kind: 'directory', root }
      : { kind: 's3', root, endpoint: fake.url, bucket: 'bucket', prefix: 'p' };
  const first = await openEdge(place, 0);
  const edges = { now: first };
  opened.push({ close: () => edges.now.close() });
  const job: Job = {
    place,
    site: join(folder, 'site'),
    cacheDir: join(folder, 'cache'),
    urls: first.urls,
    now: '2026-11-25T12:00:00Z',
    settings: { concurrency: 4 },
  };
  const stores = openPlace(place);
  opened.push(stores);
  await run(job);
  return {
    ...stores,
    job,
    edge: first,
    check: () => checkLive(worldOf(job, stores), { concurrency: configOf(job).concurrency }),
    forget: async () => {
      await edges.now.close();
      edges.now = await openEdge(place, first.port);
    },
  };
}

describe.each(['directory', 's3'] as const)('a published site (%s)', (kind) => {
  it('that is healthy: the check is quiet', { timeout: 120_000 }, async () => {
    const { check, stores } = await publishTo(kind);
    await stores.images.put({
      key: objectKey('foreign.png'),
      body: { bytes: Buffer.from('not ours') },
      headers: { contentType: 'image/png', cacheControl: 'no-cache' },
    });
    const found = await check();
    expect(found.findings).toEqual([]);
    expect(found.foreign.images.count).toBe(1);
    // Both stylesheets of the pages, the script, and every picture, whichever names them.
    expect(found.references).toBeGreaterThanOrEqual(5);
    expect(found.requests).toBeGreaterThan(found.objects / 2);
    expect(renderLive(found, 10, look)).toMatch(/^✓ Release .* is served as it was published/);
    expect(liveDocumentSchema.parse(describeLive(found)).findings).toEqual([]);
  });

  it(
    'with one header changed, one object deleted and one replaced: exactly those are named, and reconciled',
    { timeout: 120_000 },
    async () => {
      const { check, stores, job, forget } = await publishTo(kind);
      const keys: Record<string, string> = {};
      for await (const { key } of stores.images.list('')) keys[key.split('/')[1]!.split('.')[0]!] = key;
      let style = '';
      for await (const { key } of stores.resources.list('css/')) if (key.endsWith('.css')) style = key;
      const logo = objectKey(keys.logo!);
      const photo = objectKey(keys.photo!);
      const header = { contentType: 'image/png', cacheControl: 'no-store' };
      const { identity } = (await stores.images.head(logo))!;
      await stores.images.copy({ from: logo, to: logo, headers: header, ...(identity && { identity }) });
      await stores.images.delete([photo]);
      await stores.resources.put({
        key: objectKey(style),
        body: { bytes: Buffer.from('body { display: none }') },
        headers: { contentType: 'text/css; charset=utf-8', cacheControl: 'public, max-age=31536000, immutable' },
      });
      await forget();

      const found = await check();
      expect(found.findings.map(({ origin, key }) => `${origin}/${key}`)).toEqual([
        `images/${logo}`,
        `images/${photo}`,
        `resources/${style}`,
      ]);
      const [changed, deleted, replaced] = found.findings.map(({ faults }) => faults.join('; '));
      expect(changed).toMatch(/cache-control is no-store instead of public, max-age=31536000, immutable/);
      expect(deleted).toMatch(/it is not there; status 404 instead of 200/);
      expect(replaced).toMatch(/bytes instead of .*the content is not what was uploaded/);
      expect(renderLive(found, 10, look)).toContain('3 objects of release');
      expect(liveDocumentSchema.parse(describeLive(found)).findings).toHaveLength(3);

      const planned = await run({ ...job, options: {} });
      expect(planned.plan.empty, 'a publish that believes the record sees nothing').toBe(true);
      const healed = await run({ ...job, options: { reconcile: true } });
      const drifted = healed.plan.changes.filter(({ drift }) => drift !== undefined);
      expect(drifted.map(({ origin, key, drift }) => `${drift} ${origin}/${key}`)).toEqual([
        `headers images/${logo}`,
        `missing images/${photo}`,
        `replaced resources/${style}`,
      ]);
      const told = renderOutcome(healed, { ...look, width: 2000 });
      expect(told).toContain('3 objects put right');
      for (const key of [logo, photo, style]) expect(told).toContain(key);
      expect((await check()).findings).toEqual([]);
      const again = await run({ ...job, options: { reconcile: true } });
      expect(again.plan.empty).toBe(true);
    },
  );
});

describe('checking what is live', () => {
  it('ends with its own exit code, and says so when nothing was published', async () => {
    expect(exitCodes.refused).toBe(4);
    const folder = mkdtempSync(join(tmpdir(), 'twinorigin-live-'));
    opened.push({ close: () => rmSync(folder, { recursive: true, force: true }) });
    const stores = openPlace({ kind: 'directory', root: folder });
    const world = worldOf({ now: '2026-11-25T12:00:00Z' }, stores);
    await expect(checkLive(world, { concurrency: 4 })).rejects.toMatchObject({ code: 'release-missing', exitCode: 2 });
  });
});
