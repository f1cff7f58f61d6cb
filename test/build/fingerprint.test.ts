import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Build } from '../../src/build/build.js';
import { buildOf, type Contents } from '../release/harness.js';

async function textOf(build: Build, key: string | RegExp): Promise<string> {
  const object = build.objects.find(
    (one) => one.origin !== 'pages' && (typeof key === 'string' ? one.key === key : key.test(one.key)),
  );
  const body = await build.open(object!);
  return 'bytes' in body ? body.bytes.toString() : '';
}

const names = (build: Build) =>
  build.objects.filter(({ origin }) => origin !== 'pages').map(({ origin, key }) => `${origin}/${key}`);

/** Three stylesheets in a circle, one below them, one that has nothing to do with them. */
const circle: Contents = {
  'index.html': '<link rel=stylesheet href=a.css><link rel=stylesheet href=other.css>',
  'a.css': '@import "b.css"; a { color: red }',
  'b.css': '@import "c.css"; b { background: url(leaf.png) }',
  'c.css': '@import url(a.css); c { color: blue }',
  'other.css': 'p { margin: 0 }',
  'leaf.png': 'leaf',
};

describe('fingerprints', () => {
  it('change with everything a file refers to, however deep', async () => {
    const chain = {
      'index.html': '<link rel=stylesheet href=a.css>',
      'a.css': '@import "b.css";',
      'b.css': '@import "c.css";',
      'c.css': 'c { background: url(leaf.png) }',
    };
    const one = names(await buildOf({ ...chain, 'leaf.png': 'leaf' }));
    const two = names(await buildOf({ ...chain, 'leaf.png': 'another leaf' }));
    expect(one).toHaveLength(4);
    expect(one.filter((name) => two.includes(name))).toEqual([]);
  });

  it('of a circle change together, and nothing else changes', async () => {
    const one = names(await buildOf(circle));
    const two = names(await buildOf({ ...circle, 'c.css': '@import url(a.css); c { color: green }' }));
    const kept = one.filter((name) => two.includes(name)).map((name) => name.replace(/\.[0-9a-f]{16}/, ''));
    expect(kept).toEqual(['images/leaf.png', 'resources/other.css']);
  });

  it('of a circle still lead around it', async () => {
    const build = await buildOf(circle);
    const a = await textOf(build, /^a\./);
    const next = /static\.example\.com\/(b\.[0-9a-f]{16}\.css)/.exec(a)![1]!;
    const b = await textOf(build, next);
    const last = /static\.example\.com\/(c\.[0-9a-f]{16}\.css)/.exec(b)![1]!;
    expect(await textOf(build, last)).toMatch(/static\.example\.com\/a\.[0-9a-f]{16}\.css/);
  });

  it('tell circles apart that differ only in the order of their targets', async () => {
    const make = (order: string) => ({
      'index.html': '<link rel=stylesheet href=m.css>',
      'm.css': order,
      'x.css': '@import "m.css";',
      'y.css': '@import "m.css";',
    });
    const one = names(await buildOf(make('@import "x.css";@import "y.css";@import "x.css";')));
    const two = names(await buildOf(make('@import "x.css";@import "y.css";@import "y.css";')));
    expect(one.find((name) => name.includes('/m.'))).not.toBe(two.find((name) => name.includes('/m.')));
  });

  it('of a file that refers to itself are found', async () => {
    const build = await buildOf({
      'index.html': '<link rel=stylesheet href=a.css>',
      'a.css': 'a { background: url("a.css?x#y") }',
    });
    expect(await textOf(build, /^a\./)).toMatch(/url\("https:\/\/static\.example\.com\/a\.[0-9a-f]{16}\.css\?x#y"\)/);
  });

  it('do not depend on the order of files or on other files', async () => {
    const reversed = Object.fromEntries(Object.entries(circle).reverse());
    expect(names(await buildOf({ ...reversed, 'more.png': 'more' }))).toEqual(
      expect.arrayContaining(names(await buildOf(circle))),
    );
  });

  it('are written with harmless characters only, whatever the file is called', async () => {
    const build = await buildOf({ 'index.html': '<img src="b%C3%BCro/a%20(1)~+.png">', 'büro/a (1)~+.png': 'x' });
    expect(names(build)).toEqual([expect.stringMatching(/^images\/[A-Za-z0-9._/-]+$/)]);
  });

  it('never stand for two contents, whichever leaf of whichever graph changes', async () => {
    const file = fc.integer({ min: 0, max: 5 });
    const graph = fc.array(fc.tuple(file, file), { maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(graph, file, fc.boolean(), async (edges, mutated, useImport) => {
        const siteWith = (salt: string): Contents => {
          const contents: Record<string, string> = { 'index.html': '<link rel=stylesheet href=f0.css>' };
          for (let index = 0; index <= 5; index++) {
            const targets = edges.filter(([from]) => from === index).map(([, to]) => to);
            contents[`f${index}.css`] =
              targets.map((to) => (useImport ? `@import "f${to}.css";` : `a{background:url(f${to}.css)}`)).join('') +
              `/* ${index}${index === mutated ? salt : ''} */`;
          }
          return contents;
        };
        const seen = new Map<string, string>();
        for (const salt of ['', 'x', 'y', '']) {
          const build = await buildOf(siteWith(salt));
          for (const { origin, key, digest, immutable } of build.objects) {
            if (!immutable) continue;
            expect(seen.get(`${origin}/${key}`) ?? digest).toBe(digest);
            seen.set(`${origin}/${key}`, digest);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
