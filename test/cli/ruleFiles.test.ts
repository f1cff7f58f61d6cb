import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, run, type Folder } from './command.js';

let folder: Folder;
beforeEach(() => {
  folder = makeFolder();
  folder.write({ 'dist/index.html': '<!doctype html>', 'dist/_redirects': '/old /new 302\n' });
});
afterEach(() => folder.remove());

const build = (...more: string[]) => run(['build', '--out', 'out', ...more], { cwd: folder.path });
const written = (name: string): string => readFileSync(join(folder.path, 'out/pages', name), 'utf8');

describe('build --rules', () => {
  it('writes the rules of the site for a web server, and takes those of another one away', async () => {
    expect((await build('--rules', 'iis')).code).toBe(0);
    expect(written('web.config')).toMatch(/<match url="\^old\$"[\s\S]*redirectType="Found"/);
    expect((await build('--rules', 'nginx')).code).toBe(0);
    expect(written('.twinorigin/nginx-server.conf')).toContain('location = "/old" { return 302');
    expect(written('.twinorigin/nginx-server.conf')).toContain(`root "${join(folder.path, 'out/pages')}"`);
    expect(existsSync(join(folder.path, 'out/pages/web.config'))).toBe(false);
    expect((await build('--rules', 'apache')).code).toBe(0);
    expect(written('.htaccess')).toContain('RewriteRule "^old$"');
    expect((await build()).code).toBe(0);
    for (const name of ['.htaccess', 'web.config', '.twinorigin/nginx-server.conf'])
      expect(existsSync(join(folder.path, 'out/pages', name))).toBe(false);
  });

  it('refuses servers it does not know, and never writes over a file of the site', async () => {
    const unknown = await build('--rules', 'caddy');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/knows no "caddy"[\s\S]*nginx, apache, iis/);
    folder.write({ 'dist/web.config': '<configuration/>' });
    const own = await build('--rules', 'iis');
    expect(own.code).toBe(4);
    expect(own.stderr).toMatch(/has a web.config of its own/);
    expect(written('web.config')).toBe('<configuration/>');
  });
});
