import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig, type ConfigRequest } from '../../src/cli/loadConfig.js';
import { PublishError } from '../../src/errors.js';

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'config-')));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(files: Readonly<Record<string, string | object>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  }
}

function load(request: Partial<ConfigRequest> = {}) {
  return loadConfig({ flags: [], needsSite: true, cwd: folder, env: { HOME: folder }, ...request });
}

async function fail(request: Partial<ConfigRequest> = {}): Promise<PublishError> {
  const error: unknown = await load(request).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PublishError)) throw new Error(`expected a PublishError, got ${String(error)}`);
  return error;
}

const flag = (name: string, path: string[], value: unknown) => ({ flag: name, path, value });
const buckets = {
  images: { bucket: 'acme-images', url: 'https://images.acme.com' },
  resources: { bucket: 'acme-resources', url: 'https://static.acme.com/' },
  pages: { bucket: 'acme-www', url: 'https://www.acme.com' },
};

describe('the layers of the configuration', () => {
  it('prefers a flag to the environment, the environment to the file, the file to the default', async () => {
    write({ 'twinorigin.config.json': { site: 'a', concurrency: 1, port: 1001, guard: { deletes: 1 } } });
    const env = { HOME: folder, TWINORIGIN_PORT: '1002', TWINORIGIN_CONCURRENCY: '2' };
    const { config } = await load({ env, flags: [flag('--port', ['port'], 1003)] });
    expect(config).toMatchObject({ port: 1003, concurrency: 2, compression: 'best' });
    expect(config.guard).toEqual({ deletes: 1, index: true });
  });

  it('takes nested settings, numbers, truth values and lists from the environment', async () => {
    const env = {
      HOME: folder,
      TWINORIGIN_SITE: 'web',
      TWINORIGIN_GUARD_INDEX: 'false',
      TWINORIGIN_GUARD_DELETES: '10%',
      TWINORIGIN_IGNORE: 'drafts/**, *.psd',
      TWINORIGIN_RULES: '[{"match":"a/**","fingerprint":false}]',
      TWINORIGIN_ORIGINS_IMAGES_BUCKET: 'other-images',
    };
    write({ 'twinorigin.config.json': { origins: buckets } });
    const { config } = await load({ env });
    expect(config.site).toBe(join(folder, 'web'));
    expect(config.guard).toEqual({ deletes: '10%', index: false });
    expect(config.ignore).toEqual(['drafts/**', '*.psd']);
    expect(config.rules).toEqual([{ match: 'a/**', fingerprint: false }]);
    expect(config.origins.images).toEqual({ bucket: 'other-images', url: 'https://images.acme.com' });
  });

  it('takes paths of the file from its folder, and those of flags from the working directory', async () => {
    write({ 'twinorigin.config.json': { site: 'dist', cacheDir: 'cache' }, 'deep/er/x': '' });
    const cwd = join(folder, 'deep/er');
    const fromFile = await load({ cwd });
    expect(fromFile.config).toMatchObject({
      base: folder,
      site: join(folder, 'dist'),
      cacheDir: join(folder, 'cache'),
    });
    const fromFlag = await load({ cwd, flags: [flag('[site]', ['site'], 'dist')] });
    expect(fromFlag.config.site).toBe(join(cwd, 'dist'));
  });

  it.each([
    ['twinorigin.config.json', '{ // a comment\n "site": "dist", }'],
    ['twinorigin.config.mjs', 'export default { site: "dist" };'],
    ['package.json', '{ "name": "x", "twinorigin": { "site": "dist" } }'],
    ['conf/mine.json', '{ "site": "../dist" }'],
  ])('reads %s', async (name, text) => {
    write({ [name]: text });
    const { config, file } = await load(name.startsWith('conf') ? { file: name } : {});
    expect(config.site).toBe(join(folder, 'dist'));
    expect(file).toBe(name);
  });

  it('tells about a variable that is no setting, and suggests the one that was meant', async () => {
    write({ 'dist/index.html': '' });
    const { notes } = await load({ env: { HOME: folder, TWINORIGIN_CONCURENCY: '3' } });
    expect(notes[0]).toBe(
      'TWINORIGIN_CONCURENCY is not a setting and is ignored; did you mean TWINORIGIN_CONCURRENCY?',
    );
  });
});

