import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectKey } from '../../src/build/build.js';
import { objectKey } from '../../src/build/keys.js';
import { headersFileOf, refuseKey } from '../../src/local/layout.js';
import { openDirectoryReader } from '../../src/local/reader.js';
import { openDirectoryStore } from '../../src/local/store.js';
import type { ObjectStore } from '../../src/release/ports.js';
import { allHeaders, identityOf, plainHeaders } from '../contract/room.js';

let parent = '';
let folder = '';
let store: ObjectStore;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'twinorigin-folder-'));
  folder = join(parent, 'store');
  store = openDirectoryStore(folder);
});
afterEach(() => rm(parent, { recursive: true }));

const put = (key: string, text = key) =>
  store.put({
    key: key as ObjectKey,
    body: { bytes: Buffer.from(text) },
    headers: allHeaders,
    identity: identityOf(text),
  });
const keys = async (): Promise<string[]> => {
  const found: string[] = [];
  for await (const { key } of store.list('')) found.push(key);
  return found;
};

describe('a store folder', () => {
  it('holds plain files at their keys, and everything else in one folder', async () => {
    await put('index.html', '<h1>');
    await put('img/ü b.png', 'png');
    expect(readFileSync(join(folder, 'index.html'), 'utf8')).toBe('<h1>');
    expect(readFileSync(join(folder, 'img/ü b.png'), 'utf8')).toBe('png');
    expect(readdirSync(folder).sort()).toEqual(['.twinorigin-headers', 'img', 'index.html']);
    expect(await keys()).toEqual(['img/ü b.png', 'index.html']);
  });

  it('holds records as ordinary objects', async () => {
    await put('.twinorigin/current.json', '{}');
    expect(existsSync(join(folder, '.twinorigin/current.json'))).toBe(true);
    expect(await keys()).toEqual(['.twinorigin/current.json']);
  });

  it('is empty before it is made, and is made by the first write', async () => {
    expect(await keys()).toEqual([]);
    expect(await store.head(objectKey('a'))).toBeNull();
    expect(await store.delete([objectKey('a')])).toEqual([]);
    expect(existsSync(folder)).toBe(false);
    await put('a');
    expect(await keys()).toEqual(['a']);
  });

  it('leaves no empty folders, no unfinished bodies and no lock', async () => {
    await put('a/b/c');
    await put('a/d');
    await store.delete([objectKey('a/b/c')]);
    expect(readdirSync(join(folder, 'a'))).toEqual(['d']);
    await store.delete([objectKey('a/d')]);
    expect(readdirSync(folder)).toEqual(['.twinorigin-headers']);
    expect(readdirSync(join(folder, '.twinorigin-headers/temporary'))).toEqual([expect.stringMatching(/\.claim$/)]);
    expect(readdirSync(join(folder, '.twinorigin-headers')).sort()).toEqual(['objects', 'temporary']);
  });

  it('can be read through a reader that has no way to write', async () => {
    await put('a');
    const reader = openDirectoryReader(folder);
    expect(await reader.head(objectKey('a'))).toEqual(await store.head(objectKey('a')));
    expect(Object.keys(reader).sort()).toEqual(['get', 'head', 'list', 'name', 'open']);
  });
});

