import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locateReasons } from '../../src/build/locateReasons.js';
import { decideMobility, type Mobility } from '../../src/build/mobility.js';
import { buildGraph } from '../../src/site/buildGraph.js';
import type { LogicalPath } from '../../src/site/site.js';
import { siteOf } from '../siteOf.js';

type Answers = (path: string) => Mobility;

async function decide(
  contents: Readonly<Record<string, string>>,
  originals: 'copy' | 'none' = 'copy',
): Promise<Answers> {
  const site = siteOf(contents);
  const graph = await buildGraph(site, { lazyAttributes: [], siteUrls: [] });
  const decided = await locateReasons(site, decideMobility(graph, { originals }), site.files.keys());
  return (path) => {
    const answer = decided.get(path as LogicalPath);
    if (answer === undefined) throw new Error(`nothing decided about ${path}`);
    return answer;
  };
}

const page = (...scripts: string[]) => scripts.map((src) => `<script src="${src}"></script>`).join('\n');
const modulePage = (...scripts: string[]) =>
  scripts.map((src) => `<script type=module src="${src}"></script>`).join('\n');

describe('by the use of the browser', () => {
  it('lets images, stylesheets, fonts and classic scripts go', async () => {
    const of = await decide({
      'index.html': `<link rel=stylesheet href=a.css><img src=a.png>${page('a.js')}`,
      'a.css': '@font-face { src: url(a.woff2) }',
      'a.js': 'console.log(1)',
      'a.png': '',
      'a.woff2': '',
    });
    for (const path of ['a.css', 'a.js', 'a.png', 'a.woff2'])
      expect(of(path)).toMatchObject({ moves: true, renames: true });
  });

  it('keeps a sprite that <use> needs, and says where', async () => {
    const of = await decide({
      'index.html': '<p>\n<svg><use href="icons.svg#a"></use></svg>',
      'icons.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
    });
    expect(of('icons.svg')).toMatchObject({ moves: false, reason: expect.stringMatching(/ \(index\.html:2\)$/) });
  });

  it('keeps text tracks unless their media element has crossorigin', async () => {
    const of = await decide({
      'index.html': '<video><track src=a.vtt></video><video crossorigin><track src=b.vtt></video>',
      'a.vtt': '',
      'b.vtt': '',
    });
    expect(of('a.vtt').moves).toBe(false);
    expect(of('b.vtt').moves).toBe(true);
  });

  it('keeps downloads and pictures that are only linked to', async () => {
    const of = await decide({ 'index.html': '<a href=a.zip>a</a><a href=big.jpg>b</a>', 'a.zip': '', 'big.jpg': '' });
    expect(of('a.zip').moves).toBe(false);
    expect(of('big.jpg').moves).toBe(false);
  });

  it('lets a picture go that is shown as well as linked to: the link leads to the original', async () => {
    const contents = { 'index.html': '<a href=big.jpg><img src=big.jpg></a>', 'big.jpg': '' };
    expect((await decide(contents))('big.jpg').moves).toBe(true);
    expect((await decide(contents, 'none'))('big.jpg').moves).toBe(false);
  });

  it('lets SVG images go, but not SVG documents with scripts or in frames', async () => {
    const of = await decide({
      'index.html': '<img src=a.svg><img src=b.svg><img src=c.svg><object data=c.svg></object>',
      'a.svg': '<svg><circle r="1"/></svg>',
      'b.svg': '<svg><script>alert(1)</script></svg>',
      'c.svg': '<svg/>',
    });
    expect(of('a.svg').moves).toBe(true);
    expect(of('b.svg')).toMatchObject({ moves: false, reason: expect.stringMatching(/script \(b\.svg:1\)$/) });
    expect(of('c.svg').moves).toBe(false);
  });

  it('keeps what is only preloaded', async () => {
    const of = await decide({ 'index.html': '<link rel=preload as=fetch href=a.json>', 'a.json': '{}' });
    expect(of('a.json').moves).toBe(false);
  });

  it('lets a stylesheet go although it refers to a file that stays', async () => {
    const of = await decide({
      'index.html': '<link rel=stylesheet href=a.css>',
      'a.css': 'a { fill: url(p.svg#x) }',
      'p.svg': '<svg/>',
    });
    expect(of('a.css').moves).toBe(true);
    expect(of('p.svg').moves).toBe(false);
  });
});

