import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readRules } from '../../src/site/rules/readRules.js';
import { writeIisRules } from '../../src/webserver/iis.js';
import type { ServedSite } from '../../src/webserver/site.js';

function siteOf(redirects: string, headers = '', urls: ServedSite['urls'] = 'none'): ServedSite {
  const files = new Map([
    ['_redirects', redirects],
    ['_headers', headers],
  ]);
  const { rules, problems } = readRules(files);
  expect(problems).toEqual([]);
  const served = { contentType: 'text/html; charset=utf-8', cacheControl: 'public, max-age=0' };
  return { urls, ...rules, missingPage: '404.html', files: [{ path: 'index.html', ...served }] };
}

/** The rules as a reader of XML sees them: name, expression, conditions, action. */
function read(text: string): unknown[] {
  const script = `
import json, sys, xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
assert root.tag == 'configuration', root.tag
print(json.dumps([{ 'match': rule.find('match').attrib, 'action': rule.find('action').attrib,
  'conditions': [one.attrib for one in rule.iter('add')] } for rule in root.iter('rule')]))`;
  return JSON.parse(execFileSync('python3', ['-c', script], { input: text, encoding: 'utf8' })) as unknown[];
}

describe('rules for IIS', () => {
  it('are XML, with every kind of redirect', () => {
    const redirects = `/old /new 302\n/a<b&c /"d"?x=1&y=2 301\n/blog/* https://blog.example.com/:splat 308
/news/:year/:month /archive/:year-:month\n/q id=:id /by/:id 303\n/app/* /app.html 200!\n/temp /x 307\n`;
    const rules = read(writeIisRules(siteOf(redirects)));
    const of = (pattern: string) => rules.find((rule) => (rule as { match: { url?: string } }).match.url === pattern);
    expect(of('^old$')).toMatchObject({ action: { type: 'Redirect', url: '/new', redirectType: 'Found' } });
    expect(of('^temp$')).toMatchObject({ action: { redirectType: 'Temporary' } });
    expect(of('^a<b&c$')).toMatchObject({ action: { url: '/"d"?x=1&y=2', appendQueryString: 'false' } });
    expect(of('^blog(?:/(.*))?$')).toMatchObject({
      action: { url: 'https://blog.example.com/{R:1}', redirectType: 'Permanent', appendQueryString: 'true' },
    });
    expect(of('^news/([^/]+)/([^/]+)$')).toMatchObject({ action: { url: '/archive/{R:1}-{R:2}' } });
    expect(of('^q$')).toMatchObject({
      action: { url: '/by/{C:1}', redirectType: 'SeeOther' },
      conditions: [{ input: '{QUERY_STRING}', pattern: '(?:^|&)id(?:=([^&]*))?(?:&|$)' }, {}, {}],
    });
    // One that insists asks for no file.
    expect(of('^app(?:/(.*))?$')).toEqual({
      match: { url: '^app(?:/(.*))?$', ignoreCase: 'false' },
      action: { type: 'Rewrite', url: '/app.html' },
      conditions: [],
    });
  });

  it('add up headers, and say how long an answer is kept where the site does not', () => {
    const headers = '/*\n  X-A: one\n/docs/*\n  X-A: two\n  ! X-B\n/x\n  Cache-Control: no-store\n';
    const rules = read(writeIisRules(siteOf('', headers))) as {
      match: { serverVariable?: string };
      action: { value?: string };
    }[];
    const values = (name: string) =>
      rules.filter(({ match }) => match.serverVariable === name).map(({ action }) => action.value);
    expect(values('RESPONSE_x_a')).toEqual(['{R:0}, one', 'one', '{R:0}, two', 'two']);
    expect(values('RESPONSE_x_b')).toEqual(['']);
    expect(values('RESPONSE_cache_control')).toEqual(['{R:0}, no-store', 'no-store', 'public, max-age=0']);
  });

  it('know clean addresses, and refuse modes that they do not', () => {
    const text = writeIisRules(siteOf('', '', 'auto'));
    expect(read(text)).toContainEqual(expect.objectContaining({ action: { type: 'Rewrite', url: '/{R:1}.html' } }));
    expect(() => writeIisRules(siteOf('', '', 'drop'))).toThrow(/"drop" cannot be written for IIS/);
  });
});