describe('defaults', () => {
  it('plays everything on this machine without origins', async () => {
    const { config } = await load({ flags: [flag('[site]', ['site'], 'x'), flag('--port', ['port'], 5001)] });
    expect(config.origins.images).toEqual({
      directory: join(folder, '.twinorigin/images'),
      url: 'http://images.localhost:5001',
      edge: true,
    });
    expect(config.origins.pages.url).toBe('http://www.localhost:5001');
    expect(config.encodings).toBe('negotiate');
  });

  it('stores gzip for buckets, and nothing compressed for a folder of a plain web server', async () => {
    const flags = [flag('[site]', ['site'], 'x')];
    write({ 'twinorigin.config.json': { origins: buckets } });
    expect((await load({ flags })).config).toMatchObject({
      encodings: 'gzip',
      origins: { resources: { url: 'https://static.acme.com' } },
    });
    const pages = { directory: '../www', url: 'https://www.acme.com' };
    write({ 'twinorigin.config.json': { origins: { ...buckets, pages } } });
    expect((await load({ flags })).config).toMatchObject({
      encodings: 'none',
      origins: { pages: { edge: false, directory: join(dirname(folder), 'www') } },
    });
  });

  it('takes the only usual output folder with an index.html, and says so', async () => {
    write({ '_site/index.html': '', 'public/logo.png': '' });
    const { config, notes } = await load();
    expect(config.site).toBe(join(folder, '_site'));
    expect(notes).toEqual([expect.stringContaining('site folder: _site')]);
  });

  it('refuses to choose between two output folders', async () => {
    write({ 'dist/index.html': '', 'build/index.html': '' });
    const error = await fail();
    expect([error.code, error.exitCode]).toEqual(['usage', 2]);
    expect(error.message).toContain('dist, build');
  });

  it('asks for a folder where there is none, but only of commands that need one', async () => {
    expect((await fail()).code).toBe('usage');
    expect((await load({ needsSite: false })).config.base).toBe(folder);
  });

  it('keeps its cache beside the caches of the project, else where the system keeps them', async () => {
    const flags = [flag('[site]', ['site'], 'x')];
    expect((await load({ flags, env: { XDG_CACHE_HOME: '/xdg' } })).config.cacheDir).toMatch(/twinorigin$/i);
    write({ 'node_modules/x/y': '' });
    expect((await load({ flags })).config.cacheDir).toBe(join(folder, 'node_modules/.cache/twinorigin'));
  });
});

