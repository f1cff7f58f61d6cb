import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAddress } from '../../../src/site/references/address.js';
import { defaultLazyAttributes, finderFor } from '../../../src/site/references/index.js';
import { hostileMarkup } from './hostileMarkup.js';
import { expectRewritable, expectSound, filesOf, findIn, listReferences } from './listing.js';
import { seeTags } from './parse5Oracle.js';

const list = (html: string) => listReferences('text/html', html);

/** As `listReferences`, with the lazy attributes of the default configuration. */
function listLazy(html: string): string[] {
  const found = finderFor('text/html')?.(Buffer.from(html), { lazyAttributes: defaultLazyAttributes });
  return (found?.references ?? []).map(({ kind, url, start, end }) => `${kind} <${html.slice(start, end)}> ${url}`);
}

describe('pictures', () => {
  it.each([
    ['<img src=a.png>', ['img@src: image rewrite <a.png> a.png']],
    ['<IMG SRC="a.png">', ['img@src: image rewrite <a.png> a.png']],
    ["<img src=' a.png?v=1#x '>", ['img@src: image rewrite <a.png> a.png?v=1#x']],
    ['<img src="a&amp;b.png?c&amp;d">', ['img@src: image rewrite <a&amp;b.png> a&b.png?c&d']],
    ['<img src="a.png&#63;b">', ['img@src: image rewrite <a.png> a.png?b']],
    ['<img src="a\nb.png">', ['img@src: image rewrite <a\nb.png> ab.png']],
    ['<img src="&#32;é&#x20;.png">', ['img@src: image rewrite <é&#x20;.png> é .png']],
    ['<img src=a.png src=b.png>', ['img@src: image rewrite <a.png> a.png']],
    ['<img src=a.png/>', ['img@src: image rewrite <a.png/> a.png/']],
    ['<img src=a.png crossorigin>', ['img@src: image-cors rewrite <a.png> a.png']],
    ['<image src=a.png>', ['image@src: image rewrite <a.png> a.png']],
    ['<input type=IMAGE src=a.png>', ['input@src: image rewrite <a.png> a.png']],
    ['<input type=text src=a.png>', []],
    ['<td background=a.png>', ['td@background: image rewrite <a.png> a.png']],
    [
      '<img srcset="a.png 1x, b&amp;c.png?x 2x">',
      ['img@srcset: image rewrite <a.png> a.png', 'img@srcset: image rewrite <b&amp;c.png> b&c.png?x'],
    ],
    [
      '<picture><source srcset="a.webp 1x"><img crossorigin src=a.png></picture><picture><source srcset=b.webp></picture>',
      [
        'source@srcset: image-cors rewrite <a.webp> a.webp',
        'img@src: image-cors rewrite <a.png> a.png',
        'source@srcset: image rewrite <b.webp> b.webp',
      ],
    ],
    ['<link rel="shortcut icon" href=a.ico>', ['link[rel=icon]@href: image rewrite <a.ico> a.ico']],
    ['<link rel=apple-touch-icon href=a.png>', ['link[rel=apple-touch-icon]@href: image rewrite <a.png> a.png']],
    [
      '<meta name=msapplication-TileImage content=a.png>',
      ['meta[name=msapplication-tileimage]@content: image rewrite <a.png> a.png'],
    ],
    [
      '<meta name=msapplication-task content="name=N; action-uri=/n; icon-uri=/n.ico ; x=y">',
      ['meta[name=msapplication-task]@content: image rewrite </n.ico> /n.ico'],
    ],
  ])('in %s', (html, references) => {
    expect(list(html)).toEqual(references);
  });

  it.each([
    ['<div data-src=a.png data-bg="b.jpg?x"></div>', ['div@data-src <a.png> a.png', 'div@data-bg <b.jpg> b.jpg?x']],
    ['<img data-srcset="a.png 1x, b.png 2x">', ['img@data-srcset <a.png> a.png', 'img@data-srcset <b.png> b.png']],
    ['<section data-background="url(\'a.png\')">', ['section@data-background <a.png> a.png']],
    ['<section data-background="#fff"><section data-background="red"><iframe data-src="page.html">', []],
  ])('of lazy loaders in %s', (html, references) => {
    expect(listLazy(html)).toEqual(references);
  });
});

