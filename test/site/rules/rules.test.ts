import { describe, expect, it } from 'vitest';
import { mostHeaderRules, parseHeaders } from '../../../src/site/rules/headersFile.js';
import { mostPatterns, mostRedirects, parseRedirects } from '../../../src/site/rules/redirectsFile.js';

const redirectOf = (line: string) => {
  const { rules, mistakes } = parseRedirects(line);
  return mistakes[0]?.message ?? { ...rules[0], line: undefined };
};

describe('_redirects', () => {
  it.each([
    ['/old /new', '/old', '/new', 301, false],
    ['  /old\t/new   302  # a comment', '/old', '/new', 302, false],
    ['/old /new 308!', '/old', '/new', 308, true],
    ['/blog/* https://blog.example.com/:splat 301', '/blog/*', 'https://blog.example.com/:splat', 301, false],
    ['/news/:year/:month /archive/:year-:month.html', '/news/:year/:month', '/archive/:year-:month.html', 301, false],
    ['/store id=:id lang=en /shop/:id', '/store?id=:id&lang=en', '/shop/:id', 301, false],
    ['/* /index.html 200', '/*', '/index.html', 200, false],
    ['/%c3%bc /ü', '/%C3%BC', '/%C3%BC', 301, false],
    ['/a https://example.com:8080/b?c=d#e', '/a', 'https://example.com:8080/b?c=d#e', 301, false],
  ])('%s', (line, from, to, status, forced) => {
    // The eighth one leads to itself by another spelling, which only the edge would notice.
    expect(redirectOf(line)).toEqual({ from, to, status, forced, line: undefined });
  });

  it.each([
    ['old /new', /instead of a slash/],
    ['https://old.example/* /new', /begins with a host/],
    ['/old', /nothing of where/],
    ['/old new', /neither a path nor/],
    ['/old //evil.example', /neither a path nor/],
    ['/old javascript:alert(1)', /neither a path nor/],
    ['/:host https://:host/', /neither a path nor/],
    ['/old /new 418', /status "418"/],
    ['/old /new 404', /status "404"/],
    ['/old /new 301 Country=de', /condition Country=de/],
    ['/old Language=de /new', /condition Language=de/],
    ['/old /new 301 more', /after its status/],
    ['/a/*/b /new', /not its last segment/],
    ['/a* /new', /not its last segment/],
    ['/:a/:a /new', /twice/],
    ['/:1 /new', /placeholder :1/],
    ['/a /:b', /:b, which its path/],
    ['/a /b/:splat', /:splat, which needs a \*/],
    ['/api/* https://api.example.com/:splat 200', /another host/],
    ['/a /b?c=d 200', /no query/],
    ['/a /a', /itself/],
    ['/%zz /a', /broken escape/],
    [`/a /${'b'.repeat(1000)}`, /longer than/],
  ])('%s is refused', (line, message) => {
    expect(redirectOf(line)).toMatch(message);
  });

  it('names the line of each mistake, counting comments, empty lines and every kind of line end', () => {
    const { rules, mistakes } = parseRedirects('# first\r\n\r\n/a /b\n/bad\r/a /c\n');
    expect(rules.map(({ line }) => line)).toEqual([3, 5]);
    expect(mistakes.map(({ line }) => line)).toEqual([4, 5]);
    expect(mistakes[1]!.message).toBe('never applies: line 3 has the same address');
  });

  it('has limits', () => {
    const many = (count: number, end: string) => Array.from({ length: count }, (_, n) => `/a${n}${end} /b`).join('\n');
    expect(parseRedirects(many(mostRedirects, '')).mistakes).toEqual([]);
    expect(parseRedirects(many(mostRedirects + 1, '')).mistakes).toMatchObject([{ line: mostRedirects + 1 }]);
    expect(parseRedirects(many(mostPatterns, '/*')).mistakes).toEqual([]);
    expect(parseRedirects(many(mostPatterns + 1, '/*')).mistakes).toMatchObject([{ line: mostPatterns + 1 }]);
  });
});

describe('_headers', () => {
  it('gives paths their headers', () => {
    const { rules, mistakes } = parseHeaders(
      '# all\n/*\n  X-Frame-Options: DENY\n\tReferrer-Policy:no-referrer\n/docs/:name\n  ! X-Frame-Options\n  Link: </a.css>; rel=preload; as=style\n',
    );
    expect(mistakes).toEqual([]);
    expect(rules).toEqual([
      {
        pattern: '/*',
        set: [
          { name: 'x-frame-options', value: 'DENY' },
          { name: 'referrer-policy', value: 'no-referrer' },
        ],
        unset: [],
        line: 2,
      },
      {
        pattern: '/docs/:name',
        set: [{ name: 'link', value: '</a.css>; rel=preload; as=style' }],
        unset: ['x-frame-options'],
        line: 5,
      },
    ]);
  });

  it.each([
    ['  X-A: b', 1, /before any path/],
    ['docs\n  X-A: b', 1, /neither a path nor indented/],
    ['https://a.example/*\n  X-A: b', 1, /begins with a host/],
    ['/a\n/b\n  X-A: b', 1, /sets no header/],
    ['/a\n  nonsense', 2, /is no header/],
    ['/a\n  X A: b', 2, /is no header/],
    ['/a\n  X-A:', 2, /no value/],
    ['/a\n  X-A: ü', 2, /no header may hold/],
    ['/a\n  Content-Encoding: gzip', 2, /belongs to the object/],
    ['/a\n  Set-Cookie: a=b', 2, /belongs to the object/],
    ['/a\n  Basic-Auth: me:secret', 2, /passwords/],
    ['/a*b*\n  X-A: b', 1, /more than one/],
    ['/%zz\n  X-A: b', 1, /broken escape/],
  ])('%j is refused', (text, line, message) => {
    const { mistakes } = parseHeaders(text);
    expect(mistakes[0]).toMatchObject({ line });
    expect(mistakes[0]!.message).toMatch(message);
  });

  it('has a limit', () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => `/a${n}\n  X-A: b`).join('\n');
    expect(parseHeaders(many(mostHeaderRules)).mistakes).toEqual([]);
    expect(parseHeaders(many(mostHeaderRules + 1)).mistakes).toMatchObject([{ line: 2 * mostHeaderRules + 1 }]);
  });
});
