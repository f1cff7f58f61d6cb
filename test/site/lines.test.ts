import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countCharacters } from '../../src/site/characterColumns.js';
import { createLocator, locateOffset } from '../../src/site/lines.js';
import { siteOf } from '../siteOf.js';

it('finds line and column of any offsets in any order, as counting line ends does', () => {
  const text = fc
    .array(fc.constantFrom('a', '\n', '\r', '\r\n', 'ü'), { maxLength: 20 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.array(fc.nat(30), { maxLength: 10 }), (content, offsets) => {
      const bytes = Buffer.from(content);
      const locate = createLocator(bytes);
      for (const raw of offsets) {
        const offset = Math.min(raw, bytes.length);
        // A lone CR at the end of what is before the offset may be half of a line end.
        const before = bytes.toString('latin1', 0, offset).replace(/\r$/, bytes[offset] === 0x0a ? '' : '\r');
        const lines = before.split(/\r\n|\n|\r/);
        const location = locate(offset);
        expect(location.line).toBe(lines.length);
        expect(location).toEqual(locateOffset(bytes, offset));
      }
    }),
  );
});

it('counts columns in characters for programs that do', async () => {
  const site = siteOf({ 'a.html': '<p>\r\n<p>äöü😀<img>' });
  const problem = { code: 'x', severity: 'note', message: 'x', file: 'a.html', line: 2 } as const;
  const at = Buffer.from('<p>äöü😀').length + 1;
  const [first, second] = await countCharacters(site, [
    { ...problem, column: at },
    { ...problem, file: 'b.html', column: 9 },
  ]);
  expect(first?.column).toBe(9);
  expect(second?.column).toBe(9);
});
