import { describe, expect, it } from 'vitest';
import { buildGraph } from '../../src/site/buildGraph.js';
import { checkSite } from '../../src/site/check.js';
import type { LogicalPath } from '../../src/site/site.js';
import { siteOf } from '../siteOf.js';

async function check(files: Parameters<typeof siteOf>[0], isExpected?: (path: LogicalPath) => boolean) {
  const graph = await buildGraph(siteOf(files), { siteUrls: ['https://www.acme.com'], lazyAttributes: [] });
  return checkSite(graph, isExpected);
}

describe('references that lead nowhere', () => {
  it('are found in pages and stylesheets, with line and column of the address', async () => {
    const problems = await check({
      'index.html': '<!doctype html>\n<link rel="stylesheet" href="a.css">\n  <img src="lost.png">\n',
      'a.css': 'body {\n  background: url("img/lost too.png");\n}\n',
    });
    expect(problems).toMatchObject([
      { code: 'dangling-reference', severity: 'warning', file: 'a.css', line: 2, column: 20 },
      { code: 'dangling-reference', severity: 'warning', file: 'index.html', line: 3, column: 13 },
    ]);
    expect(problems[1]?.message).toContain('"lost.png"');
  });

  it('are found behind absolute addresses of the site, not behind those of others', async () => {
    const problems = await check({
      'index.html': '<a href="https://www.acme.com/gone.html">x</a><a href="https://example.com/gone.html">y</a>',
    });
    expect(problems).toHaveLength(1);
  });

  it('name the page that was probably meant', async () => {
    const [problem] = await check({ 'index.html': '<a href="/about">x</a>', 'about.html': '' });
    expect(problem?.hint).toBe('There is about.html.');
  });

  it('are errors when a file differs only in case or Unicode form', async () => {
    const problems = await check({
      'index.html': '<img src="Logo.png"><img src="cafe%CC%81.png">',
      'logo.png': 'x',
      'caf\u00e9.png': 'x',
    });
    const wrong = problems.filter(({ code }) => code === 'miscased-reference');
    expect(wrong).toMatchObject([{ severity: 'error' }, { severity: 'error' }]);
    expect(wrong.map(({ message }) => /differ in (.*)\)/.exec(message)?.[1])).toEqual([
      'upper and lower case',
      'Unicode form',
    ]);
  });

  it('are not guessed from scripts whose addresses depend on the page', async () => {
    const problems = await check({
      'index.html': '<script src="js/a.js"></script>',
      'js/a.js': 'fetch("list.json"); const name = "/img/gone.png";',
    });
    expect(problems).toEqual([]);
  });
});

describe('the other findings', () => {
  it('are twins, unreferenced assets and insecure subresources', async () => {
    const problems = await check(
      {
        'index.html':
          '<img src="a.png"><script src="http://cdn.example.com/x.js"></script><a href="http://example.com/">ok</a>',
        'a.png': 'x',
        'b.png': 'x',
        'favicon.ico': 'x',
        'paper.pdf': 'x',
      },
      (path) => path === 'favicon.ico',
    );
    expect(problems.map(({ code, file, severity }) => [code, file, severity])).toEqual([
      ['mixed-content', 'index.html', 'warning'],
      ['unreferenced', 'b.png', 'note'],
    ]);
  });

  it('are none for a sound site', async () => {
    const problems = await check({
      'index.html': '<img src="a.png"><img src="http://localhost:3000/x.png"><a href="docs/">d</a>',
      'docs/index.html': '<a href="..">up</a>',
      'a.png': 'x',
    });
    expect(problems).toEqual([]);
  });
});
