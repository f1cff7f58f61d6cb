import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { objectKey } from '../../src/build/keys.js';
import { openLocalCdn } from '../../src/local/cdn.js';
import { edgeOf, type Answered, type TestEdge } from './edgeOf.js';

let test: TestEdge;
beforeEach(async () => {
  test = await edgeOf();
});
afterEach(() => test.close());

const ask = (path: string, headers = {}): Promise<Answered> => test.ask('www.localhost', path, headers);
const cacheOf = ({ headers }: Answered): string => String(headers['x-cache']).split(' ')[0]!;

describe('the memory of the edge', () => {
  it('answers from memory as long as s-maxage says, whatever the store holds now', async () => {
    await test.put('pages', 'a.html', 'old', { cacheControl: 'public, max-age=0, s-maxage=100, must-revalidate' });
    expect(cacheOf(await ask('/a.html'))).toBe('Miss');
    await test.put('pages', 'a.html', 'new', { cacheControl: 'public, max-age=0, s-maxage=100, must-revalidate' });
    test.clock += 99_000;
    const hit = await ask('/a.html?any=query');
    expect(hit.headers).toMatchObject({ 'x-cache': 'Hit from twinorigin edge', 'age': '99' });
    expect(hit.text).toBe('old');
    test.clock += 1_000;
    const late = await ask('/a.html');
    expect([cacheOf(late), late.text, late.headers.age]).toEqual(['Miss', 'new', undefined]);
  });

  it('asks the store again when an object is stale, and only for what changed', async () => {
    await test.put('pages', 'a.html', 'same', { cacheControl: 'max-age=10' });
    await ask('/a.html');
    test.clock += 10_000;
    expect(cacheOf(await ask('/a.html'))).toBe('RefreshHit');
    test.clock += 9_000;
    expect(cacheOf(await ask('/a.html'))).toBe('Hit');
  });

  it('takes over changed headers of an unchanged body when it asks again', async () => {
    await test.put('pages', 'a.html', 'same', { cacheControl: 'max-age=10' });
    await ask('/a.html');
    await test.put('pages', 'a.html', 'same', { cacheControl: 'max-age=77', contentType: 'text/html' });
    test.clock += 10_000;
    const refreshed = await ask('/a.html');
    expect(cacheOf(refreshed)).toBe('RefreshHit');
    expect(refreshed.headers).toMatchObject({ 'cache-control': 'max-age=77', 'content-type': 'text/html' });
  });

  it.each([
    ['no-cache', 'RefreshHit'],
    ['max-age=0', 'RefreshHit'],
    ['max-age=x', 'RefreshHit'],
    ['no-store', 'Miss'],
    ['private, max-age=100', 'Miss'],
    ['public', 'Hit'],
    ['max-age=0, S-MaxAge="5"', 'Hit'],
  ])('treats %j the second time as a %s', async (cacheControl, outcome) => {
    await test.put('pages', 'a', 'a', { cacheControl });
    expect(cacheOf(await ask('/a'))).toBe('Miss');
    expect(cacheOf(await ask('/a'))).toBe(outcome);
  });

  it('forgets a stale object that is gone', async () => {
    await test.put('pages', 'a', 'a', { cacheControl: 'max-age=10' });
    await ask('/a');
    await test.stores.pages.delete([objectKey('a')]);
    expect((await ask('/a')).status).toBe(200);
    test.clock += 10_000;
    expect((await ask('/a')).status).toBe(404);
  });

  it('sends many who ask at once to the store once', async () => {
    await test.put('pages', 'a', 'a');
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('/a')));
    expect(answers.every(({ text }) => text === 'a')).toBe(true);
  });

  it('keeps within its bounds', async () => {
    await test.close();
    test = await edgeOf({ cacheBytes: 20_000 });
    for (const name of ['a', 'b', 'c']) await test.put('pages', name, Buffer.alloc(8_000));
    for (const name of ['a', 'b', 'a', 'c']) await ask(`/${name}`);
    expect(cacheOf(await ask('/a'))).toBe('Hit');
    expect(cacheOf(await ask('/c'))).toBe('Hit');
    expect(cacheOf(await ask('/b'))).toBe('Miss');
    await test.put('pages', 'large', Buffer.alloc(30_000));
    await ask('/large');
    expect(cacheOf(await ask('/large'))).toBe('Miss');
  });

  it('streams what is too large to be held, with ranges', async () => {
    const bytes = Buffer.alloc(9 * 1024 * 1024, 'twinorigin ');
    await test.put('pages', 'film.mp4', bytes);
    const whole = await ask('/film.mp4');
    expect(whole.body.equals(bytes)).toBe(true);
    const part = await ask('/film.mp4', { range: 'bytes=1000000-1000010' });
    expect([part.status, part.text]).toEqual([206, bytes.subarray(1_000_000, 1_000_011).toString()]);
    expect(cacheOf(part)).toBe('Miss');
    const head = await test.ask('www.localhost', '/film.mp4', {}, 'HEAD');
    expect(head.headers['content-length']).toBe(String(bytes.length));
    expect(test.errors).toEqual([]);
  });
});

