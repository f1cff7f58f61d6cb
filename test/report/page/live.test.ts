import { describe, expect, it } from 'vitest';
import { objectKey } from '../../../src/build/keys.js';
import { decodeBody } from '../../../src/release/decodeBody.js';
import { readPointer, readRecord } from '../../../src/release/record.js';
import { renderFrontPage } from '../../../src/report/front.js';
import { describeBuild } from '../../../src/report/page/describeBuild.js';
import { describeLive, type ReadContent } from '../../../src/report/page/describeLive.js';
import { buildGraph } from '../../../src/site/buildGraph.js';
import { assembleBuild } from '../../../src/build/assemble.js';
import { buildDefaults, memoryWorld, publishTo, type MemoryWorld } from '../../release/harness.js';
import { siteOf } from '../../siteOf.js';

const contents = {
  'index.html': `<link rel=stylesheet href=css/site.css><img src=wide.bmp width=100>${'text '.repeat(200)}`,
  'b/index.html': '<img src=../wide.bmp width=90>',
  'css/site.css': '@import "type.css";',
  'css/type.css': '@font-face{font-family:x;src:url(../f.woff2)}',
  'f.woff2': 'a font',
  'copy-of-f.woff2': 'a font',
  'wide.bmp': bitmap(1000, 60_000),
};
const now = new Date('2026-11-23T12:00:00Z');

function bitmap(width: number, bytes: number): Buffer {
  const image = Buffer.alloc(bytes);
  image.write('BM');
  image.writeInt32LE(width, 18);
  image.writeInt32LE(100, 22);
  return image;
}

function readerOf(world: MemoryWorld): ReadContent {
  return async (origin, key) => {
    const found = await world.readers[origin].get(objectKey(key));
    return found === null ? null : ((await decodeBody(found.bytes, found.object.headers.contentEncoding)) ?? null);
  };
}

async function liveRecord(world: MemoryWorld) {
  const { pointer } = await readPointer(world.readers.pages);
  const record = await readRecord(world.readers.pages, pointer.live!);
  return { record, previous: record.previous === null ? null : await readRecord(world.readers.pages, record.previous) };
}

describe('the report of what is live', () => {
  it.each(['negotiate', 'gzip', 'none'] as const)(
    'finds the same as the report of the build (%s)',
    async (encodings) => {
      const world = memoryWorld();
      await publishTo(world, contents, { build: { encodings } });
      const { record } = await liveRecord(world);
      const live = await describeLive(record, null, readerOf(world), now);
      const graph = await buildGraph(siteOf(contents), { siteUrls: [buildDefaults.urls.pages], lazyAttributes: [] });
      const build = await assembleBuild(graph, { ...buildDefaults, encodings });
      const built = await describeBuild({ graph, build }, now);

      const bare = (name: string) => name.replace(/\.[0-9a-f]{16}\./, '.');
      const weigh = (model: typeof live) =>
        model.files.map(({ name, origin, plain, loaded }) => [bare(name), origin, plain, loaded]).sort();
      expect(weigh(live)).toEqual(weigh(built));
      expect(live.chains?.map(({ steps }) => steps.map(({ name }) => bare(name)))).toEqual([
        ['index.html', 'css/site.css', 'css/type.css', expect.stringMatching(/f\.woff2$/)],
      ]);
      expect(live.chains?.map(({ steps }) => steps.length)).toEqual(built.chains?.map(({ steps }) => steps.length));
      expect(live.images?.map(({ advice }) => advice)).toEqual(built.images?.map(({ advice }) => advice));
      expect(live.images?.[0]?.advice).toContain('shown at 100: 200 are enough');
      expect(live.caching).toEqual(built.caching);
    },
  );

  it('compares with the release before', async () => {
    const world = memoryWorld();
    await publishTo(world, contents);
    await publishTo(world, { ...contents, 'b/index.html': 'changed', 'c.html': 'new' });
    const { record, previous } = await liveRecord(world);
    const { changes } = await describeLive(record, previous, readerOf(world), now);
    expect(changes?.map(({ kind, entries }) => [kind, entries.map(({ key }) => key)])).toEqual([
      ['created', ['c.html']],
      ['updated', ['b/index.html']],
    ]);
  });

  it('shows the pages with their addresses, and says when there is nothing', async () => {
    const world = memoryWorld();
    expect(await renderFrontPage(null, null, readerOf(world), now)).toContain('Nothing is live yet');
    await publishTo(world, contents);
    const { record } = await liveRecord(world);
    const page = await renderFrontPage(record, null, readerOf(world), now);
    expect(page).toContain('href="https://www.example.com/b/"');
    expect(page).toMatch(/>\s*\/<\/a/);
  });

  it('does without what it would have to read when a body is gone', async () => {
    const world = memoryWorld();
    await publishTo(world, contents);
    const { record } = await liveRecord(world);
    const model = await describeLive(record, null, () => Promise.resolve(null), now);
    expect(model.chains).toEqual([]);
    expect(model.files.length).toBe(7);
  });
});
