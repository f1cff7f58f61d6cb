import { describe, expect, it } from 'vitest';
import { buildGraph } from '../../../src/site/buildGraph.js';
import { lintSite } from '../../../src/site/lint/lint.js';
import { siteOf } from '../../siteOf.js';

async function lint(files: Parameters<typeof siteOf>[0], code: string) {
  const graph = await buildGraph(siteOf(files), { siteUrls: ['https://www.acme.com'], lazyAttributes: [] });
  return (await lintSite(graph)).filter((problem) => problem.code === code);
}

describe('places that a page does not have', () => {
  it('are warnings between pages, with line and column of the address', async () => {
    const problems = await lint(
      {
        'index.html':
          '<p>\n<a href="docs/#usage">x</a><a href="docs/#instal">y</a><a href="/docs/index.html#old">z</a>',
        'docs/index.html': '<h2 id="usage">x</h2><a name="old"></a>',
      },
      'missing-fragment',
    );
    expect(problems).toMatchObject([{ severity: 'warning', file: 'index.html', line: 2, column: 37 }]);
    expect(problems[0]?.message).toBe('a@href leads to #instal, which is not in docs/index.html');
  });

  it('are notes within a page, where a script may take the click', async () => {
    const problems = await lint(
      { 'index.html': '<a href="#a">x</a><a href="#b">y</a><i id=a></i>' },
      'missing-fragment',
    );
    expect(problems).toMatchObject([{ severity: 'note', line: 1, column: 19 }]);
  });

  it('are found as browsers find them: raw, percent-decoded, without a text directive', async () => {
    const links = [
      '#über',
      '#%C3%BCber',
      '#a%20b',
      '#:~:text=x',
      '#top',
      '#',
      '#/route',
      '#!/route',
      '#page=2',
      '#a&amp;b',
    ];
    const page = `${links.map((href) => `<a href="${href}">x</a>`).join('')}<p id="über"><p id="a b">`;
    expect(await lint({ 'index.html': page }, 'missing-fragment')).toEqual([]);
  });

  it('are symbols that a sprite does not have', async () => {
    const problems = await lint(
      {
        'index.html':
          '<svg><use href="i.svg#a"/><use xlink:href="i.svg#b"/></svg><img src="i.svg#svgView(viewBox(0,0,1,1))">',
        'i.svg': '<svg xmlns="http://www.w3.org/2000/svg"><symbol id="a"/></svg>',
      },
      'missing-fragment',
    );
    expect(problems.map(({ message }) => message)).toEqual(['use@xlink:href leads to #b, which is not in i.svg']);
  });
});

describe('images without a size', () => {
  it('are one note for each page, at the first of them', async () => {
    const sized = '<img src=a.png width=1 height=1><img src=a.png style="aspect-ratio: 1">';
    const problems = await lint(
      { 'index.html': `${sized}\n<img src=a.png><img srcset="a.png 2x"><img alt>`, 'b.html': sized, 'a.png': 'x' },
      'missing-dimensions',
    );
    expect(problems).toMatchObject([{ severity: 'note', file: 'index.html', line: 2, column: 1 }]);
    expect(problems[0]?.message).toContain('this image and another have neither width nor height');
  });

  it('are not looked for in scripts, comments and templates of other languages', async () => {
    const page = '<!-- <img src=a.png> --><script>"<img src=a.png>"</script><textarea><img src=a.png></textarea>';
    expect(await lint({ 'index.html': page }, 'missing-dimensions')).toEqual([]);
  });
});

describe('large files', () => {
  const large = Buffer.alloc(600_000);
  it('are told where a page loads them, by how large they are', async () => {
    const problems = await lint(
      {
        'index.html': '<img src=a.png><script src=b.js></script><video src=c.mp4></video><a href=d.png>x</a>',
        'a.png': large,
        'b.js': Buffer.alloc(2_100_000, ' '),
        'c.mp4': large,
        'd.png': large,
      },
      'oversized',
    );
    expect(problems).toMatchObject([
      { file: 'a.png', severity: 'note', message: '0.6 MB of image/png for one request' },
      { file: 'b.js', severity: 'warning' },
    ]);
  });
});

describe('duplicates', () => {
  it('are told beside the first file with the content, unless they are tiny', async () => {
    const body = 'x'.repeat(2000);
    const problems = await lint({ 'a.txt': body, 'b.txt': body, 'c.txt': 'x', 'd.txt': 'x' }, 'duplicate-content');
    expect(problems).toMatchObject([{ file: 'b.txt', message: 'holds the same 2000 bytes as a.txt' }]);
  });
});
