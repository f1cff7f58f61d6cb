import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ContractCase } from './objectStore.js';
import { allHeaders, identityOf, plainHeaders, timeless } from './room.js';

async function withFile(bytes: Buffer, use: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'contract-'));
  try {
    const file = join(folder, 'body');
    await writeFile(file, bytes);
    await use(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export const putCases: Readonly<Record<string, ContractCase>> = {
  'has a name for messages': async ({ store }) => {
    await Promise.resolve();
    expect(store.name).not.toBe('');
  },

  'says null for an object that is not there': async (room) => {
    expect(await room.store.head(room.key('missing'))).toBeNull();
    expect(await room.store.get(room.key('missing'))).toBeNull();
    expect(await room.store.head(room.key('missing/deeper.txt'))).toBeNull();
  },

  'keeps the body, every header and the identity': async (room) => {
    const key = room.key('all.html');
    const bytes = Buffer.from([0, 1, 2, 0xff, 0xfe, 0x0d, 0x0a]);
    const identity = identityOf('all');
    const { etag } = await room.store.put({ key, body: { bytes }, headers: allHeaders, identity });
    const expected = { key, size: 7, etag, headers: allHeaders, identity };
    expect(timeless(await room.store.head(key))).toStrictEqual(expected);
    const got = await room.store.get(key);
    expect(timeless(got?.object)).toStrictEqual(expected);
    expect(got?.bytes.equals(bytes)).toBe(true);
  },

  'has no header and no identity that was not given': async (room) => {
    const key = room.key('few.txt');
    const { etag } = await room.store.put({ key, body: { bytes: Buffer.from('few') }, headers: plainHeaders });
    expect(timeless(await room.store.head(key))).toStrictEqual({ key, size: 3, etag, headers: plainHeaders });
  },

  'replaces body, headers and identity together': async (room) => {
    const key = room.key('replaced');
    const first = { key, body: { bytes: Buffer.from('first') }, headers: allHeaders, identity: identityOf('first') };
    const before = await room.store.put(first);
    const after = await room.store.put({ key, body: { bytes: Buffer.from('second!') }, headers: plainHeaders });
    expect(after.etag).not.toBe(before.etag);
    const got = await room.store.get(key);
    expect(timeless(got?.object)).toStrictEqual({ key, size: 7, etag: after.etag, headers: plainHeaders });
    expect(got?.bytes.toString()).toBe('second!');
  },

  'never shows the headers of one body with the bytes of another': async (room) => {
    const key = room.key('torn');
    const write = (version: number): Promise<unknown> =>
      room.store.put({
        key,
        body: { bytes: Buffer.from(`version ${version}`) },
        headers: { contentType: 'text/plain', cacheControl: `max-age=${version}` },
      });
    await write(0);
    let writing = true;
    const writers = Promise.all([
      (async () => {
        for (let version = 1; version < 40; version += 2) await write(version);
      })(),
      (async () => {
        for (let version = 2; version < 40; version += 2) await write(version);
      })(),
    ]).finally(() => (writing = false));
    while (writing) {
      const got = await room.store.get(key);
      expect(got?.object.headers.cacheControl).toBe(`max-age=${got?.bytes.toString().slice(8)}`);
    }
    await writers;
  },

  'keeps a body of zero bytes': async (room) => {
    await room.put('empty', '');
    expect(await room.store.head(room.key('empty'))).toMatchObject({ size: 0 });
    expect((await room.store.get(room.key('empty')))?.bytes.length).toBe(0);
    expect(await room.list()).toMatchObject([{ size: 0 }]);
  },

  'takes a body from a file': async (room) => {
    const bytes = randomBytes(300_000);
    await withFile(bytes, async (file) => {
      await room.store.put({ key: room.key('file'), body: { file, size: bytes.length }, headers: plainHeaders });
    });
    expect((await room.store.get(room.key('file')))?.bytes.equals(bytes)).toBe(true);
  },

  'takes an empty body from a file': async (room) => {
    await withFile(Buffer.alloc(0), async (file) => {
      await room.store.put({ key: room.key('empty'), body: { file, size: 0 }, headers: plainHeaders });
    });
    expect((await room.store.get(room.key('empty')))?.bytes.length).toBe(0);
  },

  'stores nothing from a file that is missing': async (room) => {
    await withFile(Buffer.alloc(10), async (file) => {
      const body = { file: `${file}.missing`, size: 10 };
      await expect(room.store.put({ key: room.key('gone'), body, headers: plainHeaders })).rejects.toThrow();
    });
    expect(await room.store.head(room.key('gone'))).toBeNull();
  },

  'stores nothing from a file that is shorter than it was said to be': async (room) => {
    await withFile(Buffer.alloc(10), async (file) => {
      const body = { file, size: 11 };
      await expect(room.store.put({ key: room.key('short'), body, headers: plainHeaders })).rejects.toThrow();
    });
    expect(await room.store.head(room.key('short'))).toBeNull();
  },

  'keeps a body of 20 MiB, from memory and from a file': async (room) => {
    const bytes = randomBytes(20 * 1024 * 1024);
    const identity = identityOf('big');
    await room.store.put({ key: room.key('memory'), body: { bytes }, headers: allHeaders, identity });
    await withFile(bytes, async (file) => {
      const body = { file, size: bytes.length };
      await room.store.put({ key: room.key('file'), body, headers: allHeaders, identity });
    });
    for (const name of ['memory', 'file']) {
      const head = await room.store.head(room.key(name));
      expect(head).toMatchObject({ size: bytes.length, headers: allHeaders, identity });
      const got = await room.store.get(room.key(name));
      expect(got?.object).toStrictEqual(head);
      expect(got?.bytes.equals(bytes)).toBe(true);
    }
  },
};
