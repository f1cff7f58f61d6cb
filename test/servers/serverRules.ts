/** One site with rules, and what is asked of whoever serves it. */
import { brotliCompressSync, gzipSync } from 'node:zlib';

const filler = ' and more'.repeat(100);

/** Path and content type; the content names the path. */
export const files: readonly (readonly [path: string, contentType: string])[] = [
  ['index.html', 'text/html; charset=utf-8'],
  ['404.html', 'text/html; charset=utf-8'],
  ['file.html', 'text/html; charset=utf-8'],
  ['folder/index.html', 'text/html; charset=utf-8'],
  ['folder/page.html', 'text/html; charset=utf-8'],
  ['both.html', 'text/html; charset=utf-8'],
  ['both/index.html', 'text/html; charset=utf-8'],
  ['latin1.html', 'text/html'],
  ['v1.2/index.html', 'text/html; charset=utf-8'],
  ['über/a b.html', 'text/html; charset=utf-8'],
  ['LICENSE', 'text/plain; charset=utf-8'],
  ['app.js', 'text/javascript; charset=utf-8'],
  ['app.mjs', 'text/javascript; charset=utf-8'],
  ['style.css', 'text/css; charset=utf-8'],
  ['data.json', 'application/json; charset=utf-8'],
  ['site.webmanifest', 'application/manifest+json; charset=utf-8'],
  ['feed.xml', 'application/xml; charset=utf-8'],
  ['img/a.png', 'image/png'],
  ['taken.html', 'text/html; charset=utf-8'],
  ['archive.tar.gz', 'application/gzip'],
  ['a$b.html', 'text/html; charset=utf-8'],
];
export const paths = files.map(([path]) => path);
export const usual = 'public, max-age=0, must-revalidate';
export const cacheControlOf = (path: string): string => (path === 'data.json' ? 'public, max-age=60' : usual);

export const contentOf = (path: string): Buffer => Buffer.from(`<p>${path}${filler}`);

/** With the forms that were compressed beforehand. */
export function listStored(): readonly { name: string; path: string; body: Buffer; encoding?: string; type: string }[] {
  return files.flatMap(([path, type]) => {
    const body = contentOf(path);
    const plain = { name: path, path, body, type };
    if (!/\.(html|css|m?js|json|xml|webmanifest)$/.test(path)) return [plain];
    return [
      plain,
      { name: `${path}.gz`, path, body: gzipSync(body), type, encoding: 'gzip' },
      { name: `${path}.br`, path, body: brotliCompressSync(body), type, encoding: 'br' },
    ];
  });
}

export const redirects = `
/old /file.html 302
/old-home /
/query id=:id /by-id/:id 308
/query kind=a b=c /both-given 302
/query /by-nothing 303
/news/:year/:month /archive/:year-:month.html
/blog/* https://blog.example.com/:splat
/blog/special /never 301
/%c3%bc /umlaut 307
/sp%20ace /with#fragment 301
/taken.html /b 301!
/file.html /shadowed 301
/img/* /c 302
/folder/* /d 307
/both/* /e?x=1 301!
/app/* /file.html 200
/start / 200
/help /folder 200
/page/:name /folder/:name.html 200
/open u=:u /:u 302
/away/* /:splat 302
/show p=:p /folder/:p.html 200
/deep/:a/:b/* /x/:splat/:b/:a 301
/do$llar /pri$ce?a=$1 301
/quote"s\\x /q%22 301
/early /first 301
/ear* /second 301
/early2 /third 301
`
  .split('\n')
  .filter((line) => !line.startsWith('/ear*'))
  .join('\n');

export const headers = `
/*
  X-All: yes
  X-Frame-Options: DENY
/folder/*
  X-All: folder
  ! X-Frame-Options
/file
  X-Form: without
/folder
  X-Form: folder
/folder/
  X-Slash: yes
/*.css
  Cache-Control: public, max-age=5
  Link: </a.png>; rel="preload", <b>
/app.js
  X-Odd: a\\b 100% $uri %{X}e
/über/*
  X-Umlaut: yes
/data.json
  X-All: data
`;

export const addresses: readonly string[] = [
  '/',
  '/index.html',
  '/index',
  '/?a=b',
  '/file',
  '/file.html',
  '/file/',
  '/file/index.html',
  '/folder',
  '/folder?a=b&c',
  '/folder/',
  '/folder.html',
  '/folder/index.html',
  '/folder/index',
  '/folder/page',
  '/folder/page.html',
  '/folder/page/',
  '/both',
  '/both/',
  '/both.html',
  '/both/index.html',
  '/latin1.html',
  '/latin1',
  '/v1.2',
  '/v1.2/',
  '/%C3%BCber/a%20b.html',
  '/%C3%BCber/a%20b',
  '/LICENSE',
  '/license',
  '/app.js',
  '/app.mjs',
  '/style.css',
  '/data.json',
  '/site.webmanifest',
  '/feed.xml',
  '/img/a.png',
  '/img/',
  '/img/gone.png',
  '/archive.tar.gz',
  '/a$b.html',
  '/404.html',
  '/missing',
  '/missing/',
  '/missing.html',
  '/file.html/more',
  '/old',
  '/old?a=b',
  '/old/',
  '/old-home',
  '/query',
  '/query?id=7',
  '/query?x=1&id=a%2Fb&y',
  '/query?xid=7',
  '/query?kind=a&b=c',
  '/query?b=c&kind=a',
  '/query?b=d&kind=a',
  '/news/2026/11',
  '/news/2026/11?q=1',
  '/news/2026',
  '/news/2026/11/12',
  '/blog',
  '/blog/',
  '/blog/a/b?c',
  '/blog/%C3%BC%20x',
  '/blog/special',
  '/blogs',
  '/%C3%BC',
  '/%c3%bc',
  '/sp%20ace',
  '/sp%20ace?q=1',
  '/taken.html',
  '/folder/gone',
  '/both/x',
  '/app/any/where',
  '/app',
  '/start',
  '/help',
  '/page/page',
  '/page/gone',
  '/open?u=/evil.example',
  '/open?u=x/y',
  '/away//evil.example',
  '/away/a/b',
  '/show?p=page',
  '/deep/1/2/3/4?z',
  '/do$llar',
  '/quote%22s%5Cx',
  '/early',
  '/early2',
];

/** What is nobody's business, or could name something else than it seems to. */
export const refused: readonly string[] = [
  '/.twinorigin/generation',
  '/.twinorigin/nginx-server.conf',
  '/.TwinOrigin/generation',
  '/.htaccess',
  '/folder/../../../etc/passwd',
  '/folder/%2e%2e/file.html',
  '/folder%2Fpage.html',
  '/show?p=../file',
  '/show?p=..%2Ffile',
  '/show?p=..',
  '/show?p=%2e%2e/file',
];
