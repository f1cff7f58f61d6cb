import { rmSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { objectKey } from '../../src/build/keys.js';
import { liveKey } from '../../src/edge/live.js';
import { openLocalEdgeStore } from '../../src/local/edgeKeys.js';
import { prune, publish, publishPreview, rollBack } from '../../src/publish.js';
import { changeEdge } from '../../src/release/switchEdge.js';
import { findPort, makeFolder, type Folder } from './command.js';
import { openHere, type Here } from './publishHere.js';

let folder: Folder;
let here: Here;
let port: number;
let answers = 0;
const atomic = { pages: { mode: 'atomic', pin: true }, verify: { sample: 3 } };

beforeEach(async () => {
  folder = makeFolder();
  port = await findPort();
});
afterEach(async () => {
  await here.close();
  folder.remove();
});

/** Every page of a version names the version, an image of its own, and the other pages. */
const version = (name: string) => ({
  'dist/index.html': page(name, 'index'),
  'dist/a.html': page(name, 'a'),
  'dist/b/index.html': page(name, 'b'),
  'dist/same.html': '<!doctype html><title>same</title>',
  'dist/404.html': '<!doctype html><title>missing</title>',
  [`dist/img/${name}.png`]: `picture ${name}`,
});
const page = (name: string, title: string) =>
  `<!doctype html><title>${title} ${name}</title><img src="/img/${name}.png" alt=""><a href="/a.html">a</a>`;

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly cookie: string | undefined;
  readonly location: string | undefined;
}

function get(path: string, headers: Record<string, string> = {}, host = 'www.localhost'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, headers: { host: `${host}:${port}`, ...headers }, agent: false };
    const sent = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        answers++;
        resolve({
          status: response.statusCode!,
          text: Buffer.concat(chunks).toString(),
          cookie: response.headers['set-cookie']?.[0]?.split(';')[0],
          location: response.headers.location,
        });
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}

const versionOf = ({ text }: Answer) => /<title>\w+ (\w+)<\/title>/.exec(text)?.[1];
const imageOf = ({ text }: Answer) => /src="(http:\/\/images\.localhost:\d+)(\/[^"]+)"/.exec(text)?.[2];

async function publishVersion(name: string) {
  folder.write(version(name));
  return publish(here.config, here.world);
}

