import { describe, expect, it } from 'vitest';
import { invert, splice } from '../../src/build/rewrite.js';
import { logicalPath } from '../../src/site/names.js';
import { buildOf, type Contents } from '../release/harness.js';

async function page(contents: Contents, path = 'index.html', options = {}): Promise<string> {
  const build = await buildOf(contents, options);
  const body = await build.open(build.objects.find(({ origin, key }) => origin === 'pages' && key === path)!);
  return 'bytes' in body ? body.bytes.toString() : '';
}

const hash = '[0-9a-f]{16}';

describe('pages', () => {
  it('get crossorigin and integrity on moved scripts and stylesheets', async () => {
    const html = await page({ 'index.html': '<script src=a.js></script>', 'a.js': 'var a' });
    expect(html).toMatch(
      new RegExp(
        `^<script src=https://static.example.com/a.${hash}.js crossorigin="anonymous" integrity="sha384-[A-Za-z0-9+/]{64}"></script>$`,
      ),
    );
  });

  it('get no integrity when the configuration says so, but still crossorigin', async () => {
    const html = await page({ 'index.html': '<script src=a.js></script>', 'a.js': 'var a' }, 'index.html', {
      integrity: false,
    });
    expect(html).toContain(' crossorigin="anonymous"></script>');
    expect(html).not.toContain('integrity');
  });

  it('keep an integrity that is still right and replace one whose file was edited', async () => {
    const html = await page({
      'index.html':
        '<link rel=stylesheet integrity="sha256-old sha512-old" crossorigin href=edited.css><link rel=stylesheet integrity="sha256-kept" crossorigin href=kept.css>',
      'edited.css': 'a{background:url(a.png)}',
      'kept.css': 'b{}',
      'a.png': 'a',
    });
    expect(html).toContain('sha256-kept');
    // The algorithms that the author chose.
    expect(html).toMatch(/integrity="sha256-[A-Za-z0-9+/]{43}= sha512-[A-Za-z0-9+/]{86}==" crossorigin href=https/);
  });

  it('leave dangling and external references byte for byte', async () => {
    const html =
      '<img src=gone.png><img src="https://other.example/a.png"><img src="{{ logo }}"><img src="data:,x"><a href="#top">';
    expect(await page({ 'index.html': html })).toBe(html);
  });

  it('rewrite absolute references to the site itself', async () => {
    expect(
      await page({ 'index.html': '<meta property="og:image" content="https://www.example.com/a.png">', 'a.png': 'a' }),
    ).toMatch(new RegExp(`content="https://images.example.com/a.${hash}.png"`));
  });

  it('are allowed to load from the CDN by their own policy', async () => {
    const html = await page({
      'index.html': `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self'; style-src 'self' https://static.example.com"><img src=a.png><link rel=stylesheet href=a.css><script src=a.js></script>`,
      'a.png': 'a',
      'a.css': 'a{}',
      'a.js': 'a',
    });
    expect(html).toContain(
      `content="default-src 'none'; img-src 'self' https://images.example.com; style-src 'self' https://static.example.com; script-src https://static.example.com"`,
    );
  });

  it('keep the hash of an edited inline style right in their policy', async () => {
    const style = 'a{background:url(a.png)}';
    const { createHash } = await import('node:crypto');
    const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const html = await page({
      'index.html': `<meta http-equiv="Content-Security-Policy" content="style-src ${hashOf(style)}; img-src *"><style>${style}</style>`,
      'a.png': 'a',
    });
    const edited = /<style>(.*)<\/style>/.exec(html)![1]!;
    expect(edited).toContain('https://images.example.com/');
    expect(html).toContain(hashOf(edited));
  });

  it('are the input again when every edit is undone', async () => {
    const contents = {
      'index.html':
        '\ufeff<base href="/docs/"><img\tsrc = \'a.png\'srcset="a.png 1x,b.png 2x"><link href=site.css rel=stylesheet><p style="background:url(&quot;a.png&quot;)">\r\n<broken <img src=a.png',
      'docs/a.png': 'a',
      'docs/b.png': 'b',
      'docs/site.css': 'a{}',
    };
    const build = await buildOf(contents);
    const served = build.served(logicalPath('index.html'))!;
    const before = Buffer.from(contents['index.html']);
    const after = splice(before, served.edits);
    expect(served.edits.length).toBeGreaterThan(4);
    expect(splice(after, invert(before, served.edits)).equals(before)).toBe(true);
  });

  it('of a moved stylesheet keep what cannot move at the pages’ address', async () => {
    const build = await buildOf({
      'index.html': '<link rel=stylesheet href=css/a.css>',
      'css/a.css': 'a{clip-path:url(../shapes.svg#a)} b{background:url(gone.png)} c{behavior:url(x.htc)}',
      'shapes.svg': '<svg xmlns="http://www.w3.org/2000/svg"><clipPath id="a"/></svg>',
    });
    const object = build.objects.find(({ origin, key }) => origin === 'resources' && key.endsWith('.css'))!;
    const body = await build.open(object);
    const css = 'bytes' in body ? body.bytes.toString() : '';
    expect(css).toContain('url(https://www.example.com/shapes.svg#a)');
    expect(css).toContain('url(https://www.example.com/css/gone.png)');
  });
});
