import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectRewritable, expectSound, filesOf, findIn, listReferences } from './listing.js';

const type = 'image/svg+xml';
const list = (svg: string | Uint8Array) => listReferences(type, svg);

describe('SVG', () => {
  it('finds pictures by href and xlink:href, whatever the prefix', () => {
    expect(
      list(
        `<svg xmlns:l="x"><image href="a.png?1"/><svg:image xlink:href='b.png'/><feImage l:href=" c.png#v "/></svg>`,
      ),
    ).toEqual([
      'svg image@href: image rewrite <a.png> a.png?1',
      'svg image@href: image rewrite <b.png> b.png',
      'svg feImage@href: image rewrite <c.png> c.png#v',
    ]);
  });

  it('keeps what must come from the page’s own origin', () => {
    expect(
      list(
        '<svg><use href="s.svg#a"/><use href="#b"/><linearGradient xlink:href="g.svg#c"/><rect fill="url(p.svg#d)" mask="url(#e)"/></svg>',
      ),
    ).toEqual([
      'svg use@href: same-origin keep <s.svg> s.svg#a',
      'svg linearGradient@href: same-origin keep <g.svg> g.svg#c',
      'css url(): same-origin keep <p.svg> p.svg#d',
    ]);
  });

  it('reads styles in attributes, elements, CDATA and entities', () => {
    const svg = `<svg><style>a { background: url(a.png) }</style><style><![CDATA[ @import "b.css"; ]]></style>
      <style>c { background: url(&quot;c&amp;d.png&#63;x&quot;) }</style><g style="background: url('e.png')"/><style>url(&lt;)</style></svg>`;
    expect(list(svg)).toEqual([
      'css url(): image rewrite <a.png> a.png',
      'css @import: style rewrite <b.css> b.css',
      'css url(): image rewrite <c&amp;d.png> c&d.png?x',
      'css url(): image rewrite <e.png> e.png',
    ]);
    expect(findIn(type, svg).blocks).toHaveLength(4);
  });

  it('decodes entities in addresses, and ends the span before an escaped question mark', () => {
    expect(list('<svg><image href="a&amp;b&#xe9;.png&#63;c&amp;d"/><image href="é.png"/></svg>')).toEqual([
      'svg image@href: image rewrite <a&amp;b&#xe9;.png> a&bé.png?c&d',
      'svg image@href: image rewrite <é.png> é.png',
    ]);
  });

  it('reads stylesheet instructions; XSLT stays', () => {
    expect(
      list(
        `<?xml version="1.0"?><?xml-stylesheet type="text/css" href="a.css"?><?xml-stylesheet href='b.xsl' type='text/xsl'?><svg/>`,
      ),
    ).toEqual(['xml-stylesheet: style rewrite <a.css> a.css', 'xml-stylesheet: same-origin keep <b.xsl> b.xsl']);
  });

  it('reads scripts, with a slot for attributes', () => {
    const svg = `<svg><script href="a.js" integrity="sha384-x"/><script type="module"><![CDATA[ import './b.js' ]]></script><script type="text/x">f("c.js")</script></svg>`;
    expect(list(svg)).toEqual([
      'svg script@href: script rewrite <a.js> a.js',
      'js import: module rewrite <./b.js> ./b.js',
    ]);
    const [first] = findIn(type, svg).references;
    expect(svg.slice(0, first?.slot?.insertAt)).toBe('<svg><script href="a.js"');
    expect(first?.slot).toMatchObject({ crossorigin: null, integrity: { value: 'sha384-x' } });
    expect(findIn(type, svg).blocks).toMatchObject([{ type: 'script' }, { type: 'script' }]);
  });

  it('leaves comments, links, data and names of namespaces alone', () => {
    const svg = `<!DOCTYPE svg [<!ENTITY ns "http://x">]><svg xmlns="http://www.w3.org/2000/svg" xml:base="/z/">
      <!-- <image href="a.png"/> --><image href="data:image/png;base64,AA"/><a href="b.html"/><title>url(c.png)</title></svg>`;
    expect(list(svg)).toEqual(['svg a@href: document keep <b.html> b.html']);
  });

  it('reads files in other encodings by their declaration', () => {
    const svg = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><svg><image href="\xe9.png"/></svg>', 'latin1');
    expect(findIn(type, svg).references).toMatchObject([{ url: 'é.png' }]);
  });
});

describe('any SVG', () => {
  const files = filesOf(
    ...[
      '<svg>',
      '</svg>',
      '<image href="',
      "<use xlink:href='",
      '"/>',
      "'/>",
      'a.png',
      '?x',
      '#y',
      '&amp;',
      '&#63;',
      '&x;',
    ],
    ...[
      '<style>',
      '</style>',
      '<![CDATA[',
      ']]>',
      'a{b:url(c.png)}',
      '@import "d";',
      '<!--',
      '-->',
      '<?xml-stylesheet href="e"',
      '?>',
    ],
    ...[
      '<script>',
      '</script>',
      'import "./f.js";',
      ' style="b:url(&quot;g.png&quot;)"',
      '<g',
      '>',
      '"',
      "'",
      ' ',
      'é',
      '\ufeff',
    ],
  );

  it('gives sound results', () => {
    fc.assert(
      fc.property(files, (bytes) => expectSound(type, bytes)),
      { numRuns: 3000 },
    );
  });

  it('reads back what is written in place of a reference', () => {
    const element = fc.constantFrom(
      ...[
        '<image href="a.png?x&amp;y"/>',
        "<feImage xlink:href=' b&#38;.png '/>",
        '<style>a{b:url(&quot;c.png&quot;)}</style>',
      ],
      ...[
        '<g style="b:url( d.png )"/>',
        '<style><![CDATA[@import url("e.css");]]></style>',
        '<script href="f.js"/>',
        'é',
        '<g>',
        '</g>',
      ],
    );
    fc.assert(
      fc.property(fc.array(element), (parts) => expectRewritable(type, `<svg>${parts.join('')}</svg>`)),
      { numRuns: 300 },
    );
  });
});
