import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPort, makeFolder, run, smallSite, type Folder } from './command.js';

let folder: Folder;
let port = 0;
beforeEach(async () => {
  folder = makeFolder();
  folder.write(smallSite);
  port = await findPort();
});
afterEach(() => {
  folder.remove();
});

const start = (...args: string[]) => run(args, { cwd: folder.path, env: { TWINORIGIN_PORT: String(port) } });
const read = (name: string) => readFileSync(join(folder.path, name), 'utf8');

describe('--report', () => {
  it('tells of a plan without changing anything, then of the publish', async () => {
    expect(await start('plan', '--report', 'plan.html')).toMatchObject({ code: 0 });
    expect(existsSync(join(folder.path, '.twinorigin'))).toBe(false);
    expect(read('plan.html')).toContain('<h1>8 objects to publish</h1>');
    const { code, stdout, stderr } = await start('publish', '--report', 'done.html', '--json');
    expect(code).toBe(0);
    expect(stderr).toContain('The report is in done.html');
    const { release } = JSON.parse(stdout) as { release: string };
    const page = read('done.html');
    expect(page).toContain(`www.localhost:${port}</a> is live`);
    expect(page).toContain(release);
    expect(page).toContain('index.html');
    expect(page).toContain('No page waits for more than one file after another');
  });

  it('tells of a build', async () => {
    expect(await start('build', '--out', 'out', '--report', 'built.html')).toMatchObject({ code: 0 });
    expect(read('built.html')).toContain('<h1>5 files, built</h1>');
  });

  it.each([
    ['dist/report.html', 'the report would lie inside the site'],
    ['no/such/report.html', 'there is no such folder for the report'],
    ['folder', 'the report is a folder'],
  ])('refuses %s before anything is done', async (file, message) => {
    mkdirSync(join(folder.path, 'folder'));
    const { code, stderr } = await start('publish', '--report', file);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(existsSync(join(folder.path, '.twinorigin'))).toBe(false);
  });
});