describe('mistakes', () => {
  const mistakes: readonly [name: string, content: string, line: number, message: string][] = [
    ['an unknown key', '{\n  "stie": "dist"\n}', 2, 'unknown setting stie; did you mean "site"?'],
    ['a far-off key', '{\n\n  "frobnicate": 1\n}', 3, 'unknown setting frobnicate'],
    [
      'an unknown nested key',
      '{\n  "guard": {\n    "delets": 3\n  }\n}',
      3,
      'unknown setting guard.delets; did you mean "deletes"?',
    ],
    [
      'a wrong choice',
      '{\n  "encodings": "brotli"\n}',
      2,
      'encodings is "brotli", but must be "negotiate", "gzip" or "none"',
    ],
    ['a wrong type', '{\n  "integrity": "yes"\n}', 2, 'integrity is "yes", but must be true or false'],
    ['a number out of range', '{\n  "port": 0\n}', 2, 'port is 0, but must be at least 1'],
    [
      'a wrong share',
      '{ "guard": { "deletes": "many" } }',
      1,
      'guard.deletes is "many", but must be a number, or a share such as "25%"',
    ],
    [
      'a misspelt key of an origin',
      `{\n "origins": {\n  "images": { "buckt": "acme", "url": "https://a.b" },\n  "resources": { "directory": "r" },\n  "pages": { "directory": "p" } } }`,
      3,
      'unknown setting origins.images.buckt; did you mean "bucket"?',
    ],
    [
      'a missing origin',
      '{\n "origins": {\n  "images": { "directory": "i" },\n  "pages": { "directory": "p" } } }',
      2,
      'origins.resources is missing',
    ],
    [
      'an origin that is no object',
      '{ "origins": { "images": "x", "resources": { "directory": "r" }, "pages": { "directory": "p" } } }',
      1,
      'origins.images is "x", but must be an object',
    ],
    ['a rule without a pattern', '{\n "rules": [\n  { "fingerprint": false }\n ] }', 3, 'rules[0].match is missing'],
    [
      'a pattern that is no text',
      '{\n "rules": [\n  { "match": 1 }\n ] }',
      3,
      'rules[0].match is 1, but must be a string or a list',
    ],
  ];
  it.each(mistakes)('names %s, its line and what was meant', async (_name, content, line, message) => {
    write({ 'twinorigin.config.json': content, 'dist/index.html': '' });
    const error = await fail();
    expect(error).toMatchObject({ code: 'config-invalid', exitCode: 2, file: 'twinorigin.config.json', line, message });
  });

  it('lists several mistakes in one error, each with its place', async () => {
    write({ 'twinorigin.config.json': '{\n  "stie": "dist",\n  "port": "x"\n}', 'dist/index.html': '' });
    const error = await fail({ env: { HOME: folder, TWINORIGIN_CONCURRENCY: 'lots' } });
    expect(error.message).toBe('3 settings are wrong');
    expect(error.items).toEqual([
      'TWINORIGIN_CONCURRENCY: concurrency is "lots", but must be a number',
      'twinorigin.config.json:2: unknown setting stie; did you mean "site"?',
      'twinorigin.config.json:3: port is "x", but must be a number',
    ]);
  });

  it('names the flag that was wrong', async () => {
    const error = await fail({ flags: [flag('--encodings', ['encodings'], 'zstd')] });
    expect(error.message).toBe('--encodings: encodings is "zstd", but must be "negotiate", "gzip" or "none"');
    expect(error.file).toBeUndefined();
  });

  it('names the line of JSON that cannot be parsed', async () => {
    write({ 'twinorigin.config.json': '{\n  "site": "dist"\n  "port": 1\n}' });
    expect(await fail()).toMatchObject({ code: 'config-unreadable', file: 'twinorigin.config.json', line: 3 });
  });

  it('finds a key of a program where it is written once', async () => {
    write({ 'twinorigin.config.mjs': 'export default {\n  site: "dist",\n  prot: 1,\n};\n' });
    expect(await fail()).toMatchObject({
      file: 'twinorigin.config.mjs',
      line: 3,
      message: expect.stringContaining('"port"'),
    });
  });

  it('takes an empty file for one that was cut short, also where it was named', async () => {
    write({ 'twinorigin.config.json': ' \n', 'package.json': '{ "twinorigin": { "site": "dist" } }' });
    expect(await fail()).toMatchObject({ code: 'config-unreadable', exitCode: 2, message: 'the file is empty' });
    expect((await fail({ file: 'twinorigin.config.json' })).message).toBe('the file is empty');
  });

  it('says what a program without a default export lacks, and what a broken one says', async () => {
    write({ 'twinorigin.config.mjs': 'export const site = 1;' });
    expect(await fail()).toMatchObject({ code: 'config-unreadable', message: 'the file has no default export' });
    write({ 'other.mjs': 'throw new Error("no network here");' });
    expect((await fail({ file: 'other.mjs' })).message).toBe('no network here');
  });

  it.each([
    ['nowhere.json', 'nowhere.json: there is no such file'],
    ['config.yaml', 'config.yaml: it must end in .json, .js, .mjs or .ts'],
  ])('refuses --config %s', async (file, message) => {
    write({ 'config.yaml': 'site: dist' });
    expect(await fail({ file })).toMatchObject({ code: 'config-unreadable', message });
  });

  it('refuses origins that share a place, and one that lies inside the site', async () => {
    const twice = { ...buckets, resources: buckets.images };
    write({ 'twinorigin.config.json': { site: 'dist', origins: twice } });
    expect((await fail()).message).toContain('are the same place: s3://acme-images/');
    write({ 'twinorigin.config.json': { site: 'dist', origins: { ...buckets, pages: { directory: 'dist/out' } } } });
    expect((await fail()).message).toContain('lies inside the site');
    write({ 'twinorigin.config.json': { site: '.' } });
    expect((await load()).config.site).toBe(folder);
  });
});