describe('classic scripts', () => {
  it('stay when they look up their own address', async () => {
    const of = await decide({
      'index.html': page('a.js', 'b.js'),
      'a.js': 'var here = document.currentScript.src',
      'b.js': '// document.currentScript is not used here',
    });
    expect(of('a.js')).toMatchObject({ moves: false, reason: expect.stringContaining('its own address') });
    expect(of('b.js').moves).toBe(true);
  });

  it('stay when a script names them', async () => {
    const of = await decide({
      'index.html': page('js/a.js', 'js/b.js'),
      'js/a.js': '1',
      'js/b.js': 'if (x)\n  load("js/a.js")',
    });
    expect(of('js/a.js')).toMatchObject({ moves: false, reason: expect.stringMatching(/\(js\/b\.js:2\)$/) });
    expect(of('js/b.js').moves).toBe(true);
  });

  it('stay when inline JSON names them', async () => {
    const of = await decide({
      'index.html': `${page('a.js')}<script type=application/json>{"chunks":["\\/a.js"]}</script>`,
      'a.js': '1',
    });
    expect(of('a.js').moves).toBe(false);
  });

  it('stay as workers, with everything they import', async () => {
    const of = await decide({
      'index.html': page('main.js', 'w/shared.js'),
      'main.js': 'new Worker("w/worker.js")',
      'w/worker.js': 'importScripts("shared.js")',
      'w/shared.js': '1',
    });
    expect(of('main.js').moves).toBe(true);
    expect(of('w/worker.js')).toMatchObject({ moves: false, reason: expect.stringMatching(/\(main\.js:1\)$/) });
    expect(of('w/shared.js')).toMatchObject({ moves: false, reason: expect.stringMatching(/\(w\/worker\.js:1\)$/) });
  });

  it('find workers relative to the pages that load the script', async () => {
    const of = await decide({
      'app/index.html': page('../lib/js/main.js'),
      'lib/js/main.js': 'new Worker("worker.js")',
      'app/worker.js': 'self.onmessage = () => {}',
    });
    expect(of('app/worker.js').moves).toBe(false);
  });
});

