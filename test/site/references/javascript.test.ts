import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Found } from '../../../src/site/references/index.js';
import { expectRewritable, expectSound, filesOf, findIn, listReferences } from './listing.js';

const type = 'text/javascript';
const list = (script: string | Uint8Array) => listReferences(type, script);
const traits = (script: string) => traitsOf(findIn(type, script));
const traitsOf = ({ traits: held = {}, module = false }: Found) =>
  [...Object.keys(held), ...(module ? ['module'] : [])].sort();

describe('modules', () => {
  it('finds import and export statements, and leaves bare names alone', () => {
    const script = `
      import a from './a.js'; import "../b.mjs?v=1#x"; export * from "/c.js"; export { d } from './d.js';
      import data from './e.json' with { type: 'json' };
      import react from 'react'; import 'lodash/x.js'; import '#internal/y.js'; import x from 'node:fs';`;
    expect(list(script)).toEqual([
      'js import: module rewrite <./a.js> ./a.js',
      'js import: module rewrite <../b.mjs> ../b.mjs?v=1#x',
      'js export: module rewrite </c.js> /c.js',
      'js import: module rewrite <./d.js> ./d.js',
      'js import: module rewrite <./e.json> ./e.json',
    ]);
    expect(traits(script)).toEqual(['module']);
  });

  it('finds import() of a literal in any quotes, in classic scripts too', () => {
    expect(list(`f(() => import('./a.js')); import(/* x */ "./b.js"); import(\`./c.js\`, { with: {} })`)).toEqual([
      'js import(): module rewrite <./a.js> ./a.js',
      'js import(): module rewrite <./b.js> ./b.js',
      'js import(): module rewrite <./c.js> ./c.js',
    ]);
    expect(traits(`import('./a.js')`)).toEqual([]);
  });

  it.each(['import(x)', 'import(`./lang/${x}.js`)', 'import("./lang/" + x)', 'import.meta.resolve(x)'])(
    'calls %s dynamic',
    (script) => expect(traits(script)).toContain('dynamic'),
  );

  it('ignores what only looks like an import', () => {
    const script = `// import './a'
      /* import('./b') */ const s = "import './c'"; const t = \`import('./d')\`; const r = /import('.\\/e')/; x.import('f')`;
    expect(list(script)).toEqual([]);
    expect(traits(script)).toEqual([]);
  });

  it('reads escapes, and ends the span before an escaped question mark', () => {
    expect(
      list(String.raw`import './\u0061\x2ejs\u003fq'; import "./\u{1F600}\ud83d\ude00.js"; import '.\/é.js'`),
    ).toEqual([
      String.raw`js import: module rewrite <./\u0061\x2ejs> ./a.js?q`,
      String.raw`js import: module rewrite <./\u{1F600}\ud83d\ude00.js> ./😀😀.js`,
      String.raw`js import: module rewrite <.\/é.js> ./é.js`,
    ]);
  });

  it('counts bytes, whatever stands before', () => {
    const script = '\ufeff/* café 😀 */ import "./ü.js"; new Worker("é.js")';
    expect(list(script)).toEqual([
      'js import: module rewrite <./ü.js> ./ü.js',
      'js new Worker(): same-origin keep <é.js> é.js document',
    ]);
  });

  it('finds references beside bytes that are not UTF-8', () => {
    const script = Buffer.from('// \xff\xfe caf\xe9\nimport "./a.js"; fetch("b.json")', 'latin1');
    expect(list(script)).toEqual([
      'js import: module rewrite <./a.js> ./a.js',
      'js fetch(): fetch keep <b.json> b.json document',
    ]);
  });
});

describe('import.meta.url', () => {
  it('is followed into new URL()', () => {
    expect(list(`new URL('./a.wasm?x', import.meta.url); new URL("i/b.png",import.meta.url).href`)).toEqual([
      'js new URL(): fetch rewrite <./a.wasm> ./a.wasm?x',
      'js new URL(): fetch rewrite <i/b.png> i/b.png',
    ]);
    expect(traits(`new URL('./a.wasm', import.meta.url)`)).toEqual(['module']);
  });

  it.each([
    [
      `new Worker(new URL('./w.js', import.meta.url), { type: 'module' })`,
      'js new Worker(): same-origin keep <./w.js> ./w.js',
    ],
    [
      `new SharedWorker(/* a */ new URL(/* b */ './w.js', import.meta.url))`,
      'js new Worker(): same-origin keep <./w.js> ./w.js',
    ],
    [
      'new Worker(new URL(`/w-1.js`,``+import.meta.url),{type:`module`})',
      'js new Worker(): same-origin keep </w-1.js> /w-1.js',
    ],
    [
      'new Worker(new URL(new URL(`w-1.js`,import.meta.url).href,``+import.meta.url),{type:`module`})',
      'js new Worker(): same-origin keep <w-1.js> w-1.js',
    ],
    [`new Worker(""+new URL("w-1.js",import.meta.url).href)`, 'js new Worker(): same-origin keep <w-1.js> w-1.js'],
    [
      `navigator.serviceWorker.register(new URL('sw.js', import.meta.url))`,
      'js serviceWorker.register(): same-origin keep <sw.js> sw.js',
    ],
    [`ctx.audioWorklet.addModule(new URL('./p.js', import.meta.url))`, 'js addModule(): module keep <./p.js> ./p.js'],
    [
      `lib.workerSrc = new URL('lib.worker.mjs', import.meta.url)`,
      'js new URL(): same-origin keep <lib.worker.mjs> lib.worker.mjs',
    ],
    [`import.meta.resolve('./a.wasm')`, 'js import.meta.resolve(): fetch rewrite <./a.wasm> ./a.wasm'],
  ])('understands %s', (script, line) => {
    expect(list(script)).toEqual([line]);
    expect(traits(script)).toEqual(['module']);
  });

  it.each([
    'const here = import.meta.url',
    'new URL(name, import.meta.url)',
    'new URL("./img/" + name, import.meta.url)',
    'new URL(".", import.meta.url)',
    'new URL("./assets/", import.meta.url)',
    'new URL("./a.png", import.meta.url + x)',
    'f(import.meta)',
    'const { url } = import.meta',
    'import.meta["url"]',
  ])('makes %s introspective', (script) => expect(traits(script)).toContain('introspective'));

  it('leaves other properties alone', () =>
    expect(traits('if (import.meta.hot) import.meta.env.X')).toEqual(['module']));
});

