import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { objectKey } from '../../src/build/keys.js';
import { preparePlan, publish } from '../../src/publish.js';
import { findPort, makeFolder, type Folder } from './command.js';
import { openHere, type Here } from './publishHere.js';

let folder: Folder;
let here: Here;
let port: number;

beforeEach(async () => {
  folder = makeFolder();
  port = await findPort();
});
afterEach(async () => {
  await here.close();
  folder.remove();
});

const settings = { invalidation: { tags: true }, encodings: 'negotiate', verify: { sample: 0 } };
const pages = ['index', 'a', 'b/index', 'b/c', 'd/e/f', 'plain'];
const logo = (version: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg"><title>logo ${version}</title>${'<path d="M0 0"/>'.repeat(40)}</svg>`;
const words = 'The same words again and again, so that it is worth compressing them. '.repeat(20);

/** All pages but one hold the logo. */
const site = (version: string) => ({
  ...Object.fromEntries(
    pages.map((page) => [
      `dist/${page}.html`,
      `<!doctype html><title>${page}</title>${page === 'plain' ? '' : '<img src="/logo.svg" alt="">'}<p>${words}`,
    ]),
  ),
  'dist/logo.svg': logo(version),
});

/** A visitor of the local edge. @returns the body and whether it came from the cache. */
async function get(path: string) {
  const response = await here.world.fetch(`http://www.localhost:${port}${path}`, { 'accept-encoding': 'identity' });
  return { text: response.body.toString(), cache: response.headers['x-cache'] };
}

describe('pages with cache tags', () => {
  it('that hold a changed picture are forgotten by one item, and the others stay cached', async () => {
    here = await openHere(folder, port, settings);
    folder.write(site('one'));
    await publish(here.config, here.world);
    const { object } = (await here.world.readers.pages.get(objectKey('b/c.html.br')))!;
    expect(object.headers.cacheTags).toMatch(/^f\w{10},pages,d\w{10},a\w{10}$/);

    const addresses = ['/', '/a.html', '/b/', '/b/c.html', '/d/e/f.html', '/plain.html'];
    for (const address of [...addresses, ...addresses]) await get(address);
    const before = await Promise.all(addresses.map(get));
    expect(before.filter(({ cache }) => !cache!.startsWith('Hit'))).toEqual([]);

    folder.write(site('two'));
    const { plan } = await publish(here.config, here.world);
    const items = plan.invalidations.pages.map(({ path }) => path);
    // The logo itself lies beside the pages, too, in all its encodings.
    expect(items).toEqual([expect.stringMatching(/^#a\w{10}$/), expect.stringMatching(/^#f\w{10}$/)]);
    expect(plan.cost.invalidationPaths).toBe(2);

    const after = await Promise.all(addresses.map(get));
    for (const [index, { text, cache }] of after.entries()) {
      const isPlain = addresses[index] === '/plain.html';
      expect(text === before[index]!.text).toBe(isPlain);
      expect(cache?.startsWith('Hit')).toBe(isPlain);
    }
    expect((await publish(here.config, here.world)).plan.empty).toBe(true);
  });

  it('get their tags by copies inside the store, and are forgotten by their paths until they have them', async () => {
    here = await openHere(folder, port, { ...settings, invalidation: { tags: false } });
    folder.write(site('one'));
    await publish(here.config, here.world);
    await here.close();
    here = await openHere(folder, port, settings);
    const { plan } = await publish(here.config, here.world);
    expect(plan.changes.filter(({ action }) => action === 'headers').length).toBeGreaterThan(pages.length);
    expect(plan.changes.filter(({ action }) => action === 'update' || action === 'create')).toEqual([]);
    expect(plan.invalidations.pages.filter(({ path }) => path.startsWith('#'))).toEqual([]);
    expect(plan.invalidations.pages.map(({ path }) => path)).toContain('/b/');
  });

  it('are refused where the distribution does not read them', async () => {
    here = await openHere(folder, port, settings);
    folder.write(site('one'));
    const bucket = { bucket: 'acme-www', url: 'https://www.acme.com' };
    const config = { ...here.config, origins: { ...here.config.origins, pages: bucket } };
    await expect(preparePlan(config, here.world)).rejects.toMatchObject({
      code: 'config-invalid',
      message: 'invalidation.tags needs a distribution that reads cache tags',
    });
  });
});
