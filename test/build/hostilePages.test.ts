import fc from 'fast-check';
import { parse, type DefaultTreeAdapterTypes as Tree } from 'parse5';
import { describe, expect, it } from 'vitest';
import { invert, splice } from '../../src/build/rewrite.js';
import { logicalPath } from '../../src/site/names.js';
import { buildOf, type Contents } from '../release/harness.js';
import { hostileMarkup } from '../site/references/hostileMarkup.js';

const path = logicalPath('index.html');
const assets: Contents = { 'a.png': 'a', 'x/y': 'y', 'a.css': 'p{background:url(a.png)}', 'm.js': 'export {}' };
/** What the hostile pieces seldom make by themselves: references that are rewritten, with attributes beside them. */
const lures = fc.constantFrom(
  '<img src=a.png>',
  '<img src="a.png?x#y" srcset="a.png, a.png 2x">',
  '<link rel=stylesheet href=a.css>',
  '<script src=m.js type=module integrity=sha256-x></script>',
  '<p style=\'background:url("a.png")\'>',
  '<style>p{background:url(a.png)}</style>',
  '<iframe srcdoc="&lt;img src=&quot;a.png&quot;>"></iframe>',
  '<svg><image href=a.png /><style>p{background:url(&#97;.png)}</style></svg>',
  '<script type=importmap>{"imports":{"m":"./m.js"},"integrity":{"./m.js":"sha256-x"}}</script>',
  '<meta http-equiv=content-security-policy content="img-src \'self\'">',
  '<base href=x/>',
);
const pages = fc
  .array(fc.oneof(hostileMarkup(true), hostileMarkup(false), lures, lures), { maxLength: 5 })
  .map((parts) => parts.join(''));

async function rewrite(html: string): Promise<{ before: Buffer; after: Buffer; texts: readonly string[] }> {
  const before = Buffer.from(html, 'latin1');
  const served = (await buildOf({ ...assets, 'index.html': before })).served(path)!;
  const after = splice(before, served.edits);
  expect(splice(after, invert(before, served.edits)).equals(before)).toBe(true);
  return { before, after, texts: served.edits.map(({ text }) => text) };
}

describe('whatever the page is', () => {
  it('undoing the edits gives back every byte, and a second run has nothing to do', async () => {
    let edited = 0;
    await fc.assert(
      fc.asyncProperty(pages, async (html) => {
        const { after, texts } = await rewrite(html);
        edited += texts.length;
        for (const text of texts) expect(text).toMatch(/^[\x20-\x7e]*$/);
        expect((await rewrite(after.toString('latin1'))).after.toString('latin1')).toBe(after.toString('latin1'));
      }),
      { numRuns: 250 },
    );
    expect(edited).toBeGreaterThan(100);
  });

  it('a browser sees the same elements with the same attributes, but for crossorigin and integrity', async () => {
    await fc.assert(
      fc.asyncProperty(pages, async (html) => {
        const { before, after } = await rewrite(html);
        expect(shapeOf(after)).toEqual(shapeOf(before));
      }),
      { numRuns: 100 },
    );
  });
});

/** Names of elements and attributes in order, and the text between them. */
function shapeOf(page: Buffer): string[] {
  const shape: string[] = [];
  const pending: Tree.Node[] = [parse(page.toString('latin1'), { scriptingEnabled: false })];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if ('attrs' in node) {
      const names = node.attrs.map(({ name }) => name).filter((name) => !/^(?:crossorigin|integrity)$/.test(name));
      shape.push(`${node.tagName} ${names.join(' ')}`);
    }
    if ('content' in node) pending.push(node.content);
    if ('childNodes' in node) pending.push(...node.childNodes);
  }
  return shape;
}