describe('addresses by name', () => {
  it.each([
    ['new Worker("w.js")', 'js new Worker(): same-origin keep <w.js> w.js document'],
    ['new window.SharedWorker(`w.js?x`)', 'js new SharedWorker(): same-origin keep <w.js> w.js?x document'],
    [
      'new Worker(""+new URL("/w.js",globalThis.origin).href)',
      'js new Worker(): same-origin keep </w.js> /w.js document',
    ],
    ['new Worker(new URL("w.js", document.baseURI))', 'js new Worker(): same-origin keep <w.js> w.js document'],
    [
      'navigator.serviceWorker?.register("/sw.js", {})',
      'js serviceWorker.register(): same-origin keep </sw.js> /sw.js document',
    ],
    [
      'if ("serviceWorker" in navigator) navigator.serviceWorker.register("sw")',
      'js serviceWorker.register(): same-origin keep <sw> sw document',
    ],
    ['CSS.paintWorklet.addModule("p.js")', 'js addModule(): module keep <p.js> p.js document'],
    ['WebAssembly.instantiateStreaming(fetch("a.wasm"))', 'js fetch(): fetch keep <a.wasm> a.wasm document'],
    ['fetch(new Request("api/x"))', 'js new Request(): fetch keep <api/x> api/x document'],
    ['xhr.open("GET", "/a.json", true)', 'js XMLHttpRequest.open(): fetch keep </a.json> /a.json document'],
  ])('finds %s', (script, line) => expect(list(script)).toEqual([line]));

  it('resolves what a worker imports against the worker', () => {
    expect(list('importScripts("a.js", "b.js"); fetch("c.json")')).toEqual([
      'js importScripts(): script keep <a.js> a.js',
      'js importScripts(): script keep <b.js> b.js',
      'js fetch(): fetch keep <c.json> c.json',
    ]);
    expect(traits('importScripts("a.js")')).toEqual(['worker']);
    expect(traits('self.addEventListener("fetch", f)')).toEqual(['worker']);
    expect(traits('addEventListener("install", f)')).toEqual(['worker']);
    expect(traits('stack.addEventListener("push", f)')).toEqual([]);
    expect(traits('typeof importScripts === "function"')).toEqual([]);
  });

  it('leaves data, blobs and other functions alone', () => {
    expect(list('fetch("data:text/plain,x"); new Worker("blob:x"); prefetch("a"); x.open("a", "b c")')).toEqual([]);
  });
});

describe('introspection', () => {
  it.each([
    'document.currentScript.src',
    'document.getElementsByTagName("script")',
    'document.getElementsByTagName("script")[0].src',
    `document.querySelector('script[src*="app"]')`,
    'document.scripts[0]',
  ])('is seen in %s', (script) => expect(traits(script)).toEqual(['introspective']));

  it.each([
    '// document.currentScript',
    '/* getElementsByTagName("script") */',
    'var s = document.getElementsByTagName("script")[0]; s.parentNode.insertBefore(t, s)',
    'root.querySelectorAll("script")',
    'form.scripts',
    'log("document.currentScript is missing")',
  ])('is not seen in %s', (script) => expect(traits(script)).toEqual([]));

  it.each([
    'export {}; document.currentScript.src',
    'export {}; if (typeof importScripts === "function") importScripts(url)',
    'export {}; var scripts=document.getElementsByTagName("script"),index=scripts.length-1,mine=scripts[index]',
    'export {}; var s=document.getElementsByTagName("script"),l=s[s.length-1]||{src:""}',
  ])('is not seen in a module, where it means nothing: %s', (script) => expect(traits(script)).toEqual(['module']));

  it.each([
    'export {}; document.querySelector("script[data-main]").src',
    'export {}; document.getElementsByTagName("script")',
    'export {}; self.addEventListener("fetch", f)',
  ])('is still seen in a module that runs %s', (script) => expect(traits(script)).toHaveLength(2));
});