describe('releases in folders of their own', () => {
  it('go live and back by one write, and what did not change is copied inside the store', async () => {
    here = await openHere(folder, port, atomic);
    const first = await publishVersion('one');
    expect(versionOf(await get('/'))).toBe('one');
    expect(await get('/nothing')).toMatchObject({ status: 404, text: expect.stringContaining('missing') });

    const second = await publishVersion('two');
    expect(versionOf(await get('/b/'))).toBe('two');
    const copied = second.plan.changes.filter(({ copyFrom }) => copyFrom !== undefined).map(({ key }) => key);
    expect(copied).toContain(`releases/${second.release}/same.html`);
    expect(copied.some((key) => key.endsWith('/a.html'))).toBe(false);
    expect(second.plan.changes.filter(({ action }) => action === 'delete')).toEqual([]);
    expect(second.plan.invalidations.pages).toEqual([]);

    const edge = openLocalEdgeStore(storeFolder());
    const before = await edge.read();
    const back = await rollBack(here.config, here.world, first.release!);
    expect(versionOf(await get('/'))).toBe('one');
    expect(back.plan.changes.every(({ action }) => action === 'keep')).toBe(true);
    const after = await edge.read();
    const changed = [...after.entries].filter(([key, value]) => before.entries.get(key) !== value).map(([key]) => key);
    expect(changed.sort()).toEqual(['before', liveKey, `r:${back.release}`].sort());
    // The same site again: nothing is written.
    expect((await publish(here.config, here.world)).plan.empty).toBe(false);
    expect((await publish(here.config, here.world)).plan.empty).toBe(true);
  });

  it('show the page that the configuration names where there is none, and none when it says so', async () => {
    const errors = { 'dist/errors/gone.html': '<!doctype html><title>gone</title>' };
    folder.write(errors);
    here = await openHere(folder, port, { ...atomic, cdn: { notFound: '/errors/gone.html' } });
    const { release } = await publishVersion('one');
    expect(await get('/nothing')).toMatchObject({ status: 404, text: expect.stringContaining('gone') });
    const kept = (await here.world.readers.pages.get(objectKey('errors/gone.html')))?.bytes.toString();
    expect(kept).toBe(errors['dist/errors/gone.html']);
    expect(await here.world.readers.pages.head(objectKey('404.html'))).toBeNull();
    expect(await here.world.readers.pages.head(objectKey(`releases/${release}/404.html`))).not.toBeNull();
    expect((await publish(here.config, here.world)).plan.empty).toBe(true);

    // Another page is a release of its own, although no file changed.
    await here.close();
    here = await openHere(folder, port, atomic);
    expect((await publish(here.config, here.world)).plan.empty).toBe(false);
    expect(await get('/nothing')).toMatchObject({ status: 404, text: expect.stringContaining('missing') });

    await here.close();
    here = await openHere(folder, port, { ...atomic, cdn: { notFound: false } });
    await publish(here.config, here.world);
    expect(await get('/nothing')).toMatchObject({ status: 404, text: 'not found\n' });
  });

  it('can be taken into use and left again on a site that is live in place', async () => {
    here = await openHere(folder, port);
    await publishVersion('one');
    await here.close();
    here = await openHere(folder, port, atomic);
    const { plan } = await publishVersion('two');
    expect(plan.changes.filter(({ action }) => action === 'delete')).toEqual([]);
    expect(versionOf(await get('/a.html'))).toBe('two');
    await here.close();
    here = await openHere(folder, port);
    await publishVersion('three');
    expect(versionOf(await get('/a.html'))).toBe('three');
  });

  it('let go of old folders by retention, and visitors pinned to them are on the live one', async () => {
    here = await openHere(folder, port, { ...atomic, retention: { releases: 1, days: 0, prune: false } });
    const first = await publishVersion('one');
    const { cookie } = await get('/');
    expect(cookie).toMatch(/^twinorigin=\d{8}T\d{6}Z-/);
    await publishVersion('two');
    expect(versionOf(await get('/', { cookie: cookie! }))).toBe('one');
    const later = { ...here.world, clock: () => new Date(Date.now() + 60_000) };
    const pruned = await prune(here.config, later);
    expect(pruned.releases).toEqual([first.release]);
    expect(pruned.objects.some(({ key }) => key === `releases/${first.release}/index.html`)).toBe(true);
    expect(versionOf(await get('/', { cookie: cookie! }))).toBe('two');
    expect(versionOf(await get('/a.html'))).toBe('two');
  });

  it('refuse a publish that would take away most pages', async () => {
    here = await openHere(folder, port, { ...atomic, guard: { deletes: 1 } });
    await publishVersion('one');
    rmSync(join(folder.path, 'dist'), { recursive: true });
    folder.write({ 'dist/index.html': page('two', 'index'), 'dist/img/two.png': 'two' });
    await expect(publish(here.config, here.world)).rejects.toMatchObject({
      code: 'guard-refused',
      items: ['404.html', 'a.html', 'b/index.html', 'same.html'].sort(),
    });
  });
});

const storeFolder = () => `${folder.path}/.twinorigin/pages`;

