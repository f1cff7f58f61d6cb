import { expect } from 'vitest';
import { compareBytewise } from '../../src/site/names.js';
import type { ContractCase } from './objectStore.js';

export const listCases: Readonly<Record<string, ContractCase>> = {
  'lists nothing where nothing is': async (room) => {
    expect(await room.list('nothing/here')).toEqual([]);
  },

  'lists key, size and etag': async (room) => {
    const { etag } = await room.put('folder/file.txt', 'twelve bytes');
    expect(await room.list()).toEqual([{ key: room.key('folder/file.txt'), size: 12, etag }]);
  },

  'lists in bytewise order of UTF-8, across folders': async (room) => {
    // `-` < `.` < `/` < `0`: a folder sorts between files whose names it begins.
    // U+FFFD comes after U+10000 in UTF-16, before it in UTF-8.
    const names = ['a-b', 'a.txt', 'a/b', 'a/b-c', 'a/b/c', 'a0', 'A', 'B/a', 'Z', 'z', 'é', '\uFFFD', '\u{10000}'];
    const holdable = names.filter((name) => name !== 'a/b');
    await room.putAll(holdable);
    expect(await room.names()).toEqual([...holdable].sort(compareBytewise));
  },

  'lists by a prefix that is plain text, not a folder and not a pattern': async (room) => {
    await room.putAll(['img/a', 'img/ab', 'img-b', 'imgage/c', 'i*', 'i%6Dg', 'im g', 'other']);
    expect(await room.names('img')).toEqual(['img-b', 'img/a', 'img/ab', 'imgage/c']);
    expect(await room.names('img/')).toEqual(['img/a', 'img/ab']);
    expect(await room.names('img/a')).toEqual(['img/a', 'img/ab']);
    expect(await room.names('i*')).toEqual(['i*']);
    expect(await room.names('i%')).toEqual(['i%6Dg']);
    expect(await room.names('im ')).toEqual(['im g']);
    expect(await room.names('img/ab/')).toEqual([]);
  },

  'lists and deletes more than 1,000 keys': async (room) => {
    const names = Array.from({ length: 1103 }, (_, index) => `${index % 7}/f${index}-ü.txt`);
    await room.putAll(names);
    expect(await room.names()).toEqual([...names].sort(compareBytewise));
    const [kept, ...others] = names;
    expect(await room.store.delete(others.map((name) => room.key(name)))).toEqual([]);
    expect(await room.names()).toEqual([kept]);
  },

  'lets a listing be left early': async (room) => {
    await room.putAll(['1', '2', '3']);
    for await (const { key } of room.store.list(room.prefix)) {
      expect(key).toBe(room.key('1'));
      break;
    }
    expect(await room.names()).toEqual(['1', '2', '3']);
  },
};
