/** A process that runs out of what the system gives it: open files, and room to write. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main, makeFolder, run, smallSite, type Folder } from './command.js';

let folder: Folder;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => {
  folder.remove();
});

/** Publishes under a limit of the shell, `-n 128`. */
function publishUnder(limit: string): Promise<{ readonly code: number; readonly text: string }> {
  const { PATH = '' } = process.env;
  const script = `ulimit ${limit}; exec "$0" "$@"`;
  return new Promise((resolve) => {
    const options = { cwd: folder.path, env: { PATH, HOME: folder.path } };
    execFile('bash', ['-c', script, process.execPath, main, 'publish', 'dist'], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), text: stdout + stderr });
    });
  });
}

const inPages = (name: string) => existsSync(join(folder.path, '.twinorigin/pages', name));

describe.skipIf(process.platform === 'win32')('a publish that runs out', { timeout: 120_000 }, () => {
  it('of room to write puts nothing live, gives the lock back, and goes on when there is room', async () => {
    const big = randomBytes(1_500_000).toString('base64');
    folder.write({ ...smallSite, 'dist/big.png': big, 'dist/c.html': '<!doctype html><img src="big.png" alt="">' });
    const { code, text } = await publishUnder('-f 1000');
    expect(text).toContain('nothing was put live');
    expect(code).toBe(3);
    expect([inPages('index.html'), inPages('.twinorigin/lock.json')]).toEqual([false, false]);
    expect((await run(['publish', 'dist'], { cwd: folder.path })).code).toBe(0);
    expect([inPages('index.html'), inPages('c.html')]).toEqual([true, true]);
  });

  it('of nothing, with 64 open files for 400 images, takes its time and is done', async () => {
    const names = Array.from({ length: 400 }, (_, index) => `f/${index}.png`);
    folder.write({
      ...Object.fromEntries(names.map((name) => [`dist/${name}`, name])),
      'dist/index.html': names.map((name) => `<img src="${name}" alt="">`).join('\n'),
    });
    const { code, text } = await publishUnder('-n 64');
    expect(text).not.toContain('EMFILE');
    expect(code).toBe(0);
    expect(inPages('f/399.png')).toBe(true);
  });
});