describe('media', () => {
  it.each([
    [
      '<video src=a.mp4 poster=a.png><source src=b.mp4><track src=a.vtt></video>',
      [
        'video@src: media rewrite <a.mp4> a.mp4',
        'video@poster: image rewrite <a.png> a.png',
        'source@src: media rewrite <b.mp4> b.mp4',
        'track@src: track keep <a.vtt> a.vtt',
      ],
    ],
    [
      '<audio crossorigin><source src=a.mp3><track src=a.vtt></audio><audio src=b.mp3>',
      [
        'source@src: media-cors rewrite <a.mp3> a.mp3',
        'track@src: track rewrite <a.vtt> a.vtt',
        'audio@src: media rewrite <b.mp3> b.mp3',
      ],
    ],
  ])('in %s', (html, references) => {
    expect(list(html)).toEqual(references);
  });
});

describe('styles and scripts', () => {
  it.each([
    ['<link rel=stylesheet href=a.css>', ['link[rel=stylesheet]@href: style rewrite <a.css> a.css']],
    ['<link rel="preload stylesheet" as=style href=a.css>', ['link[rel=stylesheet]@href: style rewrite <a.css> a.css']],
    ['<link rel="alternate stylesheet" href=a.css>', ['link[rel=stylesheet]@href: style rewrite <a.css> a.css']],
    ['<link rel=modulepreload href=a.js>', ['link[rel=modulepreload]@href: module rewrite <a.js> a.js']],
    [
      '<link rel=preload as=font href=a.woff2 crossorigin>',
      ['link[rel=preload]@href: preload rewrite <a.woff2> a.woff2'],
    ],
    [
      '<link rel=preload as=image imagesrcset="a.png 1x, b.png 2x">',
      [
        'link[rel=preload]@imagesrcset: preload rewrite <a.png> a.png',
        'link[rel=preload]@imagesrcset: preload rewrite <b.png> b.png',
      ],
    ],
    ['<link rel=manifest href=m.json>', ['link[rel=manifest]@href: same-origin keep <m.json> m.json']],
    ['<link rel=import href=a.html>', ['link[rel=import]@href: same-origin keep <a.html> a.html']],
    ['<link rel=preconnect href=//cdn.example>', []],
    ['<script src=a.js></script>', ['script@src: script rewrite <a.js> a.js']],
    ['<script type="text/JavaScript" src=a.js></script>', ['script@src: script rewrite <a.js> a.js']],
    ['<script type=module src=a.js></script>', ['script@src: module rewrite <a.js> a.js']],
    ['<script type=text/template src=a.html></script>', ['script@src: fetch keep <a.html> a.html']],
    ['<svg><script href=a.js></script></svg>', ['script@href: script rewrite <a.js> a.js']],
    [
      '<style>@import "a.css"; a { background: url(b.png) }</style>',
      ['css @import: style rewrite <a.css> a.css', 'css url(): image rewrite <b.png> b.png'],
    ],
    ['<style type=text/x-template>a { background: url(b.png) }</style>', []],
    ['<svg><style>a{background:url(a&amp;b.png)}</style></svg>', ['css url(): image rewrite <a&amp;b.png> a&b.png']],
    [
      '<svg><style><![CDATA[a{background:url(a&b.png)}]]></style></svg>',
      ['css url(): image rewrite <a&b.png> a&b.png'],
    ],
    ['<p style="background: url(a.png)">', ['css url(): image rewrite <a.png> a.png']],
    [
      '<p style="background: url(&quot;a&#63;b.png&quot;), url(c\\20 d.png)">',
      ['css url(): image rewrite <a> a?b.png', 'css url(): image rewrite <c\\20 d.png> c d.png'],
    ],
    [
      '<noscript><link rel=stylesheet href=a.css></noscript>',
      ['link[rel=stylesheet]@href: style rewrite <a.css> a.css'],
    ],
    ['<template><img src=a.png></template>', ['img@src: image rewrite <a.png> a.png']],
  ])('in %s', (html, references) => {
    expect(list(html)).toEqual(references);
  });

  it('tells where attributes can be added, and which are there', () => {
    const html = '<link rel=stylesheet href="a.css" integrity=sha384-x><script crossorigin=use-credentials src=a.js>';
    const slots = findIn('text/html', html).references.map(({ slot }) => slot);
    expect(slots).toEqual([
      { insertAt: 33, crossorigin: null, integrity: { start: 44, end: 52, value: 'sha384-x' } },
      { insertAt: html.length - 1, crossorigin: 'use-credentials', integrity: null },
    ]);
    expect(html.slice(0, 33).endsWith('href="a.css"')).toBe(true);
  });

  it('has slots for preloads of scripts, styles and fonts, and for nothing that is not loaded by CORS', () => {
    const has = (html: string) => findIn('text/html', html).references.map(({ slot }) => slot !== undefined);
    expect(has('<link rel=preload as=font href=a><link rel=modulepreload href=b>')).toEqual([true, true]);
    expect(has('<link rel=preload as=image href=a><img src=b><link rel=icon href=c>')).toEqual([false, false, false]);
  });
});

