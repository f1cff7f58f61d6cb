import { describe, expect, it } from 'vitest';
import { finderFor } from '../../../src/site/references/index.js';
import { expectRewritable, expectSound, filesOf, findIn, listReferences } from './listing.js';
import fc from 'fast-check';

const list = (xml: string) => listReferences('application/xhtml+xml', xml);

describe('XHTML', () => {
  it('lets every element close itself, and hides nothing behind raw text', () => {
    const page = '<script src="a.js"/><title/><textarea/><style/><iframe src="f.xhtml"/><img src="a.png"/>';
    expect(list(page).map((line) => line.split(':')[0])).toEqual(['script@src', 'iframe@src', 'img@src']);
    // As HTML, everything behind the first tag is a script.
    expect(listReferences('text/html', page)).toHaveLength(1);
  });

  it('has markup in elements whose content is text in HTML', () => {
    expect(list('<noembed><img src="a.png"/></noembed>')).toEqual(['img@src: image rewrite <a.png> a.png']);
  });

  it.each([
    ['<style>p { background: url(a.png) }</style>', '<a.png> a.png'],
    ['<style>p { background: url(a.png?b&amp;c) }</style>', '<a.png> a.png?b&c'],
    ['<style>/*<![CDATA[*/ p { background: url("a.png") } /*]]>*/</style>', '<a.png> a.png'],
    ['<style><![CDATA[ p > a { background: url(a.png) } ]]></style>', '<a.png> a.png'],
  ])('reads styles: %s', (page, found) => {
    expect(list(page)).toEqual([`css url(): image rewrite ${found}`]);
  });

  it('reads modules in CDATA sections, which may hold end tags', () => {
    const page =
      '<script type="module">//<![CDATA[\nconst t = "</script>"; import "./a.js";\n//]]></script><img src="b.png"/>';
    expect(list(page)).toEqual(['js import: module rewrite <./a.js> ./a.js', 'img@src: image rewrite <b.png> b.png']);
  });

  it('leaves scripts alone that are written with character references', () => {
    expect(list('<script type="module">if (a &lt; b) import("./a.js")</script>')).toEqual([]);
  });

  it('skips CDATA sections and comments, and follows style sheet instructions', () => {
    expect(
      list(
        '<?xml-stylesheet href="a.css" type="text/css"?><p><![CDATA[<img src="x.png"/>]]><!-- <img src="y.png"/> --></p>',
      ),
    ).toEqual(['xml-stylesheet: style rewrite <a.css> a.css']);
  });

  it('honours base and takes its encoding from the XML declaration', () => {
    const bytes = Buffer.from(
      '<?xml version="1.0" encoding="iso-8859-1"?><base href="d/"/><img src="\xe9.png"/>',
      'latin1',
    );
    const { base, references } = findIn('application/xhtml+xml', bytes);
    expect([base, references[0]?.url]).toEqual(['d/', 'é.png']);
  });

  it('is known by its namespace in files that are called .xml', () => {
    const page = '<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><img src="a.png"/></html>';
    expect(listReferences('application/xml', page)).toEqual(['img@src: image rewrite <a.png> a.png']);
  });

  it('references are apart, in order and can be replaced one by one, whatever the file is', () => {
    const pieces = filesOf(
      '<script>',
      '</script>',
      '<script/>',
      '<style>',
      '</style>',
      '<![CDATA[',
      ']]>',
      '&lt;',
      'url(a.png)',
      '<img src="a.png"/>',
      'import "./a.js";',
      '<?xml-stylesheet href="a.css"?>',
      '<svg>',
      '</svg>',
      '<image href="b.png"/>',
      '"',
      '>',
    );
    fc.assert(
      fc.property(pieces, (bytes) => {
        expectSound('application/xhtml+xml', bytes);
        expectRewritable('application/xhtml+xml', bytes);
      }),
      { numRuns: 500 },
    );
  });
});

describe('conditional comments', () => {
  const page =
    '<!--[if lt IE 9]><script src="shiv.js"></script><link rel=stylesheet href=ie.css><![endif]--><img src=a.png>';

  it('are known, and nothing in them is touched', () => {
    expect(listReferences('text/html', page)).toEqual([
      'comment script@src: metadata keep <shiv.js> shiv.js',
      'comment link[rel=stylesheet]@href: metadata keep <ie.css> ie.css',
      'img@src: image rewrite <a.png> a.png',
    ]);
  });

  it('are rewritten where the configuration says so, without attributes that nobody would read', () => {
    const found = finderFor('text/html')?.(Buffer.from(page), { lazyAttributes: [], conditionalComments: 'rewrite' });
    expect(found?.references[0]).toEqual({
      kind: 'comment script@src',
      use: 'script',
      treatment: 'rewrite',
      start: page.indexOf('shiv.js'),
      end: page.indexOf('shiv.js') + 7,
      url: 'shiv.js',
      relativeTo: 'file',
    });
  });

  it.each([
    '<!-- <img src=a.png> -->',
    '<!--[if IE]><img src=a.png>-->',
    '<!--[if IE]>-->',
    '<!--[if IE',
    '<!--[endif]--><!-- [if IE]><img src=a.png><![endif]-->',
  ])('are not %s', (comment) => {
    expect(listReferences('text/html', comment)).toEqual([]);
  });

  it('for all but Internet Explorer hold ordinary markup', () => {
    expect(listReferences('text/html', '<!--[if !IE]><!--><img src=a.png><!--<![endif]-->')).toEqual([
      'img@src: image rewrite <a.png> a.png',
    ]);
  });
});
