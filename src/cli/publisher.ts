/** Who publishes, for the record: never a local path, never a secret. */
import { execFileSync } from 'node:child_process';
import { hostname, userInfo } from 'node:os';
import type { PipelineRun, Publisher } from '../release/ports.js';

type Env = Readonly<Record<string, string | undefined>>;

/** A CI system: how to recognise it, and the variables that say who, what and which run. */
interface System {
  readonly name: string;
  readonly present: string;
  readonly user: string;
  readonly commit: string;
  /** A number that grows with each run of a pipeline. */
  readonly run?: string;
  /** What the number counts runs of. */
  readonly pipeline?: readonly string[];
  /** Set by systems that start the same run again under the same number. */
  readonly attempt?: string;
}

/** The variables are from the systems' documentation. */
const systems: readonly System[] = [
  {
    name: 'GitHub Actions',
    present: 'GITHUB_ACTIONS',
    user: 'GITHUB_ACTOR',
    commit: 'GITHUB_SHA',
    run: 'GITHUB_RUN_NUMBER',
    pipeline: ['GITHUB_REPOSITORY', 'GITHUB_WORKFLOW'],
    attempt: 'GITHUB_RUN_ATTEMPT',
  },
  {
    name: 'GitLab CI',
    present: 'GITLAB_CI',
    user: 'GITLAB_USER_LOGIN',
    commit: 'CI_COMMIT_SHA',
    run: 'CI_PIPELINE_IID',
    pipeline: ['CI_PROJECT_PATH'],
  },
  {
    name: 'CircleCI',
    present: 'CIRCLECI',
    user: 'CIRCLE_USERNAME',
    commit: 'CIRCLE_SHA1',
    run: 'CIRCLE_BUILD_NUM',
    pipeline: ['CIRCLE_PROJECT_USERNAME', 'CIRCLE_PROJECT_REPONAME'],
  },
  {
    name: 'Bitbucket Pipelines',
    present: 'BITBUCKET_BUILD_NUMBER',
    user: 'BITBUCKET_STEP_TRIGGERER_UUID',
    commit: 'BITBUCKET_COMMIT',
    run: 'BITBUCKET_BUILD_NUMBER',
    pipeline: ['BITBUCKET_REPO_FULL_NAME'],
  },
  {
    name: 'AWS CodeBuild',
    present: 'CODEBUILD_BUILD_ID',
    user: 'CODEBUILD_INITIATOR',
    commit: 'CODEBUILD_RESOLVED_SOURCE_VERSION',
  },
  {
    name: 'Travis CI',
    present: 'TRAVIS',
    user: 'USER',
    commit: 'TRAVIS_COMMIT',
    run: 'TRAVIS_BUILD_NUMBER',
    pipeline: ['TRAVIS_REPO_SLUG'],
  },
];

const commitName = /^[0-9a-f]{7,64}$/i;

/** Reads the CI system's variables, and asks git about the repository around `folder`. */
export function describePublisher(env: Env, folder: string): Publisher {
  const system = systems.find(({ present }) => (env[present] ?? '') !== '');
  const user = (system && env[system.user]) ?? readUserName(env);
  const host = system?.name ?? hostname();
  const named = system && env[system.commit];
  const known = named !== undefined && commitName.test(named) ? named : undefined;
  const run = system && readRun(system, env);
  const commit = readCommit(folder, known) ?? (known && { commit: known });
  return { user, host, ...commit, ...(run && { run }) };
}

/** Undefined where the system does not say all of it. */
function readRun({ run, pipeline = [], attempt }: System, env: Env): PipelineRun | undefined {
  const names = pipeline.map((name) => env[name] ?? '');
  const number = readCount(env, run);
  if (number === undefined || names.includes('')) return undefined;
  return { pipeline: names.join(' '), number, attempt: Math.max(1, readCount(env, attempt) ?? 1) };
}

function readCount(env: Env, name: string | undefined): number | undefined {
  const text = name === undefined ? undefined : env[name];
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
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
function readCommit(folder: string, named = 'HEAD'): Pick<Publisher, 'commit' | 'committedAt'> | undefined {
  try {
    const output = execFileSync('git', ['show', '-s', '--format=%H %cI', named, '--'], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 5000,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [commit = '', committedAt = ''] = output.trim().split(' ');
    return commitName.test(commit) ? { commit, committedAt: new Date(committedAt).toISOString() } : undefined;
  } catch {
    return undefined; // No git, no repository, no commit yet: all fine.
  }
}
