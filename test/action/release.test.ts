import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { actionFile } from './runner.js';

const root = join(import.meta.dirname, '../..');
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'release-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Step {
  readonly run?: string;
  readonly uses?: string;
}
const workflow = parse(readFileSync(join(root, '.github/workflows/release.yml'), 'utf8')) as {
  readonly on: object;
  readonly jobs: { readonly release: { readonly permissions: object; readonly steps: readonly Step[] } };
};

it('is made by a workflow that checks, tests and publishes with provenance, and only when a person starts it', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
  const { permissions, steps } = workflow.jobs.release;
  const runs = steps.flatMap(({ run }) => run ?? []);
  expect(Object.keys(workflow.on)).toEqual(['workflow_dispatch']);
  expect(permissions).toEqual({ 'contents': 'write', 'id-token': 'write' });
  for (const line of runs.filter((one) => /^npm (run|test)/.test(one)))
    expect(Object.keys(scripts)).toContain(line.replace(/^npm (run )?/, ''));
  const order = ['npm ci', 'npm run check', 'npm test', 'npm publish --provenance --access public'];
  expect(runs.slice(0, -1)).toEqual(order);
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
  // As the release workflow does it, with a folder for a remote.
  const remote = join(folder, 'remote.git');
  execFileSync('git', ['init', '-q', '--bare', remote]);
  git('remote', 'add', 'origin', remote);
  const { run = '' } = workflow.jobs.release.steps.at(-1)!;
  const script = run.replace('scripts/releaseAction.mjs', join(root, 'scripts/releaseAction.mjs'));
  execFileSync('bash', ['-e', '-c', script], { cwd: repository, stdio: 'pipe' });
  // A second release of the same major version moves its tag.
  execFileSync('bash', ['-e', '-c', script.replace('git push origin "v$version"', '')], {
    cwd: repository,
    stdio: 'pipe',
  });

  expect(git('ls-tree', '-r', '--name-only', 'main').split('\n')).toEqual(['action.yml', 'package.json']);
  expect(git('status', '--porcelain')).toBe('');
  // What a runner downloads for `uses: …@v0`.
  const checkout = join(folder, 'checkout');
  execFileSync('git', ['clone', '-q', '--branch', 'v0', remote, checkout], { stdio: 'ignore' });
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
