import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CleanUrls } from '../../src/edge/event.js';
import { keysOf } from '../edge/releaseKeys.js';
import { edgeOf, type TestEdge } from './edgeOf.js';

const paths = [
  'index.html',
  'file.html',
  'folder/index.html',
  'folder/page.html',
  'both.html',
  'both/index.html',
  'v1.2/index.html',
  'LICENSE',
  'folder/data.json',
  'über/index.html',
  '404.html',
];

const modes: readonly CleanUrls[] = ['none', 'auto', 'drop', 'force'];
const edges = new Map<CleanUrls, TestEdge>();
beforeAll(async () => {
  for (const mode of modes) {
    const edge = await edgeOf({ keys: keysOf(paths, { urls: mode }) });
    for (const path of paths) await edge.put('pages', path, path, { contentType: 'text/html' });
    edges.set(mode, edge);
  }
});
afterAll(async () => {
  for (const edge of edges.values()) await edge.close();
});

/** `200 file` or `301 address`. */
async function ask(mode: CleanUrls, address: string): Promise<string> {
  const { status, headers, text } = await edges.get(mode)!.ask('www.localhost', address);
  return status === 200
    ? `200 ${text}`
    : headers.location === undefined
      ? String(status)
      : `${status} ${headers.location}`;
}

/** The columns are those of Cloudflare's documentation of `html_handling`, which redirects with 307. */
const table: readonly (readonly [string, string, string, string, string])[] = [
  // address, none, auto, drop, force
  ['/', '200 index.html', '200 index.html', '200 index.html', '200 index.html'],
  ['/index', '404', '301 /', '301 /', '301 /'],
  ['/index.html', '200 index.html', '301 /', '301 /', '301 /'],
  ['/file', '404', '200 file.html', '200 file.html', '301 /file/'],
  ['/file/', '404', '301 /file', '301 /file', '200 file.html'],
  ['/file.html', '200 file.html', '301 /file', '301 /file', '301 /file/'],
  ['/file/index', '404', '301 /file', '301 /file', '301 /file/'],
  ['/file/index.html', '404', '301 /file', '301 /file', '301 /file/'],
  ['/folder', '301 /folder/', '301 /folder/', '200 folder/index.html', '301 /folder/'],
  ['/folder/', '200 folder/index.html', '200 folder/index.html', '301 /folder', '200 folder/index.html'],
  ['/folder.html', '404', '301 /folder/', '301 /folder', '301 /folder/'],
  ['/folder/index', '404', '301 /folder/', '301 /folder', '301 /folder/'],
  ['/folder/index.html', '200 folder/index.html', '301 /folder/', '301 /folder', '301 /folder/'],
  ['/folder/page', '404', '200 folder/page.html', '200 folder/page.html', '301 /folder/page/'],
  ['/folder/page.html', '200 folder/page.html', '301 /folder/page', '301 /folder/page', '301 /folder/page/'],
  ['/folder/data.json', '200 folder/data.json', '200 folder/data.json', '200 folder/data.json', '200 folder/data.json'],
  ['/folder/data.json/', '404', '404', '404', '404'],
  // A page and a folder of one name: each form says which, where the mode leaves two forms.
  ['/both', '301 /both/', '200 both.html', '200 both.html', '301 /both/'],
  ['/both/', '200 both/index.html', '200 both/index.html', '301 /both', '200 both/index.html'],
  ['/both.html', '200 both.html', '301 /both', '301 /both', '301 /both/'],
  ['/both/index.html', '200 both/index.html', '301 /both/', '301 /both', '301 /both/'],
  ['/v1.2', '301 /v1.2/', '301 /v1.2/', '200 v1.2/index.html', '301 /v1.2/'],
  ['/v1.2/', '200 v1.2/index.html', '200 v1.2/index.html', '301 /v1.2', '200 v1.2/index.html'],
  ['/LICENSE', '200 LICENSE', '200 LICENSE', '200 LICENSE', '200 LICENSE'],
  ['/LICENSE/', '404', '404', '404', '404'],
  ['/%C3%BCber', '301 /%C3%BCber/', '301 /%C3%BCber/', '200 über/index.html', '301 /%C3%BCber/'],
  ['/%c3%bcber/index.html', '200 über/index.html', '301 /%C3%BCber/', '301 /%C3%BCber', '301 /%C3%BCber/'],
  ['/nothing', '404', '404', '404', '404'],
  ['/nothing/', '404', '404', '404', '404'],
  ['/nothing.html', '404', '404', '404', '404'],
  ['/nothing/index.html', '404', '404', '404', '404'],
  ['/FILE.HTML', '404', '404', '404', '404'],
  // The query comes along.
  [
    '/folder?a=1&b=%2F&a=2',
    '301 /folder/?a=1&a=2&b=%2F',
    '301 /folder/?a=1&a=2&b=%2F',
    '200 folder/index.html',
    '301 /folder/?a=1&a=2&b=%2F',
  ],
  // Double slashes.
  ['//', '404', '301 /', '301 /', '301 /'],
  ['//folder//', '404', '301 /folder/', '301 /folder/', '301 /folder/'],
  ['/folder//page.html', '404', '301 /folder/page.html', '301 /folder/page.html', '301 /folder/page.html'],
  // What would lead to another host, if it were repeated in a Location header as it came.
  ['//evil.example', '404', '301 /evil.example', '301 /evil.example', '301 /evil.example'],
  ['//evil.example/', '404', '301 /evil.example/', '301 /evil.example/', '301 /evil.example/'],
  ['//evil.example/%2e%2e', '400', '400', '400', '400'],
  ['///evil.example/folder', '404', '301 /evil.example/folder', '301 /evil.example/folder', '301 /evil.example/folder'],
  ['/%5Cevil.example', '404', '404', '404', '404'],
  ['/%5cevil.example/', '404', '404', '404', '404'],
  ['/\\evil.example', '400', '400', '400', '400'],
  // Encoded slashes and what is no address.
  ['/folder%2Fpage.html', '400', '400', '400', '400'],
  ['/folder%2f', '400', '400', '400', '400'],
  ['/folder%2Findex.html', '400', '400', '400', '400'],
  ['/%2e%2e/file.html', '400', '400', '400', '400'],
  ['/file%00.html', '400', '400', '400', '400'],
  ['/file%0d%0aSet-Cookie:%20a=b', '400', '400', '400', '400'],
  ['/%ff', '400', '400', '400', '400'],
  // Records are nobody's business.
  ['/.twinorigin/current.json', '404', '404', '404', '404'],
];

describe.each(modes.map((mode, column) => ({ mode, column: column + 1 })))(
  'clean addresses: $mode',
  ({ mode, column }) => {
    it.each(table.map((row) => [row[0], row[column]!]))('%s answers %s', async (address, answer) => {
      expect(await ask(mode, address)).toBe(answer);
    });

    it('every redirect leads to an answer in one step, and none leaves the host', async () => {
      for (const [address] of table) {
        const first = await edges.get(mode)!.ask('www.localhost', address);
        const { location } = first.headers;
        if (location === undefined) continue;
        expect(location).toMatch(/^\/(?![/\\])/);
        const second = await edges.get(mode)!.ask('www.localhost', location);
        const isCollapsed = address.replace(/\?.*/, '').includes('//');
        if (!isCollapsed) expect(second.status, `${address} to ${location}`).toBe(200);
      }
    });
  },
);

it('a redirect is not kept: another mode may be chosen later', async () => {
  const { headers } = await edges.get('auto')!.ask('www.localhost', '/folder');
  expect(headers['cache-control']).toBe('no-cache');
});