describe('a foreign file', () => {
  beforeEach(() => {
    mkdirSync(join(folder, 'docs'), { recursive: true });
    writeFileSync(join(folder, 'docs/page.html'), '<p>');
    writeFileSync(join(folder, 'CNAME'), 'x');
  });

  it('is an object with a type by its extension and no identity', async () => {
    const page = await store.get(objectKey('docs/page.html'));
    expect(page?.bytes.toString()).toBe('<p>');
    expect(page?.object).toMatchObject({ size: 3, headers: { contentType: 'text/html', cacheControl: 'no-cache' } });
    expect(page?.object).not.toHaveProperty('identity');
    expect((await store.head(objectKey('CNAME')))?.headers.contentType).toBe('application/octet-stream');
    expect(await keys()).toEqual(['CNAME', 'docs/page.html']);
  });

  it('has an etag that changes with it', async () => {
    const before = (await store.head(objectKey('CNAME')))!.etag;
    expect((await store.head(objectKey('CNAME')))!.etag).toBe(before);
    appendFileSync(join(folder, 'CNAME'), 'y');
    expect((await store.head(objectKey('CNAME')))!.etag).not.toBe(before);
  });

  it('can be replaced, copied and deleted', async () => {
    const key = objectKey('docs/page.html');
    await expect(
      store.put({ key, body: { bytes: Buffer.from('x') }, headers: plainHeaders, condition: { absent: true } }),
    ).rejects.toMatchObject({ name: 'ConditionFailed' });
    await store.copy({ from: key, to: key, headers: allHeaders, identity: identityOf('p') });
    expect(await store.head(key)).toMatchObject({ headers: allHeaders, identity: identityOf('p') });
    await store.copy({ from: objectKey('CNAME'), to: objectKey('copy'), headers: plainHeaders });
    expect((await store.get(objectKey('copy')))?.bytes.toString()).toBe('x');
    expect(await store.delete([key, objectKey('CNAME')])).toEqual([]);
    expect(await keys()).toEqual(['copy']);
  });

  it('is what an object becomes when somebody edits it', async () => {
    await put('mine.html', 'mine');
    appendFileSync(join(folder, 'mine.html'), '!');
    const head = await store.head(objectKey('mine.html'));
    expect(head).toMatchObject({ size: 5, headers: { contentType: 'text/html', cacheControl: 'no-cache' } });
    expect(head).not.toHaveProperty('identity');
  });

  it('is no object when it is a link, a pipe or a folder', async () => {
    writeFileSync(join(parent, 'secret'), 'secret');
    mkdirSync(join(parent, 'outside'));
    writeFileSync(join(parent, 'outside/file'), 'outside');
    symlinkSync(join(parent, 'secret'), join(folder, 'link'));
    symlinkSync(join(parent, 'outside'), join(folder, 'linked'));
    for (const key of ['link', 'linked/file', 'docs']) {
      expect(await store.head(objectKey(key))).toBeNull();
      expect(await store.get(objectKey(key))).toBeNull();
    }
    expect(await keys()).toEqual(['CNAME', 'docs/page.html']);
    await expect(put('linked/new')).rejects.toMatchObject({ code: 'store-invalid' });
    await expect(put('link')).rejects.toMatchObject({ code: 'store-invalid' });
    expect(readdirSync(join(parent, 'outside'))).toEqual(['file']);
    expect(readFileSync(join(parent, 'secret'), 'utf8')).toBe('secret');
  });
});

describe('headers and body', () => {
  it('stay together when the folder is copied or moved', async () => {
    await put('a/page.html', 'copied');
    const before = await store.head(objectKey('a/page.html'));
    cpSync(folder, join(parent, 'copy'), { recursive: true });
    utimesSync(join(parent, 'copy/a/page.html'), 1, 1);
    renameSync(folder, join(parent, 'moved'));
    for (const name of ['copy', 'moved']) {
      const other = openDirectoryStore(join(parent, name));
      const head = await other.head(objectKey('a/page.html'));
      expect(head).toMatchObject({ etag: before!.etag, headers: allHeaders, identity: identityOf('copied') });
      await other.put({
        key: objectKey('a/page.html'),
        body: { bytes: Buffer.from('next') },
        headers: plainHeaders,
        condition: { etag: before!.etag },
      });
    }
  });

  it.each([
    ['before the body was replaced', true],
    ['after the body was replaced', false],
  ])('match when a process is killed %s', async (_, before) => {
    await put('page.html', 'first');
    const body = join(folder, 'page.html');
    renameSync(body, join(parent, 'first'));
    copyFileSync(join(parent, 'first'), body); // Another inode, so the body is recognised by its digest.
    await store.put({ key: objectKey('page.html'), body: { bytes: Buffer.from('second') }, headers: plainHeaders });
    if (before) renameSync(join(parent, 'first'), body);
    const got = await openDirectoryReader(folder).get(objectKey('page.html'));
    if (before) expect(got?.object).toMatchObject({ headers: allHeaders, identity: identityOf('first') });
    else expect(got?.object.headers).toEqual(plainHeaders);
    expect(got?.bytes.toString()).toBe(before ? 'first' : 'second');
    await put('page.html', 'third');
    expect(await store.head(objectKey('page.html'))).toMatchObject({ identity: identityOf('third') });
  });

  it('of an object whose headers were damaged count as foreign until it is written again', async () => {
    await put('page.html');
    for (const damage of ['', '{"version":1', '[]', 'null', '{"version":1,"key":"other","entries":[]}']) {
      writeFileSync(headersFileOf(folder, objectKey('page.html')), damage);
      expect(await store.head(objectKey('page.html'))).not.toHaveProperty('identity');
    }
    await put('page.html');
    expect(await store.head(objectKey('page.html'))).toMatchObject({ identity: identityOf('page.html') });
  });

  it('of a deleted object do not come back with another body', async () => {
    await put('page.html', 'one');
    await rm(join(folder, 'page.html'));
    writeFileSync(join(folder, 'page.html'), 'two');
    expect(await store.head(objectKey('page.html'))).not.toHaveProperty('identity');
  });
});

