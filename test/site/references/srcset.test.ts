import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { splitSrcset } from '../../../src/site/references/srcset.js';

/** The candidates a browser keeps, written out. */
const kept = (srcset: string) =>
  splitSrcset(srcset)
    .filter(({ valid }) => valid)
    .map(({ start, end }) => srcset.slice(start, end));

describe('splitSrcset', () => {
  it.each([
    ['a.png, b.png 2x', ['a.png', 'b.png']],
    ['a.png,b.png 2x', ['a.png,b.png']],
    ['a,b.png 1x,c.png 2x', ['a,b.png', 'c.png']],
    ['a, b,, c,', ['a', 'b', 'c']],
    ['/w_300,h_200/a.jpg 300w,\n /w_600,h_400/a.jpg 600w', ['/w_300,h_200/a.jpg', '/w_600,h_400/a.jpg']],
    ['data:image/png;base64,AAAA 1x, b.png 2x', ['data:image/png;base64,AAAA', 'b.png']],
  ])('splits %j as browsers do', (srcset, urls) => {
    expect(kept(srcset)).toEqual(urls);
  });

  it('keeps candidates with wrong descriptors, marked', () => {
    expect(splitSrcset('a.png 1q, b.png 2x')).toEqual([
      { start: 0, end: 5, valid: false },
      { start: 10, end: 15, valid: true },
    ]);
  });

  it('stays inside the span it is given', () => {
    expect(splitSrcset('x a.png 1x, b.png y', 2, 17)).toEqual([
      { start: 2, end: 7, valid: true },
      { start: 12, end: 17, valid: true },
    ]);
  });

  const cases = JSON.parse(
    readFileSync(new URL('../../fixtures/suites/wpt-srcset/parse-a-srcset-attribute.json', import.meta.url), 'utf8'),
  ) as [srcset: string, expected: string][];

  it(`chooses as the ${cases.length} cases of web-platform-tests demand`, () => {
    // With a density of 1 the first candidate is shown in all of them.
    for (const [srcset, expected] of cases) expect(kept(srcset)[0] ?? '', JSON.stringify(srcset)).toBe(expected);
  });
});
