// Makes the commit that a release of the action is: the current commit and its bundle, under the tags vX.Y.Z and vX.
// The main branch does not hold the bundle. Nothing is pushed: git push origin vX.Y.Z and git push --force origin vX do that.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleOptions } from './action.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const bundle = 'action/dist/main.mjs';
const folder = mkdtempSync(join(tmpdir(), 'release-action-'));
// An index of its own: neither the work tree nor what is staged is touched.
const git = (...args) =>
  execFileSync('git', args, {
    cwd: process.cwd(),
    encoding: 'utf8',
    env: { ...process.env, GIT_INDEX_FILE: join(folder, 'index') },
  }).trim();

try {
  await build({ ...bundleOptions, outfile: join(folder, 'main.mjs') });
  const head = git('rev-parse', 'HEAD');
  git('read-tree', head);
  for (const [path, file] of [
    [bundle, 'main.mjs'],
    [`${bundle}.LEGAL.txt`, 'main.mjs.LEGAL.txt'],
  ]) {
    const blob = git('hash-object', '-w', '--no-filters', join(folder, file));
    git('update-index', '--add', '--cacheinfo', `100644,${blob},${path}`);
  }
  const commit = git('commit-tree', git('write-tree'), '-p', head, '-m', `The action of ${version}, bundled`);
  for (const tag of [`v${version}`, `v${version.split('.')[0]}`]) {
    git('tag', '--force', tag, commit);
    console.log(`${tag} ${commit}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
