import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileMarkup } from './hostileMarkup.js';
import { seeTags } from './parse5Oracle.js';
import { scanTags } from './scanned.js';

const names = (html: string) => scanTags(html).map(({ name }) => name);

describe('scanHtml', () => {
  it.each([
    ['a script that hides a script end', '<script><!-- <script> </script> <img> --></script><p>', 'script p'],
    ['a comment that ends where it starts, in a script', '<script><!--></script><p>', 'script p'],
    ['a script end in an escaped script', '<script><!-- </script><p>', 'script p'],
    ['comments that end early', '<!--><p><!---><p><!-- x --!><p><!-- <!-- --><p>', 'p p p p'],
    ['a comment that never ends', '<p><!-- <img>', 'p'],
    ['bogus comments', '<!x <img><p></ y <img><p><?php echo "<img>" ?>', 'p p'],
    ['text areas and titles', '<title><img></title ><textarea><img></TEXTAREA/><p>', 'title textarea p'],
    [
      'frames and their like',
      '<iframe><img></iframe><noframes><img></noframes><xmp><img></xmp><p>',
      'iframe noframes xmp p',
    ],
    ['noscript, with scripting disabled', '<noscript><img></noscript>', 'noscript img'],
    ['templates', '<template><img></template>', 'template img'],
    ['plain text to the end', '<plaintext></plaintext><img>', 'plaintext'],
    ['end tags with attributes', '</p a="><img>"><p>', 'p'],
    ['CDATA in HTML, which is a comment', '<![CDATA[ <img> ]]><p>', 'p'],
    ['CDATA in SVG', '<svg><![CDATA[ <img> ]]><g></svg>', 'svg g'],
    [
      'SVG elements that hold raw text in HTML',
      '<svg><style><g></style><title><img></title></svg>',
      'svg style g title img',
    ],
    ['a self-closing script in SVG', '<svg><script href=x /><g></svg>', 'svg script g'],
    ['HTML inside SVG', '<svg><foreignObject><style><g></style></foreignObject></svg>', 'svg foreignobject style'],
    ['elements that end an SVG', '<svg><div><style><g></style>', 'svg div style'],
    ['an SVG that is not closed', '<div><svg></div><style><g></style>', 'div svg style'],
    ['a tag that the page cuts off', '<p><img src="x', 'p'],
  ])('reads %s', (_, html, expected) => {
    expect(names(html).join(' ')).toBe(expected);
    expect(scanTags(html)).toEqual(seeTags(html));
  });

  it.each([
    ['plain markup', false],
    ['SVG and MathML', true],
  ])('sees every attribute of hostile %s as parse5 does, at the same place', (_, foreign) => {
    fc.assert(
      fc.property(hostileMarkup(foreign), (html) => {
        expect(scanTags(html)).toEqual(seeTags(html));
      }),
      { numRuns: 3000 },
    );
  });

  it('takes time in proportion to the page, however deep the elements are nested', () => {
    const deep = `<svg><foreignObject>${'<div>'.repeat(100_000)}${'<b>'.repeat(50_000)}${'</b></x>'.repeat(50_000)}`;
    const started = performance.now();
    scanTags(deep);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
