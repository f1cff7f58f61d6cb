import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectRewritable, expectSound, filesOf, findIn, listReferences } from './listing.js';

const list = (css: string) => listReferences('text/css', css);
const image = (written: string, url = written) => `css url(): image rewrite <${written}> ${url}`;

describe('addresses', () => {
  it.each([
    ['a{background:url(a.png)}', [image('a.png')]],
    ['a{background:url( "a.png" )}', [image('a.png')]],
    ["a{background:URL('a.png?x#y')}", [image('a.png', 'a.png?x#y')]],
    ['a{background:url(a\\20 b.png)}', [image('a\\20 b.png', 'a b.png')]],
    ['a{background:url("a\\\nb.png")}', [image('a\\\nb.png', 'ab.png')]],
    ['a{background:url(a\\3f b)}', [image('a', 'a?b')]],
    ['a{background:u\\72l(a.png)}', [image('a.png')]],
    ['a{background:\\75\\52 L(a.png)}', [image('a.png')]],
    ['a{background:url(é.png)}', [image('é.png')]],
    ['a{background:url(\\é.png)}', [image('\\é.png', 'é.png')]],
    ['a{background:url(a.png', [image('a.png')]],
    ['a{background:url("a.png', [image('a.png')]],
    ['a{background:url(a.png),url(b.png)}', [image('a.png'), image('b.png')]],
    ['a{*background:url(a.png)}', [image('a.png')]],
    ['a{background:src("a.png")}', ['css src(): image rewrite <a.png> a.png']],
    ['a{b{background:url(a.png)}}', [image('a.png')]],
    ['@media print{a{background:url(a.png)}}', [image('a.png')]],
    ['<!-- a{background:url(a.png)} -->', [image('a.png')]],
    ['\ufeffa{background:url(a.png)}', [image('a.png')]],
    [':root{--x:url(a.png);--y:{b:url(b.png)}}', [image('a.png'), image('b.png')]],
    ['a{cursor:url(a.cur),auto;list-style:url(b.png)}', [image('a.cur'), image('b.png')]],
  ])('in %s', (css, references) => {
    expect(list(css)).toEqual(references);
  });
});

describe('sheets', () => {
  const sheet = (written: string, url = written) => `css @import: style rewrite <${written}> ${url}`;
  it.each([
    ['@import "a.css";', [sheet('a.css')]],
    ["@import'a.css'layer(x)supports(display:grid)print;", [sheet('a.css')]],
    ['@import url(a.css) screen;', [sheet('a.css')]],
    ['@import url("a.css?x") supports(background: url(b.png));', [sheet('a.css', 'a.css?x')]],
    ['@IMPORT /* "b.css" */ "a.css"', [sheet('a.css')]],
    ['@\\69mport "a.css"', [sheet('a.css')]],
    ['@charset "utf-8";@import "a.css";@import "b.css";', [sheet('a.css'), sheet('b.css')]],
  ])('in %s', (css, references) => {
    expect(list(css)).toEqual(references);
  });
});

describe('what the browser does with it', () => {
  it.each([
    [
      '@font-face{src:url(a.eot?#iefix) format("x"),url(b.woff2)}',
      ['css @font-face src: font rewrite <a.eot> a.eot?#iefix', 'css @font-face src: font rewrite <b.woff2> b.woff2'],
    ],
    ['a{mask-image:url(a.png)}', ['css url(): image-cors rewrite <a.png> a.png']],
    ['a{-webkit-mask:url(a.svg) no-repeat}', ['css url(): image-cors rewrite <a.svg> a.svg']],
    ['a{shape-outside:url(a.png)}', ['css url(): image-cors rewrite <a.png> a.png']],
    ['a{mask:url(a.svg#b)}', ['css url(): same-origin keep <a.svg> a.svg#b']],
    [
      'a{clip-path:url(a.svg#b);filter:url(c.svg#d)}',
      ['css url(): same-origin keep <a.svg> a.svg#b', 'css url(): same-origin keep <c.svg> c.svg#d'],
    ],
    ['a{fill:url(a.svg#b)}', ['css url(): same-origin keep <a.svg> a.svg#b']],
    ['a{--x:url(a.svg#b)}', ['css url(): same-origin keep <a.svg> a.svg#b']],
    ['a{background:url(a.svg#b)}', [image('a.svg', 'a.svg#b')]],
    ['a{behavior:url(a.htc)}', ['css url(): same-origin keep <a.htc> a.htc']],
    [
      'a{background:image-set("a.png" 1x, url(b.png) 2x type("image/png"))}',
      ['css image-set(): image rewrite <a.png> a.png', image('b.png')],
    ],
    ['a{background:-webkit-image-set(url(a.png) 1x)}', [image('a.png')]],
    [
      'a{}/*# sourceMappingURL=b.map *//*# sourceMappingURL=a.map */',
      ['css sourceMappingURL: source-map rewrite <a.map> a.map'],
    ],
  ])('in %s', (css, references) => {
    expect(list(css)).toEqual(references);
  });
});

describe('what is no reference', () => {
  it.each([
    '/* url(a.png) @import "a.css" */',
    'a{content:"url(a.png)"}',
    'a{background:url(a b.png)}',
    'a{background:url("a.png\n")}',
    'a{background:url(var(--x))}',
    'a{background:url(data:image/png;base64,AAAA)}',
    'a{fill:url(#b);background:url("%23b")}',
    'a{background:url()}',
    'a{background:url({{x}}) url("<%= y %>")}',
    '@namespace url(http://www.w3.org/1999/xhtml);@namespace svg "a";',
    '@document url(http://a.example/),url-prefix("b"){}',
    '@supports (background: url(a.png)){}',
    'a[href="url(a.png)"]{}',
    'a{filter:progid:DXImageTransform.Microsoft.AlphaImageLoader(src="a.png")}',
    'a{background:image-set("" 1x) type("image/png")}',
    'a{background:xurl(a.png) éurl(a.png)}',
  ])('%s', (css) => {
    expect(list(css)).toEqual([]);
  });
});

describe('encodings', () => {
  it('reads addresses in the declared encoding', () => {
    const css = Buffer.from('@charset "shift_jis";a{content:"\x95\x5c";background:url(\x95\x5c.png)}', 'latin1');
    const [reference] = findIn('text/css', css).references;
    // The second byte of this character is a backslash in ASCII.
    expect(reference?.url).toBe('表.png');
    expect(css.toString('latin1', reference?.start, reference?.end)).toBe('\x95\x5c.png');
  });

  it('leaves UTF-16 alone', () => {
    const found = findIn('text/css', Buffer.from('\ufeffa{background:url(a.png)}', 'utf16le'));
    expect(found.references).toEqual([]);
    expect(found.notes?.map(({ code }) => code)).toEqual(['unsupported-encoding']);
  });
});

it('references are apart, in order and can be replaced one by one, whatever the sheet is', () => {
  const pieces = filesOf(
    'a{background:',
    'mask:',
    '--x:',
    '@font-face{src:',
    '@import ',
    '@media x{',
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    ';',
    ',',
    'url(',
    'u\\72l(',
    'src(',
    'image-set(',
    'a.png',
    'b.png?c#d',
    '"',
    "'",
    '\\20 ',
    '\\',
    '\n',
    '\r\n',
    ' ',
    '/*',
    '*/',
    '/*# sourceMappingURL=',
    'é',
    '<!--',
    '#a',
    '\\3f ',
  );
  fc.assert(
    fc.property(pieces, (bytes) => {
      expectSound('text/css', bytes);
      expectRewritable('text/css', bytes);
    }),
    { numRuns: 4000 },
  );
});
