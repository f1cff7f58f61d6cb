import { describe, expect, it } from 'vitest';
import { parseRedirects } from '../../src/site/rules/redirectsFile.js';
import { orderRedirects } from '../../src/webserver/order.js';
import type { ServedSite } from '../../src/webserver/site.js';

function order(text: string, urls: ServedSite['urls'] = 'none') {
  const { rules, mistakes } = parseRedirects(text);
  expect(mistakes).toEqual([]);
  const served = { contentType: 'text/html', cacheControl: '' };
  const files = ['about.html', 'docs/index.html'].map((path) => ({ path, ...served }));
  const { exact, tried } = orderRedirects({ redirects: rules, files, urls });
  return {
    exact: exact.map(({ from }) => from),
    tried: tried.map(({ from, status }) => (status === undefined ? `not ${from}` : from)),
  };
}

describe('redirects for a web server', () => {
  it('of single addresses are looked up, those with patterns tried in order', () => {
    expect(order('/a /b\n/x/* /y\n/c /d\n/n/:m /o\n')).toEqual({ exact: ['/a', '/c'], tried: ['/x/*', '/n/:m'] });
  });

  it('leave out what the site has, unless they insist', () => {
    expect(order('/about.html /b\n/docs/ /b\n').exact).toEqual([]);
    expect(order('/about.html /b 301!\n').exact).toEqual(['/about.html']);
    expect(order('/about /about.html\n').exact).toEqual(['/about']);
    expect(order('/about /b\n', 'auto').exact).toEqual([]);
  });

  it('keep the order of the file where a pattern and a single address meet', () => {
    expect(order('/x/* /y\n/x/1 /z\n')).toEqual({ exact: [], tried: ['/x/*'] });
    expect(order('/x/1 /z\n/x/* /y\n')).toEqual({ exact: ['/x/1'], tried: ['not /x/1', '/x/*'] });
    expect(order('/x q=1 /y\n/x /z\n')).toEqual({ exact: [], tried: ['/x?q=1', '/x'] });
  });
});