describe('modules', () => {
  const graph = {
    'index.html': modulePage('js/a.js'),
    'js/a.js': 'import "./b.js"',
    'js/b.js': 'export const b = 1',
    'js/c.js': 'import { b } from "./b.js"',
    'other.html': modulePage('js/d.js'),
    'js/d.js': 'export const d = 1',
  };

  it('move together', async () => {
    const of = await decide(graph);
    for (const path of ['js/a.js', 'js/b.js', 'js/c.js', 'js/d.js']) expect(of(path).moves).toBe(true);
  });

  it.each([
    ['one of them imports by a computed name', { 'js/c.js': 'import "./b.js"; import(`./lang/${x}.js`)' }],
    ['one of them looks up its own address', { 'js/c.js': 'import "./b.js"; console.log(import.meta.url)' }],
    [
      'one of them runs as a worker',
      { 'js/c.js': 'import "./b.js"', 'w.js': 'new Worker("js/c.js", {type:"module"})' },
    ],
    [
      'one of them hands on the address of a script beside it',
      { 'js/c.js': 'import "./b.js"; lib.workerSrc = new URL("w.js", import.meta.url)', 'js/w.js': '' },
    ],
    ['a script names one of them', { 'js/preload.js': 'const f = ["js/b.js"]' }],
    [
      'a page imports by a computed name',
      { 'js/c.js': 'import "./b.js"', 'p.html': '<script type=module>import "./js/c.js"; import(x)</script>' },
    ],
  ])('stay together when %s', async (_, change) => {
    const of = await decide({ ...graph, ...change });
    for (const path of ['js/a.js', 'js/b.js', 'js/c.js']) expect(of(path), path).toMatchObject({ moves: false });
    expect(of('js/a.js').reason).toMatch(/\(\S+:\d+\)$/);
    expect(of('js/d.js').moves).toBe(true);
  });

  it.each([
    ['looks up its own address', '// here\n\nlog(document.currentScript.src)'],
    ['looks up its own address', 'import "./b.js";\n\nlog(import.meta.url)'],
    ['imports by a computed name', 'export {};\n\nimport(name)'],
    ['runs as a worker', '\n\nimportScripts(name)'],
  ])('name the line in which one %s', async (because, code) => {
    const of = await decide({ 'index.html': '<script src=a.js></script>', 'a.js': code, 'b.js': '' });
    expect(of('a.js').reason).toMatch(new RegExp(`it ${because}.*\\(a\\.js:3\\)$`));
  });

  it('are joined by an import map', async () => {
    const map = '<script type=importmap>{"imports":{"a":"/a.js","b":"/b.js"}}</script>';
    const contents = { 'index.html': `${map}${modulePage('a.js')}`, 'a.js': 'import "b"', 'b.js': 'export default 1' };
    expect((await decide(contents))('a.js').moves).toBe(true);
    const of = await decide({ ...contents, 'b.js': 'export default import.meta.url' });
    expect(of('a.js').moves).toBe(false);
    expect(of('b.js').moves).toBe(false);
  });

  it('stay below a folder that an import map names', async () => {
    const of = await decide({
      'index.html': `<script type=importmap>{"imports":{"lib/":"/lib/"}}</script>${modulePage('a.js', 'lib/x.js')}
        <img src=lib/x.png>`,
      'a.js': 'import "lib/x.js"',
      'lib/x.js': 'export default 1',
      'lib/x.png': '',
    });
    expect(of('lib/x.js')).toMatchObject({ moves: false, reason: expect.stringMatching(/\(index\.html:1\)$/) });
    expect(of('lib/x.png').moves).toBe(true);
  });

  it('do not hold the classic scripts and pages that load them', async () => {
    const of = await decide({
      'index.html': page('load.js'),
      'load.js': 'import("./m.js")',
      'm.js': 'export const here = import.meta.url',
    });
    expect(of('m.js').moves).toBe(false);
    expect(of('load.js').moves).toBe(true);
  });
});

describe('files that scripts name', () => {
  const contents = {
    'index.html': `<img src=a.png><link rel=stylesheet href=a.css>${page('a.js')}`,
    'a.js': 'f("a.png", "b.png", "a.css")',
    'a.css': '',
    'a.png': '',
    'b.png': '',
  };

  it('move when they are also properly referred to, since the original stays', async () => {
    const of = await decide(contents);
    expect(of('a.png')).toMatchObject({ moves: true, renames: true });
    expect(of('a.css')).toMatchObject({ moves: true, renames: true });
    expect(of('b.png').moves).toBe(false);
  });

  it('all stay where no originals are kept', async () => {
    const of = await decide(contents, 'none');
    for (const path of ['a.png', 'a.css', 'b.png']) expect(of(path).moves).toBe(false);
  });
});

describe('files that nothing refers to', () => {
  it('stay, because nobody would know a copy', async () => {
    const of = await decide({
      'index.html': '<p>',
      'a.js': '1',
      'a.css': 'p { background: url(a.png) }',
      'a.png': '',
      'b.png': '',
      'loop.css': '@import "loop.css"',
    });
    for (const path of ['a.js', 'a.css', 'b.png', 'loop.css'])
      expect(of(path), path).toMatchObject({
        moves: false,
        reason: expect.stringContaining('no reference leads to it'),
      });
    expect(of('a.png').moves).toBe(true);
  });

  it('stay when a script asks for their own address', async () => {
    const of = await decide({
      'index.html': page('a.js'),
      'a.js': '\nfetch("a.wasm")',
      'a.wasm': '',
    });
    expect(of('a.wasm')).toMatchObject({ moves: false, reason: expect.stringMatching(/own address \(a\.js:2\)$/) });
  });
});

