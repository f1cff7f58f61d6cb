import { expect } from 'vitest';
import { compareBytewise } from '../../src/site/names.js';
import type { ContractCase } from './objectStore.js';
import type { Room } from './room.js';

/** Puts, finds, lists and deletes each name; two names that a store takes for one show up as a wrong text. */
async function keepApart(room: Room, names: readonly string[]): Promise<void> {
  await room.putAll(names);
  for (const name of names) {
    expect(await room.text(name), name).toBe(name);
    expect((await room.store.head(room.key(name)))?.key, name).toBe(room.key(name));
  }
  expect(await room.names()).toEqual([...names].sort(compareBytewise));
  const [first, ...others] = names;
  expect(await room.store.delete([room.key(first!)])).toEqual([]);
  expect(await room.names()).toEqual([...others].sort(compareBytewise));
}

export const keyCases: Readonly<Record<string, ContractCase>> = {
  'keeps keys with characters that URLs, XML and shells treat specially': (room) =>
    keepApart(room, [
      'a b.txt',
      'a+b.txt',
      'a%20b.txt',
      'a%2Bb.txt',
      '100%.txt',
      'a#b.txt',
      'a~b.txt',
      "it's.txt",
      'say "hi".txt',
      'a&b;c=d,e.txt',
      '<tag>.txt',
      'a?b=c.txt',
      '(1) [2] {3}.txt',
      '$HOME `x` !.txt',
      '@:|^.txt',
      ' leading and trailing ',
      '-rf',
      '.dotfile',
      'dots...',
      'constructor',
      '__proto__',
    ]),

  'keeps keys in any script': (room) =>
    keepApart(room, ['海図.webp', 'høyde–Ærøy.jpg', 'עברית.txt', '\u{1F5FA}\uFE0F.png', 'İstanbul.txt', 'ﬁ.txt']),

  'keeps composed and decomposed twins apart': (room) =>
    keepApart(room, ['caf\u00e9.txt', 'cafe\u0301.txt', 'd\u00e9/a', 'de\u0301/a']),

  'keeps names apart that differ in case only': (room) =>
    keepApart(room, ['Logo.png', 'logo.png', 'LOGO.PNG', 'Dir/a', 'dir/a']),

  'keeps a file beside a folder of the same name': (room) => keepApart(room, ['a', 'a/b', 'a/b/c', 'index', 'index/x']),

  'keeps a folder marker beside what is in the folder': (room) => keepApart(room, ['folder/', 'folder/a', 'b//c']),

  'keeps a key of 1,024 bytes': (room) => {
    const folders = 'a-folder-with-a-rather-long-name-ü/'.repeat(40);
    const room1024 = room.prefix.length;
    const bytes = Buffer.from(folders).subarray(0, 1024 - room1024 - 60);
    const whole = bytes
      .toString()
      .replace(/\uFFFD/g, '')
      .replace(/\/?$/, '/');
    const name = whole + 'f'.repeat(1024 - room1024 - Buffer.byteLength(whole));
    expect(Buffer.byteLength(room.key(name))).toBe(1024);
    return keepApart(room, [name, 'short']);
  },

  'keeps a name of 255 bytes': (room) => keepApart(room, ['n'.repeat(255), `${'n'.repeat(254)}m`]),

  'keeps a deep folder': (room) => keepApart(room, [`${'d/'.repeat(200)}deep.txt`, 'd/d/x']),
};
