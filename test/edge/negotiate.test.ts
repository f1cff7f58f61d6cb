import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNegotiated as hasVariants } from '../../src/build/variants.js';
import { chooseVariant, isNegotiated, negotiatedExtensions } from '../../src/edge/negotiate.js';

describe('the choice of a variant', () => {
  it.each([
    [undefined, ''],
    ['', ''],
    ['gzip, deflate, br, zstd', '.br'],
    ['gzip, deflate', '.gz'],
    ['gzip', '.gz'],
    ['x-gzip', '.gz'],
    ['br', '.br'],
    ['deflate, zstd', ''],
    ['identity', ''],
    ['BR', '.br'],
    ['GZip;Q=0.5', '.gz'],
    ['  br ;  q=0.9 ,\tgzip;q=1.000', '.gz'],
    ['gzip;q=1.0, br;q=1.0', '.br'],
    ['br;q=0.001, gzip;q=0.002', '.gz'],
    ['br;q=0', ''],
    ['br;q=0, gzip', '.gz'],
    ['br;q=0.0, gzip;q=0.000', ''],
    ['gzip;q=0.5, identity;q=0.8', ''],
    ['gzip;q=0.5, identity;q=0.5', '.gz'],
    ['identity;q=0', ''],
    ['identity;q=0, gzip;q=0.1', '.gz'],
    ['*', '.gz'],
    ['*;q=0', ''],
    ['gzip, *;q=0', '.gz'],
    ['br, *;q=0', '.br'],
    ['gzip;q=0, *', '.br'],
    ['br;q=0, *', '.gz'],
    ['gzip;q=0.2, *;q=0.9', '.gz'],
    ['br, br;q=0', ''],
    ['gzip;q=0, gzip', ''],
    ['br;q=1.5', ''],
    ['br;q=abc, gzip', '.gz'],
    ['br;q=', ''],
    ['br;q=-1', ''],
    ['br;level=5', '.br'],
    ['br;level=5;q=0', ''],
    ['brotli', ''],
    ['gzip br', ''],
    [',, ,br,,', '.br'],
  ])('answers Accept-Encoding %j with %j', (header, suffix) => {
    expect(chooseVariant(header)).toBe(suffix);
  });

  it('never chooses what the client refused', () => {
    const element = fc.tuple(fc.constantFrom('br', 'gzip', 'identity', '*'), fc.constantFrom('', ';q=0', ';q=0.3'));
    fc.assert(
      fc.property(fc.array(element), (elements) => {
        const suffix = chooseVariant(elements.map((parts) => parts.join('')).join(', '));
        const coding = { '.br': 'br', '.gz': 'gzip', '': 'identity' }[suffix];
        const named = elements.filter(([name]) => name === coding);
        if (suffix !== '') {
          expect(named.some(([, weight]) => weight === ';q=0')).toBe(false);
          const any = elements.filter(([name]) => name === '*');
          if (named.length === 0) expect(any.some(([, weight]) => weight !== ';q=0')).toBe(true);
        }
      }),
    );
  });
});

describe('negotiated names', () => {
  it.each([
    ['index.html', true],
    ['/a/INDEX.HTML', true],
    ['a.b/c.js', true],
    ['logo.svg', true],
    ['logo.png', false],
    ['index.html.br', false],
    ['data.tar.gz', false],
    ['html', false],
    ['.html', false],
    ['folder.css/file', false],
    ['', false],
    ['a.', false],
    ['constructor', false],
  ])('%j: %s', (path, negotiated) => {
    expect(isNegotiated(path)).toBe(negotiated);
    expect(hasVariants(path), 'what the build stores').toBe(negotiated);
  });

  it('have each extension once, in lower case and in order', () => {
    expect(negotiatedExtensions).toEqual([...new Set(negotiatedExtensions.map((name) => name.toLowerCase()))].sort());
  });
});
