import { describe, expect, it } from 'vitest';
import type { SiteBuild } from '../../src/build/build.js';
import { splice } from '../../src/build/rewrite.js';
import { buildGraph } from '../../src/site/buildGraph.js';
import type { LogicalPath } from '../../src/site/site.js';
import { buildDefaults, urls, type Contents } from '../release/harness.js';
import { assembleBuild } from '../../src/build/assemble.js';
import { findChangedMeanings } from '../sites/servedReferences.js';
import { siteOf } from '../siteOf.js';

/** What Vite writes after the preload function's address: enough of it to be known by. */
const rest =
  ',f={},d=function(c,l,a){const i=document.createElement("link");new Error(`Unable to preload CSS for ${s}`)};';
const prefixed = (prefix: string) => `const m="modulepreload",E=function(t){return${prefix}+t}${rest}`;
const relative = `const m="modulepreload",E=function(t,c){return new URL(t,c).href}${rest}`;
/** Vite 8. */
const resolving =
  'function f(e){return import.meta.resolve?new URL(import.meta.resolve(e)):new URL(e,import.meta.url)}';
const table = (names: string) =>
  `const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=${names})))=>i.map(i=>d[i]);\n`;
/** Vite 5.0. */
const oldTable = (names: string) => `function __vite__mapDeps(indexes) {
  if (!__vite__mapDeps.viteFileDeps) {
    __vite__mapDeps.viteFileDeps = ${names}
  }
  return indexes.map((i) => __vite__mapDeps.viteFileDeps[i])
}
`;

interface Written {
  readonly build: SiteBuild;
  readonly changed: readonly string[];
  text(path: string): string;
  isMoved(path: string): boolean;
  addressOf(path: string): string;
}

async function write(contents: Contents): Promise<Written> {
  const finding = { siteUrls: [urls.pages], lazyAttributes: [] };
  const graph = await buildGraph(siteOf(contents), finding);
  const build = await assembleBuild(graph, buildDefaults);
  const at = (path: string) => path as LogicalPath;
  return {
    build,
    changed: await findChangedMeanings(graph, build, finding),
    text: (path) => splice(Buffer.from(contents[path]!), build.served(at(path))!.edits).toString(),
    isMoved: (path) => build.addressOf(at(path)) !== undefined,
    addressOf: (path) => build.addressOf(at(path)) ?? '',
  };
}

const lazy = (folder: string, home: string) => ({
  'index.html': `<script type=module src="${home}assets/index-B3xYz12Q.js"></script>`,
  [`${folder}assets/part-D9kLmN0p.js`]: 'import{t}from"./index-B3xYz12Q.js";export default t',
  [`${folder}assets/part-D5t9Oz0c.css`]: 'p{color:red}',
});
const names = '["assets/part-D9kLmN0p.js","assets/part-D5t9Oz0c.css"]';
const near = '["./part-D9kLmN0p.js","./part-D5t9Oz0c.css"]';
const load = 'd(()=>import("./part-D9kLmN0p.js"),__vite__mapDeps([0,1]));export{m as t}';
const script = 'assets/index-B3xYz12Q.js';
const all = ['assets/part-D9kLmN0p.js', 'assets/part-D5t9Oz0c.css', script];

describe('a site that Vite built', () => {
  it.each([
    ['at the root', '', '/', prefixed('"/"'), '(/^https?:/.test(t)?"":"/")+t'],
    ['at the root, by Vite 8', '', '/', prefixed('`/`') + resolving, '(/^https?:/.test(t)?"":"/")+t'],
    ['in a folder', 'docs/', '/docs/', prefixed('"/docs/"'), '(/^https?:/.test(t)?"":"/docs/")+t'],
  ])('%s moves, with its lists and the function that takes them', async (_, folder, home, head, function_) => {
    const site = await write({ ...lazy(folder, home), [folder + script]: table(names) + head + load });
    for (const path of all) expect(site.isMoved(folder + path), path).toBe(true);
    const text = site.text(folder + script);
    for (const path of all.slice(0, 2)) expect(text).toContain(`"${site.addressOf(folder + path)}"`);
    expect(text).toContain(function_);
    expect(site.changed).toEqual([]);
  });

  it('with relative addresses moves without an edit and keeps its names', async () => {
    const call = 'd(()=>import("./part-D9kLmN0p.js"),__vite__mapDeps([0,1]),import.meta.url);export{m as t}';
    const site = await write({ ...lazy('', './'), [script]: table(near) + relative + resolving + call });
    for (const path of all) expect(site.addressOf(path)).toBe(`${urls.resources}/${path}`);
    expect(site.changed).toEqual([]);
  });

  it.each([
    ['Vite 5.0', oldTable(names) + prefixed('"/"') + load],
    ['Vite 4', `${prefixed('"/"')}d(()=>import("./part-D9kLmN0p.js"),${names});export{m as t}`],
    ['Vite 4, then()', `${prefixed('"/"')}d(()=>import("./part-D9kLmN0p.js").then(n=>n.p),${names});export{m as t}`],
    [
      'Vite that was told not to minify',
      `${table(names)}const assetsURL = function(dep) { return "/"+dep };${rest.slice(1)}
      __vitePreload(() => import("./part-D9kLmN0p.js"), true ? __vite__mapDeps([0,1]) : void 0);export{m as t}`,
    ],
  ])('by %s moves as well', async (_, content) => {
    const site = await write({ ...lazy('', '/'), [script]: content });
    for (const path of all) expect(site.isMoved(path), path).toBe(true);
    expect(site.changed).toEqual([]);
  });

  it('with the function in a chunk of its own is edited there', async () => {
    const helper = 'assets/preload-helper-C0Okbpkp.js';
    const site = await write({
      ...lazy('', '/'),
      [script]: `${table(names)}import{d}from"./preload-helper-C0Okbpkp.js";${load}`,
      [helper]: `${prefixed('"/"')}export{d}`,
    });
    expect(site.text(script)).toContain(site.addressOf(all[0]!));
    expect(site.text(helper)).toContain('return(/^https?:/.test(t)?"":"/")+t');
    expect(site.changed).toEqual([]);
  });

  it('whose modules have to stay still loads its stylesheets from the CDN', async () => {
    const site = await write({ ...lazy('', '/'), [script]: `${table(names)}${prefixed('"/"')}${load};import(x)` });
    expect(site.isMoved(script)).toBe(false);
    expect(site.isMoved(all[0]!)).toBe(false);
    expect(site.text(script)).toContain(`["assets/part-D9kLmN0p.js","${site.addressOf(all[1]!)}"]`);
    expect(site.text(script)).toContain('return(/^https?:/.test(t)?"":"/")+t');
    expect(site.changed).toEqual([]);
  });

  it.each([
    ['no function that takes the lists', table(names) + load],
    ['a function of another form', `${table(names)}const E=function(t){return base(t)}${rest}${load}`],
    ['two functions', table(names) + prefixed('"/"') + prefixed('"/b/"') + load],
    ['a table that is written otherwise', `var __vite__mapDeps=[${names}];${prefixed('"/"')}${load}`],
    ['a name that is computed', table('["assets/part-D9kLmN0p.js",u("x.css")]') + prefixed('"/"') + load],
    ['relative names for which the function is unknown', `${table(near)}${load.replace(');', '),import.meta.url);')}`],
  ])('stays as it is where there is %s', async (_, content) => {
    const site = await write({ ...lazy('', '/'), [script]: content });
    for (const path of all) expect(site.isMoved(path), path).toBe(false);
    expect(site.text(script)).toBe(content);
  });
});
