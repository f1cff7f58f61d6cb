import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import {
  redirectOf,
  writeAllRedirects,
  writeApache,
  writeCloudFrontFunction,
  writeIis,
  writeNginx,
  writeRedirectsFile,
} from '../../../src/report/redirects/index.js';

const redirects = [
  redirectOf('/old.html', '/new.html'),
  redirectOf('/page.php', '/page-2.html', { query: 'id=2' }),
  redirectOf('/page.php', '/page.html'),
  redirectOf('/with space/ü.html', 'https://images.acme.com/%C3%BC.html'),
  redirectOf('/moved', '/elsewhere', { status: 302 }),
  redirectOf('/a"b\\c.+*$1.html', '/x%20y$z.html'),
];

interface CloudFrontRequest {
  readonly uri: string;
  readonly querystring: Record<string, { value: string; multiValue?: { value: string }[] }>;
}

function ask(code: string, uri: string, querystring: CloudFrontRequest['querystring'] = {}): string {
  const handler = runInNewContext(`${code}; handler`) as (event: { request: CloudFrontRequest }) => {
    statusCode?: number;
    headers?: { location: { value: string } };
    uri?: string;
  };
  const answer = handler({ request: { uri, querystring } });
  return answer.statusCode === undefined
    ? `pass ${answer.uri}`
    : `${answer.statusCode} ${answer.headers?.location.value}`;
}

describe('a redirect', () => {
  it('refuses what could break out of a configuration file', () => {
    expect(() => redirectOf('/a\nb', '/c')).toThrow(RangeError);
    expect(() => redirectOf('a', '/c')).toThrow(RangeError);
    expect(redirectOf('/a', '/c\n"d\' $1').to).toBe('/c%0A%22d%27%20%241');
  });
  it('that leads to itself is left out, and of two for one address the first holds', () => {
    expect(writeRedirectsFile([redirectOf('/a', '/a'), redirectOf('/b', '/c'), redirectOf('/b', '/d')])).toBe(
      '/b /c 301\n',
    );
  });
});

describe('redirects for CloudFront', () => {
  const { code, fits } = writeCloudFrontFunction(redirects);
  it('answer old addresses however they are encoded, and let everything else pass', () => {
    expect(fits).toBe(true);
    expect(ask(code, '/old.html')).toBe('301 /new.html');
    expect(ask(code, '/old.html', { utm: { value: 'x' } })).toBe('301 /new.html');
    expect(ask(code, '/page.php', { id: { value: '2' } })).toBe('301 /page-2.html');
    expect(ask(code, '/page.php', { id: { value: '3' } })).toBe('301 /page.html');
    expect(ask(code, '/with%20space/%c3%bc.html')).toBe('301 https://images.acme.com/%C3%BC.html');
    expect(ask(code, '/moved')).toBe('302 /elsewhere');
    expect(ask(code, '/a%22b%5Cc.+*$1.html')).toBe('301 /x%20y%24z.html');
    expect(ask(code, '/new.html')).toBe('pass /new.html');
    expect(ask(code, '/%zz')).toBe('pass /%zz');
    expect(ask(code, '/__proto__')).toBe('pass /__proto__');
    expect(ask(code, 'constructor')).toBe('pass constructor');
  });
  it('say when the table is too large for a function', () => {
    const many = Array.from({ length: 500 }, (_, at) => redirectOf(`/old/${at}.html`, `/new/${at}.html`));
    expect(writeCloudFrontFunction(many).fits).toBe(false);
  });
});

describe('redirects for nginx', () => {
  it('are maps, with the query where there is one, and room for long keys', () => {
    const { http: text, server } = writeNginx([...redirects, redirectOf(`/${'x'.repeat(300)}`, '/y')]);
    expect(text).toContain('map_hash_bucket_size 512;');
    expect(text).toContain('    "/old.html" "/new.html";\n');
    expect(text).toContain(
      'map "$uri?$args" $twinorigin_query_301 {\n    default "";\n    "/page.php?id=2" "/page-2.html";\n}',
    );
    expect(text).toContain('    "/a\\"b\\\\c.+*$1.html" "/x%20y%24z.html";\n');
    expect(server.indexOf('if ($twinorigin_query_301)')).toBeLessThan(server.indexOf('if ($twinorigin_path_301)'));
    expect(server).toContain('if ($twinorigin_path_302) { return 302 $twinorigin_path_302; }');
  });
});

describe('redirects for Apache', () => {
  it('match the whole path, special characters as they are', () => {
    const text = writeApache(redirects);
    expect(text).toContain('RewriteRule "^/?old\\.html$" "/new.html" [R=301,L,NE]\n');
    expect(text).toContain(
      'RewriteCond %{QUERY_STRING} "^id=2$"\nRewriteRule "^/?page\\.php$" "/page-2.html" [R=301,L,NE,QSD]\n',
    );
    expect(text).toContain('"https://images.acme.com/\\%C3\\%BC.html"');
    const [, pattern = ''] = /RewriteRule "(\^\/\?a(?:[^"]|\\")*)" "/.exec(text) ?? [];
    expect(new RegExp(pattern.replace(/\\"/g, '"')).test('/a"b\\c.+*$1.html')).toBe(true);
  });
});

describe('redirects for IIS', () => {
  it('are rewrite maps without a key twice', () => {
    const text = writeIis([...redirects, redirectOf('/OLD.html', '/other.html')]);
    expect(text.match(/old\.html/gi)).toHaveLength(1);
    expect(text).toContain('<add key="/page.php?id=2" value="/page-2.html" />');
    expect(text).toContain('<add key="/a&quot;b\\c.+*$1.html" value="/x%20y%24z.html" />');
    expect(text).toContain('redirectType="Found"');
    expect(text.match(/<rule /g)).toHaveLength(3);
  });
});

describe('redirects as a file', () => {
  it('are one line each, encoded', () => {
    expect(writeRedirectsFile(redirects).split('\n')).toEqual([
      '/page.php id=2 /page-2.html 301',
      '/a%22b%5Cc.%2B%2A%241.html /x%20y%24z.html 301',
      '/moved /elsewhere 302',
      '/old.html /new.html 301',
      '/page.php /page.html 301',
      '/with%20space/%C3%BC.html https://images.acme.com/%C3%BC.html 301',
      '',
    ]);
  });
  it('come in every format at once', () => {
    expect(Object.keys(writeAllRedirects(redirects))).toEqual([
      'nginx-http.conf',
      'nginx-server.conf',
      '.htaccess',
      'web.config',
      'cloudfront-function.js',
      '_redirects',
    ]);
  });
});
