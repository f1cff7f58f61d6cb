import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scanSite } from '../../src/site/scan.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'twinorigin-scan-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

const pathsOf = async (options = {}) => [...(await scanSite(root, options)).files.keys()];

describe('scanning', () => {
  it('takes names as they are: spaces, unicode, %, +, #, ~, quotes, brackets, case and normalisation twins', async () => {
    const names = [
      'a b.txt',
      'büro/naïve.txt',
      'bu\u0308ro/x.txt',
      'logo-10%.png',
      'a+b.txt',
      'c#.txt',
      '~user.txt',
      "it's.txt",
      'x[1]{2}.txt',
      '(y)!.txt',
      'Case.txt',
      'case.txt',
      'back\\slash.txt',
      'deep/er/and/deeper/z.txt',
    ];
    write(Object.fromEntries(names.map((name) => [name, name])));
    expect(new Set(await pathsOf())).toEqual(new Set(names));
  });

  it('tells twins that some disks cannot hold side by side', async () => {
    write({ 'Case.txt': 'a', 'case.txt': 'b' });
    const { problems } = await scanSite(root);
    expect(problems).toEqual([expect.objectContaining({ code: 'twin-names', file: 'case.txt' })]);
  });

  it('gives types by extension and sniffs only names without one', async () => {
    write({
      'a.css': 'a{}',
      'b.mjs': '',
      'c.webmanifest': '{}',
      'page': '<!doctype html>',
      'data': '{"a":1}',
      'text': 'hello',
      'fake.png': '<!doctype html>',
    });
    const site = await scanSite(root);
    expect(Object.fromEntries([...site.files.values()].map(({ path, mediaType }) => [path, mediaType]))).toEqual({
      'a.css': 'text/css',
      'b.mjs': 'text/javascript',
      'c.webmanifest': 'application/manifest+json',
      'page': 'text/html',
      'data': 'application/json',
      'text': 'text/plain',
      'fake.png': 'image/png',
    });
  });

  it('says utf-8 only of bytes that are, in files that do not say otherwise', async () => {
    write({ 'a.html': 'plain', 'b.html': '<meta charset=shift_jis>plain', 'c.html': '<meta charset="utf-8">' });
    writeFileSync(join(root, 'd.txt'), Buffer.from([0x82, 0xa0]));
    const site = await scanSite(root);
    expect(Object.fromEntries([...site.files.values()].map(({ path, charset }) => [path, charset]))).toEqual({
      'a.html': 'utf-8',
      'b.html': undefined,
      'c.html': 'utf-8',
      'd.txt': undefined,
    });
  });

  it('leaves dotfiles out, but not .well-known', async () => {
    write({
      '.DS_Store': '',
      '.config/x': '',
      '.well-known/security.txt': '',
      'my-dir/.cache/y': '',
      'a.b/c.html': '',
    });
    const site = await scanSite(root);
    expect([...site.files.keys()]).toEqual(['.well-known/security.txt', 'a.b/c.html']);
    expect(site.problems.map(({ file }) => file)).toEqual(['.DS_Store', '.config', 'my-dir/.cache']);
  });

  it.each([
    ['.env'],
    ['.env.local'],
    ['sub/.env'],
    ['.git/config'],
    ['my-dir/.git/HEAD'],
    ['a.b/.git/HEAD'],
    ['.npmrc'],
    ['id_rsa'],
    ['cert.p12'],
    ['.aws/credentials'],
  ])('refuses %s', async (name) => {
    write({ 'index.html': '', [name]: 'secret' });
    await expect(scanSite(root)).rejects.toMatchObject({ code: 'secret-file', exitCode: 4 });
  });

  it('refuses private keys by what they hold, not by what they are called', async () => {
    write({ 'slides.key': 'PK', 'public.pem': '-----BEGIN CERTIFICATE-----' });
    expect(await pathsOf()).toHaveLength(2);
    write({ 'server.pem': 'x\n-----BEGIN RSA PRIVATE KEY-----\n' });
    await expect(scanSite(root)).rejects.toMatchObject({ code: 'secret-file' });
  });

  it('leaves out what the ignore file and the configuration name, secrets too', async () => {
    write({
      '.twinoriginignore': '# drafts\ndrafts/\n*.psd\n!keep.psd\n.env\n',
      'drafts/a.html': '',
      'x/y.psd': '',
      'keep.psd': '',
      '.env': '',
      'tmp/z': '',
      'index.html': '',
    });
    expect(await pathsOf({ ignore: ['/tmp'] })).toEqual(['index.html', 'keep.psd']);
  });

  it('follows links inside the site, ends circles, and refuses links out of it', async () => {
    write({ 'real/a.txt': 'a', 'index.html': '' });
    symlinkSync('real', join(root, 'alias'));
    symlinkSync('..', join(root, 'real', 'up'));
    symlinkSync('real/a.txt', join(root, 'b.txt'));
    expect(await pathsOf()).toEqual(expect.arrayContaining(['alias/a.txt', 'b.txt', 'index.html', 'real/a.txt']));
    symlinkSync('/etc/hostname', join(root, 'host.txt'));
    await expect(scanSite(root)).rejects.toMatchObject({ code: 'symlink-outside', exitCode: 4, items: ['host.txt'] });
  });

  it('refuses a link with a harmless name to a secret', async () => {
    write({ '.env': 'secret', '.twinoriginignore': '.env' });
    symlinkSync('.env', join(root, 'settings.txt'));
    await expect(scanSite(root)).rejects.toMatchObject({ code: 'secret-file' });
  });

  it('refuses a folder that is not there, a file, and an empty folder', async () => {
    await expect(scanSite(join(root, 'none'))).rejects.toMatchObject({ code: 'site-missing', exitCode: 2 });
    await expect(scanSite(root)).rejects.toMatchObject({ code: 'site-empty', exitCode: 4 });
    write({ 'a.txt': '' });
    await expect(scanSite(join(root, 'a.txt'))).rejects.toMatchObject({ code: 'site-missing' });
  });

  it('notices a file that changes after it was scanned', async () => {
    write({ 'a.txt': 'before' });
    const site = await scanSite(root);
    write({ 'a.txt': 'after!' });
    await expect(site.read([...site.files.values()][0]!)).rejects.toMatchObject({ code: 'site-changed' });
  });

  it('sees a change of content even when size and time stamp stay', async () => {
    const cacheDir = join(root, '..', `${root.slice(root.lastIndexOf('/') + 1)}-cache`);
    write({ 'a.txt': 'before' });
    const old = new Date(Date.now() - 60_000);
    utimesSync(join(root, 'a.txt'), old, old);
    const first = await scanSite(root, { cacheDir });
    await scanSite(root, { cacheDir });
    write({ 'a.txt': 'after!' });
    utimesSync(join(root, 'a.txt'), old, old);
    const second = await scanSite(root, { cacheDir });
    rmSync(cacheDir, { recursive: true });
    expect([...second.files.values()][0]!.digest).not.toBe([...first.files.values()][0]!.digest);
  });
});