describe('links, frames and metadata', () => {
  it.each([
    ['<a href=b.html>', ['a@href: document keep <b.html> b.html']],
    ['<a href="b/?x#y">', ['a@href: document keep <b/> b/?x#y']],
    ['<a href=b.pdf>', ['a@href: download keep <b.pdf> b.pdf']],
    ['<a download href=b.html>', ['a@href: download keep <b.html> b.html']],
    ['<area href=b.html>', ['area@href: document keep <b.html> b.html']],
    ['<iframe src=b.html>', ['iframe@src: document keep <b.html> b.html']],
    ['<object data=b.svg>', ['object@data: same-origin keep <b.svg> b.svg']],
    ['<embed src=b.html>', ['embed@src: document keep <b.html> b.html']],
    ['<form action=/find>', ['form@action: document keep </find> /find']],
    ['<form method=POST action=/send>', []],
    ['<q cite=b.html>', ['q@cite: document keep <b.html> b.html']],
    ['<link rel=canonical href=/a>', ['link[rel=canonical]@href: document keep </a> /a']],
    [
      '<meta http-equiv=refresh content="0; URL=\'b.html\'">',
      ['meta[http-equiv=refresh]@content: document keep <b.html> b.html'],
    ],
    ['<meta property=og:image content=/a.png>', ['meta[property=og:image]@content: metadata rewrite </a.png> /a.png']],
    [
      '<meta name=twitter:image content=/a.png>',
      ['meta[name=twitter:image]@content: metadata rewrite </a.png> /a.png'],
    ],
    ['<meta property=og:url content=/a>', []],
    ['<meta itemprop=image content=/a.png>', ['meta[itemprop=image]@content: metadata rewrite </a.png> /a.png']],
    ['<link itemprop=thumbnailUrl href=/a.png>', ['link[rel=thumbnailUrl]@href: metadata rewrite </a.png> /a.png']],
    ['<link rel=image_src href=/a.png>', ['link[rel=image_src]@href: metadata rewrite </a.png> /a.png']],
    ['<astro-island component-url=/a.js>', ['astro-island@component-url: module evidence </a.js> /a.js']],
  ])('in %s', (html, references) => {
    expect(list(html)).toEqual(references);
  });
});

describe('SVG in HTML', () => {
  it.each([
    [
      '<svg><image href=a.png xlink:href=b.png />',
      ['image@href: image rewrite <a.png> a.png', 'image@xlink:href: image rewrite <b.png> b.png'],
    ],
    ['<svg><feImage href=a.png />', ['feimage@href: image rewrite <a.png> a.png']],
    ['<svg><use href=a.svg#b />', ['use@href: same-origin keep <a.svg> a.svg#b']],
    ['<svg><use href=#b />', []],
    ['<svg><path fill="url(a.svg#b)" />', ['css url(): same-origin keep <a.svg> a.svg#b']],
    ['<svg><path fill="url(#b)" />', []],
    ['<svg><a href=b.html></a></svg>', ['a@href: document keep <b.html> b.html']],
  ])('in %s', (html, references) => {
    expect(list(html)).toEqual(references);
  });
});

describe('srcdoc', () => {
  it('is read as a document of its own, with spans in the page', () => {
    const html = '<iframe srcdoc="<img src=&quot;a.png&quot;><p style=&quot;background:url(b&amp;amp;c.png)&quot;>">';
    expect(list(html)).toEqual([
      'img@src: image rewrite <a.png> a.png',
      'css url(): image rewrite <b&amp;amp;c.png> b&c.png',
    ]);
  });

  it('keeps what has a hash that could not be renewed there', () => {
    const html = '<iframe srcdoc="<script src=a.js integrity=x></script><script src=b.js></script>">';
    expect(list(html)).toEqual(['script@src: script keep <a.js> a.js', 'script@src: script rewrite <b.js> b.js']);
    expect(findIn('text/html', html).references.every(({ slot }) => slot === undefined)).toBe(true);
  });

  it('is left alone when it has a base of its own', () => {
    expect(list('<iframe srcdoc="<base href=/x/><img src=a.png>">')).toEqual([]);
  });
});