describe('a key that cannot be a file', () => {
  it.each([
    '../escape',
    'a/../../escape',
    '/etc/passwd',
    './a',
    'a//b',
    'a/',
    'nul\0',
    `long/${'x'.repeat(256)}`,
    '.twinorigin-headers/lock',
    '.TwinOrigin-Headers/lock',
    'lone\ud800',
  ])('%j is refused and not found', async (key) => {
    await expect(put(key)).rejects.toMatchObject({ name: 'PublishError', code: 'store-failed', file: key });
    const copy = store.copy({ from: objectKey('a'), to: key as ObjectKey, headers: plainHeaders });
    await expect(copy).rejects.toMatchObject({ code: 'store-failed' });
    expect(await store.head(key as ObjectKey)).toBeNull();
    expect(await store.get(key as ObjectKey)).toBeNull();
    expect(await store.delete([key as ObjectKey])).toEqual([]);
    expect(readdirSync(parent)).toEqual([]);
  });

  it('is refused on Windows for its characters', () => {
    for (const key of ['a\\b', 'a:b', 'a?', 'dot.', 'space ']) {
      expect(refuseKey(key, 'win32')).toBeDefined();
      expect(refuseKey(key, 'linux')).toBeUndefined();
    }
  });

  it('because a file stands where a folder would be is refused by name, and the other way round', async () => {
    await put('a');
    await expect(put('a/b')).rejects.toMatchObject({ code: 'key-conflict', file: 'a/b' });
    await expect(put('a/b/c')).rejects.toThrow(join(folder, 'a'));
    await put('x/y');
    await expect(put('x')).rejects.toMatchObject({ code: 'key-conflict', file: 'x' });
    expect(await store.head(objectKey('a/b/c'))).toBeNull();
    expect(await store.delete([objectKey('a/b/c'), objectKey('x')])).toEqual([]);
    expect(await keys()).toEqual(['a', 'x/y']);
    expect((await store.get(objectKey('a')))?.bytes.toString()).toBe('a');
  });

  it('is none when only empty folders are in its place', async () => {
    mkdirSync(join(folder, 'x/empty/deep'), { recursive: true });
    await put('x');
    expect(await keys()).toEqual(['x']);
  });

  it('never makes a listing leave the folder', async () => {
    writeFileSync(join(parent, 'secret'), 'secret');
    await put('a');
    for (const prefix of ['../', '../s', '/', './', 'a/../', '.twinorigin-headers/']) {
      const found: string[] = [];
      for await (const { key } of store.list(prefix)) found.push(key);
      expect(found).toEqual([]);
    }
  });
});

describe('a store folder that cannot be written', () => {
  it('says so, and what to do', async () => {
    writeFileSync(folder, 'a file');
    await expect(put('a')).rejects.toMatchObject({ name: 'PublishError', code: 'store-failed' });
    expect(readFileSync(folder, 'utf8')).toBe('a file');
  });
});
