import { describe, expect, it } from 'vitest';
import { splice } from '../../src/build/rewrite.js';
import type { LogicalPath } from '../../src/site/site.js';
import { buildOf } from '../release/harness.js';

const start = 'new Worker(new URL("w.js?v=1", import.meta.url), { type: "module" })';

describe('a worker that a module starts beside itself', () => {
  it.each([
    ['https://www.example.com', '/js/w.js'],
    ['https://www.example.com/docs', '/docs/js/w.js'],
  ])('stays on the origin of whichever page starts it, under %s, when the module moves', async (pages, path) => {
    const contents = {
      'index.html': '<script type=module src=js/a.js></script>',
      'js/a.js': `export {}; ${start}`,
      'js/w.js': 'onmessage = f',
    };
    const build = await buildOf(contents, {
      urls: { images: 'https://images.example.com', resources: 'https://static.example.com', pages },
    });
    expect(build.addressOf('js/w.js' as LogicalPath)).toBeUndefined();
    expect(build.addressOf('js/a.js' as LogicalPath)).toContain('https://static.example.com/js/a.');
    const { edits } = build.served('js/a.js' as LogicalPath)!;
    expect(splice(Buffer.from(contents['js/a.js']), edits).toString()).toBe(
      `export {}; new Worker(new URL("${path}?v=1", globalThis.origin), { type: "module" })`,
    );
  });

  it('is started as before by a module that stays', async () => {
    const content = `import(x); ${start}`;
    const build = await buildOf({
      'index.html': '<script type=module src=a.js></script>',
      'a.js': content,
      'w.js': '',
    });
    expect(build.served('a.js' as LogicalPath)!.edits).toEqual([]);
  });
});
