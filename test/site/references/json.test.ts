import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectRewritable, expectSound, filesOf, findIn, listReferences } from './listing.js';

const manifest = 'application/manifest+json';
const inPage = (kind: string, value: unknown) =>
  listReferences(
    'text/html',
    `<script type="${kind}">${typeof value === 'string' ? value : JSON.stringify(value)}</script>`,
  );

describe('web app manifests', () => {
  const example = JSON.stringify({
    name: 'x',
    id: '/',
    start_url: '/app/?source=pwa',
    scope: '/app/',
    icons: [{ src: 'icons/a.png', sizes: '1x1' }, { src: '/icons/b.svg?v=1' }],
    screenshots: [{ src: 'c.webp' }],
    shortcuts: [{ url: '/new', icons: [{ src: 'd.png' }] }],
    share_target: { action: '/share', params: { url: 'u' } },
    related_applications: [{ url: 'https://example.com' }],
  });

  it('have pictures that may be elsewhere, and addresses that must stay', () => {
    expect(listReferences(manifest, example)).toEqual([
      'manifest start_url: document keep </app/> /app/?source=pwa',
      'manifest scope: document keep </app/> /app/',
      'manifest icons: image rewrite <icons/a.png> icons/a.png',
      'manifest icons: image rewrite </icons/b.svg> /icons/b.svg?v=1',
      'manifest screenshots: image rewrite <c.webp> c.webp',
      'manifest url: document keep </new> /new',
      'manifest icons: image rewrite <d.png> d.png',
      'manifest action: document keep </share> /share',
    ]);
  });

  it('are known by their content where the name says nothing', () => {
    expect(listReferences('application/json', example)).toEqual(listReferences(manifest, example));
    expect(listReferences('application/json', '{"icons":[{"src":"a.png"}]}')).toEqual([]);
    expect(listReferences('application/json', '{"name":"x","icons":["a.png"]}')).toEqual([]);
  });

  it('are read through byte order marks, escapes, comments and trailing commas', () => {
    const text = '\ufeff// é\n{ "icons": [ { "src": "\\/é\\u00e9.png\\u003fv", }, ], }';
    expect(listReferences(manifest, text)).toEqual(['manifest icons: image rewrite <\\/é\\u00e9.png> /éé.png?v']);
  });

  it('nested without end are read as far as the stack goes', () => {
    expectSound(manifest, Buffer.from('{"icons":'.repeat(100_000)));
    expectSound('application/ld+json', Buffer.from('[{"image":'.repeat(100_000)));
  });

  it('give sound results and can be rewritten, whatever they hold', () => {
    const files = filesOf(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"icons"',
        '"src"',
        '"a.png"',
        '"\\/b.png?x"',
        '"screenshots"',
        '"é#y"',
        '"start_url"',
      ],
      ...['"', '\\', '//', '\n', '\ufeff', '1', 'null', '{"icons":[{"src":"c.png?x"}]}', '"shortcuts"'],
    );
    fc.assert(
      fc.property(files, (bytes) => expectSound(manifest, bytes)),
      { numRuns: 2000 },
    );
    const icon = fc.constantFrom('{"src":"a.png"}', '{"src":" b.png?é "}', '{"src":"\\/c.png#\\/"}', '{}');
    fc.assert(fc.property(fc.array(icon), (icons) => expectRewritable(manifest, `{"icons":[${icons.join(',')}]}`)));
  });
});