describe('an invalidation', () => {
  const remembered = { cacheControl: 'public, max-age=0, s-maxage=31536000, must-revalidate' };

  async function rememberAll(...keys: string[]): Promise<void> {
    for (const key of keys) {
      await test.put('pages', key, 'old', remembered);
      await ask(`/${encodeURI(key)}`);
      await test.put('pages', key, 'new', remembered);
    }
  }
  const invalidate = (paths: string[], reference = paths.join()) =>
    openLocalCdn(test.folders.pages).invalidate(paths, reference);
  const text = async (path: string): Promise<string> => (await ask(path)).text;

  it('is seen by the next request', async () => {
    await rememberAll('index.html', 'other.html');
    expect(await text('/')).toBe('old');
    await invalidate(['/index.html']);
    expect(await text('/')).toBe('new');
    expect(await text('/other.html')).toBe('old');
  });

  it('is seen each time, however fast one follows the other', async () => {
    for (let round = 0; round < 20; round++) {
      await test.put('pages', 'a', `round ${round}`, remembered);
      await invalidate(['/a'], `reference ${round}`);
      expect(await text('/a')).toBe(`round ${round}`);
    }
  });

  it('may end in a wildcard, and only end', async () => {
    await rememberAll('docs/a', 'docs/b/c', 'docsx', 'a*b', 'axb');
    await invalidate(['/docs/*', '/a*b']);
    expect(await text('/docs/a')).toBe('new');
    expect(await text('/docs/b/c')).toBe('new');
    expect(await text('/docsx')).toBe('old');
    expect(await text('/axb')).toBe('old');
    expect(await text('/a*b')).toBe('new');
    await invalidate(['/*']);
    expect(await text('/docsx')).toBe('new');
  });

  it('names percent-encoded paths, in upper or lower case, and tells the case of names apart', async () => {
    await rememberAll('ü b.html', 'A.html', 'a.html');
    await invalidate(['/%c3%bc%20b.html', '/a.html']);
    expect(await text('/%C3%BC%20b.html')).toBe('new');
    expect(await text('/a.html')).toBe('new');
    expect(await text('/A.html')).toBe('old');
  });

  it('of a folder address does not reach its index document, as with CloudFront', async () => {
    await rememberAll('docs/index.html');
    await invalidate(['/docs/']);
    expect(await text('/docs/')).toBe('old');
    await invalidate(['/docs/index.html']);
    expect(await text('/docs/')).toBe('new');
  });

  it('has the same id when it is made again, and other paths are refused', async () => {
    const first = await invalidate(['/a', '/b'], 'release-1');
    expect(first).toEqual({ id: first.id, completed: true });
    expect(await invalidate(['/a', '/b'], 'release-1')).toEqual(first);
    expect((await invalidate(['/a', '/b'], 'release-2')).id).not.toBe(first.id);
    await expect(invalidate(['/c'], 'release-1')).rejects.toMatchObject({ code: 'store-failed' });
    const cdn = openLocalCdn(test.folders.pages);
    expect(await cdn.invalidation(first.id)).toEqual(first);
  });

  it('that was made again forgets nothing again', async () => {
    await rememberAll('a');
    await invalidate(['/a'], 'release-1');
    expect(await text('/a')).toBe('new');
    await invalidate(['/a'], 'release-1');
    expect(cacheOf(await ask('/a'))).toBe('Hit');
  });

  it('is not lost when so many follow that its file is removed', async () => {
    await rememberAll('a');
    const cdn = openLocalCdn(test.folders.pages);
    await cdn.invalidate(['/a'], 'first');
    for (let index = 0; index < 450; index++) await cdn.invalidate(['/x'], `reference ${index}`);
    expect(await text('/a')).toBe('new');
    expect(cacheOf(await ask('/a'))).toBe('Hit');
  });

  it('of one origin is none of another', async () => {
    await test.put('images', 'a', 'old', remembered);
    await test.ask('images.localhost', '/a');
    await invalidate(['/*']);
    expect(cacheOf(await test.ask('images.localhost', '/a'))).toBe('Hit');
  });
});
