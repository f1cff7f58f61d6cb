import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { splice } from '../../src/build/rewrite.js';
import type { LogicalPath } from '../../src/site/site.js';
import { buildOf, type Contents } from '../release/harness.js';

const hashOf = (text: string) => `sha384-${createHash('sha384').update(text).digest('base64')}`;

/** A page and its files as they are served. */
async function serve(contents: Contents): Promise<(path: string) => string> {
  const build = await buildOf(contents);
  return (path) => splice(Buffer.from(contents[path]!), build.served(path as LogicalPath)!.edits).toString();
}

describe('integrity', () => {
  const edited = 'import "./m.js"';
  const plain = 'export {}';
  const modules = { 'a.js': edited, 'm.js': plain };

  it('in an import map follows the bytes, at the address that the module has then', async () => {
    const of = await serve({
      ...modules,
      'index.html': `<script type=importmap>${JSON.stringify({
        imports: { 'a': '/a.js', '/m.js': '/m.js' },
        scopes: { '/a.js': { m: '/m.js' } },
        integrity: { '/a.js': hashOf(edited), './m.js': hashOf(plain), '/gone.js': 'sha384-gone' },
      })}</script><script type=module>import "a"</script>`,
    });
    const map = JSON.parse(/importmap>(.*?)<\/script>/.exec(of('index.html'))![1]!) as Record<
      'imports' | 'scopes' | 'integrity',
      Record<string, string>
    >;
    const [a, m] = [map.imports.a, Object.values(map.imports)[1]] as [string, string];
    expect([a, m].every((address) => address.startsWith('https://static.example.com/'))).toBe(true);
    expect(of('a.js')).toBe(`import "${m}"`);
    expect(map.imports[m]).toBe(m);
    expect(map.scopes).toEqual({ [a]: { m } });
    expect(map.integrity).toEqual({ [a]: hashOf(of('a.js')), [m]: hashOf(plain), '/gone.js': 'sha384-gone' });
  });

  it('in an import map stays as it is where the modules stay', async () => {
    const page = `<script type=importmap>{"imports":{"a":"/a.js"},"integrity":{"/a.js":"${hashOf('import(x)')}"}}</script>`;
    const of = await serve({ 'index.html': page, 'a.js': 'import(x)' });
    expect(of('index.html')).toBe(page);
  });

  it('of a file that stays and is edited where it is follows its bytes', async () => {
    const module = 'new URL("a.png", import.meta.url); import(x)';
    const of = await serve({
      'index.html': `<script type=module src=a.js integrity=${hashOf(module)}></script><script type=importmap>{"integrity":{"./a.js":"${hashOf(module)}"}}</script>`,
      'a.js': module,
      'a.png': 'a',
    });
    expect(of('a.js')).toContain('new URL("https://images.example.com/a.');
    expect(of('index.html')).toBe(
      `<script type=module src=a.js integrity=${hashOf(of('a.js'))}></script><script type=importmap>{"integrity":{"./a.js":"${hashOf(of('a.js'))}"}}</script>`,
    );
  });
});
