import { describe, expect, it } from 'vitest';
import { memoryWorld, planFor, publishTo, stateOf } from './harness.js';

const site = {
  'index.html': '<link rel=stylesheet href=/css/site.css><img src="/img/logo.png"><a href="/docs/">docs</a>',
  'docs/index.html': '<link rel=stylesheet href=../css/site.css><p>Docs</p>',
  'about.html': '<p>About</p>',
  'css/site.css': 'body { background: url(../img/back.png) }',
  'img/logo.png': 'logo',
  'img/back.png': 'back',
  'robots.txt': 'User-agent: *',
};

const writes = (operations: readonly string[]) =>
  operations.filter((operation) => /^(put|copy|delete) /.test(operation));

describe('publishing', () => {
  it('separates images from resources and pages', async () => {
    const world = memoryWorld();
    await publishTo(world, site);
    expect(world.stores.images.keys()).toEqual([
      expect.stringMatching(/^img\/back\.[0-9a-f]{16}\.png$/),
      expect.stringMatching(/^img\/logo\.[0-9a-f]{16}\.png$/),
    ]);
    expect(world.stores.resources.keys()).toEqual([expect.stringMatching(/^css\/site\.[0-9a-f]{16}\.css$/)]);
    expect(world.stores.pages.keys()).toEqual(Object.keys(site).sort());
  });

  it('rewrites references to the two CDN hosts and keeps the originals as they were', async () => {
    const world = memoryWorld();
    await publishTo(world, site);
    const [css] = world.stores.resources.keys();
    const [back, logo] = world.stores.images.keys();
    const index = world.stores.pages.text('index.html');
    expect(index).toContain(`href=https://static.example.com/${css} crossorigin="anonymous" integrity="sha384-`);
    expect(index).toContain(`<img src="https://images.example.com/${logo}">`);
    expect(world.stores.resources.text(css!)).toBe(`body { background: url(https://images.example.com/${back}) }`);
    expect(world.stores.pages.text('css/site.css')).toBe(site['css/site.css']);
  });

  it('writes nothing, invalidates nothing and reads once when nothing changed', async () => {
    const world = memoryWorld();
    const first = await publishTo(world, site);
    for (const store of Object.values(world.stores)) store.operations.length = 0;
    for (const cdn of Object.values(world.cdns)) cdn.operations.length = 0;
    const second = await publishTo(world, site);
    expect(second.plan.totals).toMatchObject({ created: 0, updated: 0, deleted: 0 });
    expect(second.release).toBe(first.release);
    expect(Object.values(world.stores).flatMap(({ operations }) => operations)).toEqual([
      'get .twinorigin/current.json',
    ]);
    expect(Object.values(world.cdns).flatMap(({ operations }) => operations)).toEqual([]);
  });

  it('uploads one changed image, what names it, and invalidates exactly their addresses', async () => {
    const world = memoryWorld();
    await publishTo(world, site);
    const changed = { ...site, 'img/back.png': 'another back' };
    const plan = await planFor(world, changed);
    expect(
      plan.changes
        .filter(({ action }) => action !== 'keep')
        .map(({ origin, key, action }) => `${action} ${origin}/${key.replace(/\.[0-9a-f]{16}\./, '.#.')}`),
    ).toEqual([
      'create images/img/back.#.png',
      'create resources/css/site.#.css',
      'update pages/docs/index.html',
      'update pages/img/back.png',
      'update pages/index.html',
    ]);
    await publishTo(world, changed);
    expect(world.cdns.images.paths()).toEqual([]);
    expect(world.cdns.resources.paths()).toEqual([]);
    expect(world.cdns.pages.paths()).toEqual([
      '/',
      '/docs',
      '/docs/',
      '/docs/index.html',
      '/img/back.png',
      '/index.html',
    ]);
  });

  it('keeps what old pages name and deletes only pages that are gone', async () => {
    const world = memoryWorld();
    await publishTo(world, site);
    const rest = Object.fromEntries(
      Object.entries(site).filter(([path]) => !/^(about\.html|img\/logo\.png)$/.test(path)),
    );
    world.stores.pages.plant('foreign.html', 'not ours');
    await publishTo(world, { ...rest, 'index.html': '<p>no logo</p>' });
    expect(world.stores.pages.keys()).toEqual([
      'css/site.css',
      'docs/index.html',
      'foreign.html',
      'img/back.png',
      'img/logo.png',
      'index.html',
      'robots.txt',
    ]);
    expect(world.stores.images.keys()).toHaveLength(2);
    expect(world.cdns.pages.paths()).toContain('/about.html');
  });

  it('uploads nothing again when a site goes back to what it was', async () => {
    const world = memoryWorld();
    await publishTo(world, site);
    await publishTo(world, { ...site, 'img/back.png': 'another back' });
    for (const store of Object.values(world.stores)) store.operations.length = 0;
    await publishTo(world, site);
    expect(writes(world.stores.images.operations)).toEqual([]);
    expect(writes(world.stores.resources.operations)).toEqual([]);
  });

  it('changes headers by a copy that sends the complete set', async () => {
    const world = memoryWorld();
    await publishTo(world, site);
    for (const store of Object.values(world.stores)) store.operations.length = 0;
    const { plan } = await publishTo(world, site, {
      build: { rules: [{ match: 'about.html', cacheControl: 'no-store' }] },
    });
    expect(plan.totals).toMatchObject({ created: 0, updated: 1, deleted: 0 });
    expect(writes(world.stores.pages.operations).filter((operation) => !operation.includes('.twinorigin'))).toEqual([
      'copy about.html',
    ]);
    expect(world.stores.pages.objects.get('about.html' as never)?.object.headers).toEqual({
      contentType: 'text/html; charset=utf-8',
      cacheControl: 'no-store',
    });
  });

  it('puts assets before pages, pages before the invalidation, and the pointer last', async () => {
    const world = memoryWorld();
    const order: string[] = [];
    for (const [origin, store] of Object.entries(world.stores))
      store.onOperation = (name, key) => void order.push(`${name} ${origin}/${key}`);
    for (const cdn of Object.values(world.cdns)) cdn.onOperation = () => void order.push('invalidate');
    await publishTo(world, site);
    order.length = 0;
    await publishTo(world, { ...site, 'img/logo.png': 'other', 'index.html': `${site['index.html']}!` });
    const at = (pattern: RegExp) => order.findIndex((operation) => pattern.test(operation));
    const last = (pattern: RegExp) => order.findLastIndex((operation) => pattern.test(operation));
    expect(last(/^put images/)).toBeLessThan(at(/^copy pages\/index\.html/));
    expect(last(/^copy pages\//)).toBeLessThan(at(/^invalidate/));
    expect(at(/^invalidate/)).toBeLessThan(last(/^put pages\/\.twinorigin\/current\.json/));
    expect(order.slice(-3)).toEqual([
      'put pages/.twinorigin/current.json',
      'get pages/.twinorigin/lock.json',
      'delete pages/.twinorigin/lock.json',
    ]);
  });

  it('puts no page live when an asset is not served right', async () => {
    const world = memoryWorld();
    await publishTo(world, site);
    const before = world.stores.pages.text('index.html');
    const fetch: typeof world.fetch = async (url, headers) => {
      const found = await world.fetch(url, headers);
      return { ...found, headers: { ...found.headers, 'access-control-allow-origin': undefined! } };
    };
    await expect(publishTo({ ...world, fetch }, { ...site, 'img/logo.png': 'other' })).rejects.toMatchObject({
      code: 'verify-failed',
      exitCode: 4,
    });
    expect(world.stores.pages.text('index.html')).toBe(before);
  });

  it('puts nothing live when an object fails, and keeps what is done', async () => {
    const world = memoryWorld();
    await publishTo(world, site);
    const before = world.stores.pages.text('index.html');
    world.stores.images.onOperation = (name, key) => {
      if (name === 'put' && key.includes('logo')) throw new Error('broken pipe');
    };
    const next = { ...site, 'img/logo.png': 'other', 'img/back.png': 'other back' };
    await expect(publishTo(world, next)).rejects.toMatchObject({
      code: 'objects-failed',
      exitCode: 3,
      items: [expect.stringContaining('broken pipe')],
    });
    expect(world.stores.pages.text('index.html')).toBe(before);
    expect(world.stores.images.keys()).toHaveLength(3);
    world.stores.images.onOperation = undefined;
    await publishTo(world, next);
    expect(world.stores.pages.text('index.html')).not.toBe(before);
  });

  it('never overwrites a fingerprinted name that holds foreign bytes', async () => {
    const world = memoryWorld();
    await publishTo(world, site);
    const [back] = world.stores.images.keys();
    const other = memoryWorld();
    other.stores.images.plant(back!, 'foreign bytes');
    await expect(publishTo(other, site)).rejects.toMatchObject({ code: 'immutable-conflict', exitCode: 3 });
    expect(other.stores.images.text(back!)).toBe('foreign bytes');
  });

  it('refuses a site without index, and one that removes too many pages, before writing anything', async () => {
    const world = memoryWorld();
    await expect(publishTo(world, { 'a.html': 'a' })).rejects.toMatchObject({ code: 'guard-refused', exitCode: 4 });
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`p${index}.html`, `page ${index}`]));
    await publishTo(world, { ...site, ...many });
    const state = stateOf(world);
    await expect(publishTo(world, site)).rejects.toMatchObject({ code: 'guard-refused' });
    expect(stateOf(world)).toEqual(state);
    await publishTo(world, site, { deletes: 40 });
  });
});
