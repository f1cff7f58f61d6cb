import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { PublishError } from '../../src/errors.js';
import type { ContractCase } from './objectStore.js';
import { allHeaders, identityOf, plainHeaders, timeless } from './room.js';

export const copyCases: Readonly<Record<string, ContractCase>> = {
  'copies the bytes with the headers and identity it is given': async (room) => {
    const [from, to] = [room.key('from'), room.key('deep/er/to')];
    const identity = identityOf('given');
    const source = { key: from, body: { bytes: Buffer.from('copied') }, headers: plainHeaders };
    const before = await room.store.put({ ...source, identity: identityOf('source') });
    const { etag } = await room.store.copy({ from, to, headers: allHeaders, identity });
    const got = await room.store.get(to);
    expect(timeless(got?.object)).toStrictEqual({ key: to, size: 6, etag, headers: allHeaders, identity });
    expect(got?.bytes.toString()).toBe('copied');
    expect(await room.store.head(from)).toMatchObject({ etag: before.etag, headers: plainHeaders });
  },

  'copies over an object that is there, inheriting nothing from either': async (room) => {
    const [from, to] = [room.key('from'), room.key('to')];
    const identity = identityOf('inherited');
    await room.store.put({ key: from, body: { bytes: Buffer.from('new') }, headers: allHeaders, identity });
    await room.store.put({ key: to, body: { bytes: Buffer.from('older') }, headers: allHeaders, identity });
    const { etag } = await room.store.copy({ from, to, headers: plainHeaders });
    expect((await room.store.get(to))?.bytes.toString()).toBe('new');
    expect(timeless(await room.store.head(to))).toStrictEqual({ key: to, size: 3, etag, headers: plainHeaders });
  },

  'changes the headers of an object by copying it onto itself': async (room) => {
    const key = room.key('self');
    const first = { key, body: { bytes: Buffer.from('body') }, headers: allHeaders, identity: identityOf('one') };
    await room.store.put(first);
    const fewer = await room.store.copy({ from: key, to: key, headers: plainHeaders });
    expect(timeless(await room.store.head(key))).toStrictEqual({
      key,
      size: 4,
      etag: fewer.etag,
      headers: plainHeaders,
    });
    const identity = identityOf('two');
    const more = await room.store.copy({ from: key, to: key, headers: allHeaders, identity });
    const got = await room.store.get(key);
    expect(timeless(got?.object)).toStrictEqual({ key, size: 4, etag: more.etag, headers: allHeaders, identity });
    expect(got?.bytes.toString()).toBe('body');
  },

  'copies big and empty bodies and odd keys': async (room) => {
    const bytes = randomBytes(7 * 1024 * 1024);
    const [big, empty] = [room.key('big %2F+ü?#.bin'), room.key('empty')];
    await room.store.put({ key: big, body: { bytes }, headers: plainHeaders });
    await room.store.put({ key: empty, body: { bytes: Buffer.alloc(0) }, headers: plainHeaders });
    await room.store.copy({ from: big, to: room.key('big copy %20'), headers: allHeaders });
    await room.store.copy({ from: empty, to: room.key('empty copy'), headers: allHeaders });
    expect((await room.store.get(room.key('big copy %20')))?.bytes.equals(bytes)).toBe(true);
    expect((await room.store.get(room.key('empty copy')))?.bytes.length).toBe(0);
  },

  'says `store-failed` when the source of a copy is gone': async (room) => {
    await room.put('kept', 'kept');
    const copy = room.store.copy({ from: room.key('gone'), to: room.key('kept'), headers: plainHeaders });
    const error: unknown = await copy.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(PublishError);
    expect(error).toMatchObject({ code: 'store-failed' });
    expect(await room.text('kept')).toBe('kept');
  },
};

export const deleteCases: Readonly<Record<string, ContractCase>> = {
  'deletes objects, and counts missing ones as deleted': async (room) => {
    await room.putAll(['one', 'two/three', 'kept']);
    expect(await room.store.delete(['one', 'two/three', 'missing', 'two/missing'].map((n) => room.key(n)))).toEqual([]);
    expect(await room.names()).toEqual(['kept']);
    expect(await room.store.head(room.key('one'))).toBeNull();
    expect(await room.store.get(room.key('two/three'))).toBeNull();
  },

  'deletes nothing when asked to delete nothing': async (room) => {
    await room.put('kept');
    expect(await room.store.delete([])).toEqual([]);
    expect(await room.names()).toEqual(['kept']);
  },

  'deletes nothing below or beside the key': async (room) => {
    await room.putAll(['a/b', 'a/bc', 'a/b.txt']);
    expect(await room.store.delete([room.key('a/b'), room.key('a')])).toEqual([]);
    expect(await room.names()).toEqual(['a/b.txt', 'a/bc']);
  },

  'takes a folder of that name after the file was deleted, and the other way round': async (room) => {
    await room.put('x', 'file');
    await room.store.delete([room.key('x')]);
    await room.put('x/y', 'folder');
    expect(await room.text('x/y')).toBe('folder');
    await room.store.delete([room.key('x/y')]);
    await room.put('x', 'file again');
    expect(await room.text('x')).toBe('file again');
  },
};
