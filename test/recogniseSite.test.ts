import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../src/config.js';
import { openRecognition, type KnownBuild } from '../src/recogniseSite.js';
import { digestOf } from '../src/site/names.js';
import type { Site, SiteFile } from '../src/site/site.js';
import { siteOf } from './siteOf.js';

let cacheDir: string;
beforeEach(() => {
  cacheDir = mkdtempSync(join(tmpdir(), 'twinorigin-recognition-'));
});
afterEach(() => {
  rmSync(cacheDir, { recursive: true });
});

const site = siteOf({ 'index.html': '<img src="a.png">', 'a.png': 'picture' });
const build: KnownBuild = { root: digestOf('root'), objects: 5, bytes: { source: 24, stored: 30 }, problems: [] };
/** Only its text and the folder of the cache matter here. */
const configOf = (more: object = {}) => ({ site: 'dist', cacheDir, ...more }) as unknown as Config;
const replaced = (change: (file: SiteFile) => SiteFile): Site => ({
  ...site,
  files: new Map([...site.files].map(([path, file]) => [path, path.endsWith('.png') ? change(file) : file])),
});

describe('recognising a site', () => {
  it('works for the same site, configuration and program, and for nothing else', () => {
    openRecognition(configOf(), site, 'one').remember(build);
    expect(openRecognition(configOf(), site, 'one').recall()).toEqual(build);
    const others: readonly [string, Config, Site, string][] = [
      ['program', configOf(), site, 'two'],
      ['configuration', configOf({ encodings: 'gzip' }), site, 'one'],
      ['content', configOf(), replaced((file) => ({ ...file, digest: digestOf('other') })), 'one'],
      ['type', configOf(), replaced((file) => ({ ...file, mediaType: 'image/webp' })), 'one'],
      ['charset', configOf(), replaced((file) => ({ ...file, charset: 'utf-8' })), 'one'],
      ['name', configOf(), siteOf({ 'index.html': '<img src="a.png">', 'b.png': 'picture' }), 'one'],
      ['one file less', configOf(), siteOf({ 'index.html': '<img src="a.png">' }), 'one'],
      ['rules', configOf(), { ...site, rules: { redirects: [], headers: [] } }, 'one'],
      ['notes', configOf(), { ...site, problems: [{ code: 'x', severity: 'note', message: 'm' }] }, 'one'],
    ];
    for (const [what, ...given] of others) expect(openRecognition(...given).recall(), what).toBeUndefined();
  });

  it('forgets the last build of a configuration for the next, and keeps those of others', () => {
    const other = { ...build, root: digestOf('other') };
    openRecognition(configOf(), site, 'one').remember(build);
    openRecognition(configOf({ port: 1 }), site, 'one').remember(other);
    expect(openRecognition(configOf(), site, 'one').recall()).toEqual(build);
    expect(openRecognition(configOf({ port: 1 }), site, 'one').recall()).toEqual(other);
  });

  it('takes no notice of a damaged memory', () => {
    openRecognition(configOf(), site, 'one').remember(build);
    for (const name of readdirSync(cacheDir)) writeFileSync(join(cacheDir, name), '{"key":');
    expect(openRecognition(configOf(), site, 'one').recall()).toBeUndefined();
  });
});
