import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { withSite } from './temporarySite.js';

describe('a folder as a web server', () => {
  it('answers a directory with its index and sends the slash', () =>
    withSite({ 'docs/index.html': 'docs' }, async ({ url }) => {
      expect(await (await fetch(`${url}/docs/`)).text()).toBe('docs');
      const bare = await fetch(`${url}/docs?a=1`, { redirect: 'manual' });
      expect([bare.status, bare.headers.get('location')]).toEqual([301, '/docs/?a=1']);
    }));

  it('answers what is not there with 404.html and status 404', () =>
    withSite({ '404.html': 'uncharted' }, async ({ url }) => {
      const answer = await fetch(`${url}/nowhere.png`);
      expect([answer.status, await answer.text()]).toEqual([404, 'uncharted']);
    }));

  it('names a charset only for bytes that are UTF-8', () =>
    withSite({ 'utf8.html': 'Ærøy', 'latin.html': Buffer.from('Ærøy', 'latin1'), 'a.png': 'x' }, async ({ url }) => {
      const typeOf = async (path: string): Promise<string | null> =>
        (await fetch(`${url}/${path}`)).headers.get('content-type');
      expect(await typeOf('utf8.html')).toBe('text/html; charset=utf-8');
      expect(await typeOf('latin.html')).toBe('text/html');
      expect(await typeOf('a.png')).toBe('image/png');
    }));

  it('finds names with spaces, percent signs and letters of any alphabet', () =>
    withSite({ '50% ebb+flow (1).txt': 'ebb', '海図.txt': 'chart' }, async ({ url }) => {
      expect(await (await fetch(`${url}/50%25%20ebb+flow%20(1).txt`)).text()).toBe('ebb');
      expect(await (await fetch(`${url}/%E6%B5%B7%E5%9B%B3.txt`)).text()).toBe('chart');
    }));

  it('sends parts of a file', () =>
    withSite({ 'film.mp4': '0123456789' }, async ({ url }) => {
      const part = await fetch(`${url}/film.mp4`, { headers: { range: 'bytes=2-4' } });
      expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 2-4/10', '234']);
      expect((await fetch(`${url}/film.mp4`, { headers: { range: 'bytes=10-' } })).status).toBe(416);
    }));

  it('never leaves its folder', () =>
    withSite({ 'index.html': 'home' }, async ({ url }) => {
      for (const path of ['/..%2f..%2fetc%2fpasswd', '/%2e%2e/%2e%2e/etc/passwd', '/%00', '/%ff']) {
        const status = await new Promise<number | undefined>((done, fail) => {
          request(`${url}/`, { path }, (answer) => {
            answer.resume();
            done(answer.statusCode);
          })
            .on('error', fail)
            .end();
        });
        expect([400, 404], path).toContain(status);
      }
    }));
});