describe('names of bundlers', () => {
  it('are kept, as nothing in the files has to change', async () => {
    const of = await decide({
      'index.html': modulePage('/assets/index-B3xYz12Q.js'),
      'assets/index-B3xYz12Q.js': 'import "./vendor-D9kLmN0p.js"\n//# sourceMappingURL=index-B3xYz12Q.js.map',
      'assets/index-B3xYz12Q.js.map': '{"version":3,"sources":["../src/a.ts"],"sourcesContent":["x"],"mappings":""}',
      'assets/vendor-D9kLmN0p.js': 'export {}',
    });
    for (const name of ['index-B3xYz12Q.js', 'index-B3xYz12Q.js.map', 'vendor-D9kLmN0p.js'])
      expect(of(`assets/${name}`), name).toMatchObject({ moves: true, renames: false });
  });

  it('are not kept by files that have to be edited, nor by those that import them', async () => {
    const of = await decide({
      'index.html': `${modulePage('/assets/index-B3xYz12Q.js')}<link rel=stylesheet href=/assets/main.8f3a2c1b.css>`,
      'assets/index-B3xYz12Q.js': 'import "./vendor-D9kLmN0p.js"',
      'assets/vendor-D9kLmN0p.js': 'import "./plain.js"',
      'assets/plain.js': 'export {}',
      'assets/main.8f3a2c1b.css': 'a { background: url(bg.d41d8cd9.png) }',
      'assets/bg.d41d8cd9.png': '',
    });
    expect(of('assets/vendor-D9kLmN0p.js')).toMatchObject({ moves: true, renames: true });
    expect(of('assets/index-B3xYz12Q.js')).toMatchObject({ moves: true, renames: true });
    // The picture goes to another origin than the stylesheet.
    expect(of('assets/main.8f3a2c1b.css')).toMatchObject({ moves: true, renames: true });
    expect(of('assets/bg.d41d8cd9.png')).toMatchObject({ moves: true, renames: false });
  });

  it('leave the source map of a script that stays beside it', async () => {
    const of = await decide({
      'index.html': page('a.js'),
      'a.js': 'document.currentScript.src\n//# sourceMappingURL=a.js.map',
      'a.js.map': '{"version":3,"sources":[],"mappings":""}',
    });
    expect(of('a.js.map').moves).toBe(false);
  });
});

describe('any graph of modules', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const body = fc.constantFrom('', '', '', 'import(x)', 'import.meta.url', 'f("b.js")', 'new Worker("c.js")');
  const graphs = fc.tuple(
    fc.array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)), { maxLength: 8 }),
    fc.array(body, { minLength: names.length, maxLength: names.length }),
  );

  it('is never torn apart: what imports a module moves with it or stays with it', async () => {
    const property = fc.asyncProperty(graphs, async ([imports, bodies]) => {
      const contents = Object.fromEntries(
        names.map((name, index) => {
          const lines = imports.filter(([from]) => from === name).map(([, to]) => `import "./${to}.js"`);
          return [`${name}.js`, [...lines, 'export {}', bodies[index]].join('\n')];
        }),
      );
      const of = await decide({ 'index.html': modulePage('a.js', 'f.js'), ...contents });
      for (const [from, to] of imports) expect(of(`${from}.js`).moves).toBe(of(`${to}.js`).moves);
      names.forEach((name, index) => {
        if (bodies[index]?.startsWith('import') === true) expect(of(`${name}.js`).moves).toBe(false);
      });
    });
    await fc.assert(property, { numRuns: 200 });
  });
});