describe('evidence', () => {
  it('is every string that looks like the name of a file, once', () => {
    const script = `const __vite__mapDeps=(i,m=["assets/a-1.js","assets/a-1.css"])=>0; f('/static/b.png', "assets/a-1.js", \`c d.woff2?#iefix\`)`;
    expect(list(script)).toEqual([
      'js string: script evidence <assets/a-1.js> assets/a-1.js document',
      'js string: style evidence <assets/a-1.css> assets/a-1.css document',
      'js string: image evidence </static/b.png> /static/b.png document',
      'js string: font evidence <c d.woff2> c d.woff2?#iefix document',
    ]);
  });

  it('is not in comments, templates, patterns, texts and bare extensions', () => {
    const script = `// "a.js"
      /* 'b.js' */ \`\${x}/c.js\`; /"d.js"/; ".js"; "<img src=e.png>"; "a\\nb.js"; "*.js"; "{{f}}.js"; "version 1.2"; 'x.unknown'`;
    expect(list(script)).toEqual([]);
  });

  it('does not stumble over slashes', () => {
    const script = `a = b / c; d = "e.js" / 2; if (f) /'/.test(g); return /["]/ ; h = {} / '"i.js"'; x = y++ / 'j.js'`;
    expect(list(script).map((line) => line.split(' ').at(-2))).toEqual(['e.js', 'j.js']);
  });
});

describe('source maps', () => {
  it.each([
    ['f()\n//# sourceMappingURL=a.js.map', 'a.js.map'],
    ['f()\n//@ sourceMappingURL=a.js.map\n\n', 'a.js.map'],
    ['f() /*# sourceMappingURL=a.js.map */', 'a.js.map'],
    ['//# sourceMappingURL=old.map\nf()\n//# sourceMappingURL=new.map\n// the end', 'new.map'],
  ])('are found in %j', (script, url) => {
    expect(list(script)).toEqual([`sourceMappingURL: source-map rewrite <${url}> ${url}`]);
  });

  it.each([
    'const s = "//# sourceMappingURL=a.map"',
    '//# sourceMappingURL=a.map\nf()',
    '//# sourceMappingURL=data:application/json;base64,e30=',
    '// see sourceMappingURL=a.map',
  ])('are not found in %j', (script) => expect(list(script)).toEqual([]));
});

describe('scripts that do not parse', () => {
  it('are taken for everything they might be', () => {
    const found = findIn(type, 'import a from "./a.js"; {{ template }} import("');
    expect(traitsOf(found)).toEqual(['dynamic', 'module']);
    expect(found.notes).toMatchObject([{ code: 'script-unparsed', severity: 'note' }]);
    expect(found.references).toMatchObject([{ url: './a.js', treatment: 'evidence' }]);
  });

  it('nested without end are read as far as the stack goes', () => {
    expectSound(type, Buffer.from(`fetch("a.json", ${'['.repeat(50_000)}`));
    expectSound(type, Buffer.from('`${'.repeat(50_000)));
  });

  it('in UTF-16 are left alone', () => {
    const found = findIn(type, Buffer.from('\ufeffimport "./a.js"', 'utf16le'));
    expect(found).toMatchObject({ references: [], notes: [{ code: 'unsupported-encoding' }] });
  });
});

describe('any script', () => {
  const scripts = filesOf(
    ...['import ', '"./a.js?x"', "'b/c.png#y'", '`d.css`', 'import("./e.js")', 'new URL("f.png", import.meta.url)'],
    ...[
      'import.meta.url',
      'new Worker("g.js")',
      'importScripts(',
      'fetch(',
      ')',
      '(',
      '{',
      '}',
      '[',
      ';',
      ',',
      '\n',
      ' ',
    ],
    ...['/', '/*', '*/', '//', '\\', '${', '`', '"', "'", 'return ', 'é', '😀', '\ufeff', 'export * from '],
    ...['//# sourceMappingURL=h.map', 'document.currentScript', 'x', '=', '<!--', '-->', '\\u0061', '\r'],
  );

  it('gives sound results', () => {
    fc.assert(
      fc.property(scripts, (bytes) => expectSound(type, bytes)),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => expectSound(type, bytes)),
      { numRuns: 500 },
    );
  });

  it('reads back what is written in place of a reference', () => {
    const statement = fc.constantFrom(
      ...['import "./a.js?x";', "import('../b.js#é');", 'export*from"/c.js";', 'new URL("d.png",import.meta.url);'],
      ...['x = a / b;', '/* "e.js" */', "f('g.js');", '`h${1}`;', '// é\n', String.raw`import '.\/i\u002ejs\x3fj';`],
    );
    fc.assert(
      fc.property(fc.array(statement), (parts) => expectRewritable(type, parts.join('\n'))),
      { numRuns: 300 },
    );
  });
});
