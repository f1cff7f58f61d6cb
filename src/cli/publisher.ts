/** Who publishes, for the record: never a local path, never a secret. */
import { execFile } from 'node:child_process';
import { hostname, userInfo } from 'node:os';
import { promisify } from 'node:util';
import type { Publisher } from '../release/ports.js';

type Env = Readonly<Record<string, string | undefined>>;

/** CI systems: how to recognise one, and the variables with the user and the commit (from their documentation). */
const systems: readonly (readonly [name: string, present: string, user: string, commit: string])[] = [
  ['GitHub Actions', 'GITHUB_ACTIONS', 'GITHUB_ACTOR', 'GITHUB_SHA'],
  ['GitLab CI', 'GITLAB_CI', 'GITLAB_USER_LOGIN', 'CI_COMMIT_SHA'],
  ['CircleCI', 'CIRCLECI', 'CIRCLE_USERNAME', 'CIRCLE_SHA1'],
  ['Bitbucket Pipelines', 'BITBUCKET_BUILD_NUMBER', 'BITBUCKET_STEP_TRIGGERER_UUID', 'BITBUCKET_COMMIT'],
  ['AWS CodeBuild', 'CODEBUILD_BUILD_ID', 'CODEBUILD_INITIATOR', 'CODEBUILD_RESOLVED_SOURCE_VERSION'],
  ['Travis CI', 'TRAVIS', 'USER', 'TRAVIS_COMMIT'],
];

const commitName = /^[0-9a-f]{7,64}$/i;

/** Reads the CI system's variables, and the git repository around `folder`. */
export async function describePublisher(env: Env, folder: string): Promise<Publisher> {
  const system = systems.find(([, present]) => (env[present] ?? '') !== '');
  const user = (system && env[system[2]]) ?? readUserName(env);
  const host = system?.[0] ?? hostname();
  const named = system && env[system[3]];
  const known = named !== undefined && commitName.test(named) ? named : undefined;
  return { user, host, ...((await readCommit(folder, known)) ?? (known && { commit: known })) };
}

function readUserName(env: Env): string {
  try {
    return userInfo().username;
  } catch {
    // Containers run as users without an entry in the password file.
    return env.USER ?? env.USERNAME ?? 'unknown';
  }
}

/** The commit that is checked out, or the named one, with its time; undefined where git cannot tell. */
async function readCommit(
  folder: string,
  named = 'HEAD',
): Promise<Pick<Publisher, 'commit' | 'committedAt'> | undefined> {
  try {
    const options = { cwd: folder, timeout: 5000, windowsHide: true };
    const { stdout } = await promisify(execFile)('git', ['show', '-s', '--format=%H %cI', named, '--'], options);
    const [commit = '', committedAt = ''] = stdout.trim().split(' ');
    return commitName.test(commit) ? { commit, committedAt: new Date(committedAt).toISOString() } : undefined;
  } catch {
    return undefined; // No git, no repository, no commit yet: all fine.
  }
}