describe('what is no reference', () => {
  it.each([
    '<img src="">',
    '<img src>',
    '<img src="#a">',
    '<img src="?a">',
    '<img src="data:image/png;base64,AAAA">',
    '<a href="mailto:a@b.c"><a href=javascript:void(0)><a href=tel:1>',
    '<img src="{{ url }}"><img src="<%= url %>"><img src="${url}"><img src="<?php echo 1 ?>">',
    '<img srcset="{{ a }} 1x, b.png 2x">',
    '<!-- <img src=a.png> --><!--[if IE]-->',
    '<title><img src=a.png></title><textarea><img src=a.png></textarea>',
    '<iframe><img src=a.png></iframe><xmp><img src=a.png></xmp>',
    '<script>/* <img src=a.png> */</script>',
    '<script><!-- <script> </script> <img src=a.png> --></script>',
    '<meta name=description content=a.png>',
    '<img sizes=a.png type=b.png alt=c.png>',
    '<img src="a.png',
  ])('%s', (html) => {
    expect(list(html)).toEqual([]);
  });
});

describe('what else is found in a page', () => {
  it('takes the first base with an address', () => {
    expect(findIn('text/html', '<base target=x><base href=" /a/ "><base href=/b/>').base).toBe('/a/');
    expect(findIn('text/html', '<p>').base).toBeUndefined();
  });

  it('finds policies, with their quotes', () => {
    const html = `<meta http-equiv=content-security-policy content="img-src 'self'">`;
    expect(findIn('text/html', html).policies).toEqual([{ start: 50, end: 64, value: "img-src 'self'", quote: '"' }]);
    expect(html.slice(50, 64)).toBe("img-src 'self'");
  });

  it('finds the inline blocks that a policy may hold a hash of', () => {
    const html = '<style>a{}</style><script>x</script><script src=a></script><script type=text/plain>y</script>';
    const blocks = findIn('text/html', html).blocks ?? [];
    expect(blocks.map(({ type, start, end }) => [type, html.slice(start, end)])).toEqual([
      ['style', 'a{}'],
      ['script', 'x'],
    ]);
  });
});

describe('encodings', () => {
  it('reads addresses in the encoding of the page, and counts bytes', () => {
    const html = Buffer.from('<meta charset=iso-8859-1><p>\xe9<img src=caf\xe9.png>', 'latin1');
    const [reference] = findIn('text/html', html).references;
    expect(reference?.url).toBe('café.png');
    expect(html.toString('latin1', reference?.start, reference?.end)).toBe('caf\xe9.png');
  });

  it('leaves pages alone whose bytes are no ASCII', () => {
    const found = findIn('text/html', Buffer.from('\ufeff<img src=a.png>', 'utf16le'));
    expect(found.references).toEqual([]);
    expect(found.notes?.map(({ code }) => code)).toEqual(['unsupported-encoding']);
  });
});

describe('whatever the markup is', () => {
  const pages = fc.oneof(hostileMarkup(true), hostileMarkup(false));

  it('every picture that parse5 sees is found, with the same address in the same attribute', () => {
    fc.assert(
      fc.property(pages, (html) => {
        const bytes = Buffer.from(html, 'latin1');
        const view = `<meta charset=windows-1252>${html}`;
        const found = findIn(
          'text/html',
          Buffer.concat([Buffer.from('<meta charset=windows-1252>'), bytes]),
        ).references;
        for (const tag of seeTags(view)) {
          const src = tag.name === 'img' ? tag.attributes.find(({ name }) => name === 'src') : undefined;
          const url = src?.value.replace(/^[\x01-\x20]+|[\x01-\x20]+$|[\t\n\r]/g, '');
          if (src === undefined || url === undefined || !isAddress(url)) continue;
          const reference = found.find(
            ({ kind, start }) => kind === 'img@src' && start >= src.start && start < src.end,
          );
          expect(reference?.url).toBe(url);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('references are apart, in order and can be replaced one by one', () => {
    fc.assert(
      fc.property(pages, (html) => {
        const bytes = Buffer.from(html, 'latin1');
        expectSound('text/html', bytes);
        expectRewritable('text/html', bytes);
      }),
      { numRuns: 1000 },
    );
  });

  it('the same with styles, frames and pieces of every kind', () => {
    const pieces = filesOf(
      '<img src="',
      "<img src='",
      '<img srcset="',
      '<p style="',
      '<iframe srcdoc="',
      '<style>',
      '</style>',
      '<svg>',
      '</svg>',
      'a.png',
      ' 1x, ',
      'b.png?c#d',
      'url(',
      ')',
      '&quot;',
      '&#63;',
      '&amp;',
      '"',
      "'",
      '>',
      '\\20 ',
      '@import ',
      ';',
      '{a:',
      '}',
      '<meta http-equiv=refresh content="0;url=',
      '<script src=',
      '<link rel=stylesheet href=',
      '\u00e9',
      '\r\n',
      '<![CDATA[',
      ']]>',
    );
    fc.assert(
      fc.property(pieces, (bytes) => {
        expectSound('text/html', bytes);
        expectRewritable('text/html', bytes);
      }),
      { numRuns: 1500 },
    );
  });
});
