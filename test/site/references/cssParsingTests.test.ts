import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isAddress } from '../../../src/site/references/address.js';
import { findCssReferences } from '../../../src/site/references/css.js';
import { declaredInCss, viewBytes } from '../../../src/site/references/encoding.js';

/** Pairs of input and expectation, one after the other. */
function pairsOf(file: string): [input: unknown, expected: unknown][] {
  const url = new URL(`../../fixtures/suites/css-parsing-tests/${file}`, import.meta.url);
  const items = JSON.parse(readFileSync(url, 'utf8')) as unknown[];
  return Array.from({ length: items.length / 2 }, (_, index) => [items[2 * index], items[2 * index + 1]]);
}

/** The addresses in a tree of component values: url tokens, and `url()` whose first argument is a string. */
function addressesIn(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  const [type, name, ...rest] = value as unknown[];
  if (type === 'url') return [String(name)];
  if (type === 'function' && String(name).toLowerCase() === 'url') {
    const first = rest.find((argument) => argument !== ' ');
    return Array.isArray(first) && first[0] === 'string' ? [String(first[1])] : [];
  }
  return value.flatMap(addressesIn);
}

/** What a URL parser makes of it, and only what is an address at all. */
const clean = (urls: readonly string[]) =>
  urls.map((url) => url.replace(/^[\0-\x20]+|[\0-\x20]+$|[\t\n\r]/g, '')).filter(isAddress);

const same = (piece: string) => piece;

describe('css-parsing-tests', () => {
  it.each(['component_value_list.json', 'one_component_value.json'])('finds the addresses that %s expects', (file) => {
    for (const [css, expected] of pairsOf(file)) {
      const text = String(css);
      const found = findCssReferences(text, 0, text.length, same, 'background').map(({ url }) => url);
      expect(found, text).toEqual(clean(addressesIn(expected)));
    }
  });

  it.each([
    ['stylesheet.json', undefined],
    ['rule_list.json', undefined],
    // `@import` means nothing among declarations.
    ['declaration_list.json', ''],
  ])('finds none in %s, which has none', (file, declared) => {
    for (const [css, expected] of pairsOf(file)) {
      expect(addressesIn(expected)).toEqual([]);
      const text = String(css);
      expect(findCssReferences(text, 0, text.length, same, declared), text).toEqual([]);
    }
  });

  /** What a file cannot know: its Content-Type and who links to it. Then, and for bytes that no UTF-8 is, we guess. */
  const isGuess = (input: object, bytes: Buffer, encoding: unknown) =>
    'protocol_encoding' in input || 'environment_encoding' in input || (encoding === 'utf-8' && bytes.includes(0xe9));

  it('detects the encodings of stylesheet_bytes.json', () => {
    let compared = 0;
    for (const [input, expected] of pairsOf('stylesheet_bytes.json')) {
      const bytes = Buffer.from((input as { css_bytes: string }).css_bytes, 'latin1');
      const [, encoding] = expected as [unknown, string];
      if (isGuess(input as object, bytes, encoding)) continue;
      const text = viewBytes(bytes, declaredInCss);
      expect(typeof text === 'string' ? text : text.encoding, JSON.stringify(input)).toBe(encoding);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(5);
  });
});