describe('visitors during a thousand switches', () => {
  it('never get a broken reference, and on a pinned visit never pages of two releases', async () => {
    here = await openHere(folder, port, atomic);
    await publishVersion('one');
    const edge = openLocalEdgeStore(storeFolder());
    const one = (await edge.read()).entries.get(liveKey)!;
    await publishVersion('two');
    const two = (await edge.read()).entries.get(liveKey)!;

    let isSwitching = true;
    const wrong: string[] = [];
    const seen = new Set<string>();
    const visits = { pinned: 0, loose: 0, mixed: 0 };
    async function visit(isPinned: boolean): Promise<void> {
      const start = await get('/');
      const cookie = isPinned && start.cookie !== undefined ? { cookie: start.cookie } : undefined;
      const pages = [start];
      for (const path of ['/a.html', '/b/', '/']) pages.push(await get(path, cookie));
      for (const answer of pages) {
        const image = imageOf(answer);
        if (answer.status !== 200 || image === undefined) wrong.push(`status ${answer.status}: ${answer.text}`);
        else if ((await get(image, {}, 'images.localhost')).text !== `picture ${versionOf(answer)}`)
          wrong.push(`${versionOf(answer)} names ${image}`);
      }
      const versions = new Set(pages.map(versionOf));
      for (const name of versions) seen.add(String(name));
      if (versions.size > 1) visits.mixed++;
      if (isPinned && (cookie === undefined || versions.size > 1)) wrong.push(`pinned: ${[...versions].join()}`);
      visits[isPinned ? 'pinned' : 'loose']++;
    }
    async function read(isPinned: boolean): Promise<void> {
      while (isSwitching || visits[isPinned ? 'pinned' : 'loose'] === 0) await visit(isPinned);
    }
    const readers = [read(true), read(true), read(false)];
    for (let count = 0; count < 1000; count++) {
      await changeEdge(edge, () => ({ put: new Map([[liveKey, count % 2 === 0 ? one : two]]), remove: [] }));
      // Every third switch waits for an answer, so that there are visitors all the time, however busy the machine is.
      const before = answers;
      while (count % 3 === 0 && answers === before) await new Promise(setImmediate);
    }
    isSwitching = false;
    await Promise.all(readers);
    expect(wrong).toEqual([]);
    expect(visits.pinned).toBeGreaterThan(5);
    expect([...seen].sort()).toEqual(['one', 'two']);
    // The test could see a mixture: whoever is not pinned gets one now and then.
    expect(visits.mixed).toBeGreaterThan(0);
  });
});

describe('a preview', () => {
  it('stands beside the live release, at a host name of its own and by a signed link', async () => {
    here = await openHere(folder, port, atomic);
    await publishVersion('one');
    folder.write(version('draft'));
    const { preview, release, plan } = await publishPreview(here.config, here.world, 'my-draft');
    expect(preview.url).toBe(`http://my-draft--www.localhost:${port}/`);
    expect(versionOf(await get('/'))).toBe('one');
    expect(versionOf(await get('/a.html', {}, 'my-draft--www.localhost'))).toBe('draft');
    expect((await get('/', {}, 'other--www.localhost')).status).toBe(404);
    expect(plan.changes.some(({ action }) => action === 'delete')).toBe(false);

    const link = new URL(preview.link);
    const entered = await get(link.pathname + link.search);
    expect(entered).toMatchObject({ status: 302, location: '/' });
    expect(versionOf(await get('/a.html', { cookie: entered.cookie! }))).toBe('draft');
    expect(versionOf(await get('/a.html', { cookie: `twinorigin=${release}.${'A'.repeat(22)}` }))).toBe('one');
    const left = await get('/a.html?twinorigin=live&x=1', { cookie: entered.cookie! });
    expect(left).toMatchObject({ status: 302, location: '/a.html?x=1', cookie: 'twinorigin=' });

    // What was looked at can be put live as it is.
    await rollBack(here.config, here.world, release!);
    expect(versionOf(await get('/'))).toBe('draft');
  });

  it('of a site that is live in place touches nothing of it', async () => {
    here = await openHere(folder, port, { retention: { releases: 1, days: 0, prune: false } });
    await publishVersion('one');
    folder.write(version('draft'));
    await publishPreview(here.config, here.world, 'draft');
    expect(versionOf(await get('/'))).toBe('one');
    expect(versionOf(await get('/', {}, 'draft--www.localhost'))).toBe('draft');
    const later = { ...here.world, clock: () => new Date(Date.now() + 60_000) };
    const { objects } = await prune(here.config, later);
    expect(objects.map(({ key }) => key)).toContain(
      'img/draft.' + objects.find(({ origin }) => origin === 'images')!.key.slice(10),
    );
    expect((await get('/', {}, 'draft--www.localhost')).status).toBe(404);
    expect(versionOf(await get('/'))).toBe('one');
    expect((await get(imageOf(await get('/'))!, {}, 'images.localhost')).status).toBe(200);
  });

  it.each(['', 'Draft', '-a', 'a b', 'a.b', 'a'.repeat(33)])('cannot be called %j', async (name) => {
    here = await openHere(folder, port, atomic);
    folder.write(version('one'));
    await expect(publishPreview(here.config, here.world, name)).rejects.toMatchObject({ code: 'usage' });
  });
});
