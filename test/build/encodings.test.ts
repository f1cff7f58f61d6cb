import { describe, expect, it } from 'vitest';
import { invert, splice } from '../../src/build/rewrite.js';
import type { LogicalPath } from '../../src/site/site.js';
import { buildOf } from '../release/harness.js';

const index = 'index.html' as LogicalPath;

/** Bytes of 表示ソ能 (among them 0x5C, a backslash), 画像 and ―: in each encoding, as its own tools write them. */
const encodings = {
  'shift_jis': { text: '95 5c 8e a6 83 5c 94 5c', name: '89 e6 91 9c', dash: '81 5c' },
  'euc-jp': { text: 'c9 bd bc a8 a5 bd c7 bd', name: 'b2 e8 c1 fc', dash: 'a1 bd' },
} as const;

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

/** A page with references beside, behind and in text of the encoding. */
function page(encoding: keyof typeof encodings): Buffer {
  const { text, name, dash } = encodings[encoding];
  const plain = (ascii: string) => Buffer.from(ascii, 'latin1');
  return Buffer.concat([
    plain(`<html><head><meta charset="${encoding}"><title>`),
    bytes(text),
    plain('</title><style>p::before{content:"'),
    bytes(dash),
    plain('";background:url(a.png)}</style><script>var a = "'),
    bytes(dash),
    plain('"; import("./m.js")</script><body><p title="'),
    bytes(dash),
    plain('" style="font-family:\''),
    bytes(dash),
    plain('\';background:url(a.png)"><img alt='),
    bytes(text),
    plain(' src="img/'),
    bytes(name),
    plain('.png"><img srcset="img/'),
    bytes(name),
    plain('.png 2x, a.png"><a href="'),
    bytes(name),
    plain('.html">'),
    bytes(text),
  ]);
}

describe.each(Object.keys(encodings) as (keyof typeof encodings)[])('a page in %s', (encoding) => {
  const before = page(encoding);
  const contents = {
    'index.html': before,
    'img/画像.png': 'picture',
    'a.png': 'a',
    'm.js': 'export {}',
    '画像.html': '<p>',
  };

  it('has every reference rewritten, and no other byte changed', async () => {
    const { edits } = (await buildOf(contents)).served(index)!;
    const after = splice(before, edits);
    const written = after.toString('latin1').match(/https:\/\/(?:images|static)\.example\.com\/[\w./-]+/g)!;
    expect(written.map((url) => url.replace(/\.[\da-f]{16}\./, '.'))).toEqual([
      'https://images.example.com/a.png',
      'https://static.example.com/m.js',
      'https://images.example.com/a.png',
      'https://images.example.com/img/-.png',
      'https://images.example.com/img/-.png',
      'https://images.example.com/a.png',
    ]);
    expect(splice(after, invert(before, edits)).equals(before)).toBe(true);
    for (const part of Object.values(encodings[encoding])) expect(after.includes(bytes(part))).toBe(true);
  });

  it('still says the same to who reads it in that encoding', async () => {
    const { edits } = (await buildOf(contents)).served(index)!;
    const decoder = new TextDecoder(encoding, { fatal: true });
    const plain = (text: string) => text.replace(/<img.*?>|url\(.*?\)|import\(.*?\)/gs, '');
    expect(plain(decoder.decode(splice(before, edits)))).toBe(plain(decoder.decode(before)));
    expect(decoder.decode(before)).toContain('表示ソ能');
  });
});
