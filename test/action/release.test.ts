import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { actionFile } from './runner.js';

const root = join(import.meta.dirname, '../..');
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'release-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('tags a commit that has the bundle, and leaves the branch and the work tree without it', () => {
  const repository = join(folder, 'repository');
  mkdirSync(repository);
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repository, encoding: 'utf8' }).trim();
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'a');
  git('config', 'user.email', 'a@example.com');
  for (const name of ['action.yml', 'package.json']) cpSync(join(root, name), join(repository, name));
  git('add', '.');
  git('commit', '-qm', 'first');
  execFileSync(process.execPath, [join(root, 'scripts/releaseAction.mjs')], { cwd: repository });

  expect(git('ls-tree', '-r', '--name-only', 'main').split('\n')).toEqual(['action.yml', 'package.json']);
  expect(git('status', '--porcelain')).toBe('');
  // What a runner downloads for `uses: …@v0`.
  const checkout = join(folder, 'checkout');
  execFileSync('git', ['clone', '-q', '--branch', 'v0', repository, checkout], { stdio: 'ignore' });
  const main = join(checkout, actionFile.runs.main);
  const log = execFileSync(process.execPath, [main], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH ?? '',
      GITHUB_WORKSPACE: join(root, 'sample-site'),
      INPUT_COMMAND: 'plan',
      INPUT_SITE: '.',
    },
  });
  expect(log).toContain('plan: ');
}, 180_000);