describe('import maps', () => {
  it('have addresses, keys, scopes and integrity that may change together', () => {
    const map = {
      imports: {
        'app': './js/app.js',
        'lib/': '/lib/',
        './a.js': './b.js',
        'x': 'bare',
        'cdn': 'https://cdn.example/x.js',
      },
      scopes: { '/admin/': { app: '/admin/app.js' }, '/js/one.js': { dep: './dep.js' } },
      integrity: { './js/app.js': 'sha384-abc' },
    };
    expect(inPage('importmap', map)).toEqual([
      'importmap address: module rewrite <./js/app.js> ./js/app.js',
      'importmap address: module keep </lib/> /lib/',
      'importmap key: module rewrite <./a.js> ./a.js',
      'importmap address: module rewrite <./b.js> ./b.js',
      'importmap address: module rewrite <https://cdn.example/x.js> https://cdn.example/x.js',
      'importmap scope: module keep </admin/> /admin/',
      'importmap address: module rewrite </admin/app.js> /admin/app.js',
      'importmap scope: module rewrite </js/one.js> /js/one.js',
      'importmap address: module rewrite <./dep.js> ./dep.js',
      'importmap integrity: module rewrite <./js/app.js> ./js/app.js',
    ]);
  });

  it('tell where the integrity of a module is', () => {
    const page = '<script type=importmap>{"integrity":{"/a.js":"sha384-abc"}}</script>';
    const [reference] = findIn('text/html', page).references;
    expect(reference?.slot).toMatchObject({ crossorigin: 'anonymous', integrity: { value: 'sha384-abc' } });
    expect(page.slice(reference?.slot?.integrity?.start, reference?.slot?.integrity?.end)).toBe('sha384-abc');
  });

  it('that are broken are left alone', () => {
    expect(inPage('importmap', '{"imports": {"a": "./a.js')).toEqual([]);
    expect(inPage('importmap', '[]')).toEqual([]);
    expect(inPage('importmap', '{"imports":{"a":null,"b":["./c.js"]}}')).toEqual([]);
  });
});

describe('structured data', () => {
  it('has pictures for other machines, wherever they are nested', () => {
    const data = {
      '@context': 'https://schema.org',
      '@graph': [
        {
          '@type': 'Article',
          '@id': '/a#article',
          'url': '/a',
          'image': ['/1.jpg', { '@type': 'ImageObject', 'url': '/2.jpg' }],
        },
        { '@type': ['ImageObject'], 'url': '/3.jpg', 'contentUrl': '/4.jpg', 'thumbnailUrl': '/5.jpg' },
        {
          '@type': 'Organization',
          'logo': '/6.svg',
          'sameAs': ['/x'],
          'mainEntityOfPage': '/b',
          'author': { image: '/7.jpg', url: '/c' },
        },
      ],
    };
    expect(inPage('application/ld+json', data)).toEqual([
      'JSON-LD url: document keep </a> /a',
      ...['1.jpg', '2.jpg', '3.jpg', '4.jpg', '5.jpg', '6.svg'].map(
        (name) => `JSON-LD image: metadata rewrite </${name}> /${name}`,
      ),
      'JSON-LD url: document keep </b> /b',
      'JSON-LD image: metadata rewrite </7.jpg> /7.jpg',
      'JSON-LD url: document keep </c> /c',
    ]);
  });

  it('is read through the escapes that generators write', () => {
    expect(inPage('application/ld+json', '{"image":"https:\\/\\/example.com\\/a.jpg?x"}')).toEqual([
      'JSON-LD image: metadata rewrite <https:\\/\\/example.com\\/a.jpg> https://example.com/a.jpg?x',
    ]);
  });
});

describe('other JSON', () => {
  it('in pages is evidence for the names in it', () => {
    expect(inPage('application/json', '{"a":"\\/img\\/a.png","b":["c.js","c.js","text. More"]}')).toEqual([
      'json string: image evidence <\\/img\\/a.png> /img/a.png document',
      'json string: script evidence <c.js> c.js document',
    ]);
  });

  it('in files says nothing', () =>
    expect(listReferences('application/json', '{"files":{"main.js":"/static/main.js"}}')).toEqual([]));

  it('that is a source map names the sources it has no text of', () => {
    const map = {
      version: 3,
      file: 'a.js',
      sources: ['../src/a.ts', '../src/b.ts'],
      sourcesContent: ['x', null],
      mappings: 'AAAA',
    };
    expect(listReferences('application/json', JSON.stringify(map))).toEqual([
      'source map: source-map keep <../src/b.ts> ../src/b.ts',
    ]);
    expect(listReferences('application/json', JSON.stringify({ ...map, sourceRoot: '/src' }))).toEqual([]);
  });
});
