import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describePublisher } from '../../src/cli/publisher.js';
import { identifyProcess } from '../../src/cli/processIdentity.js';
import { makeFolder, type Folder } from './command.js';

let folder: Folder;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => {
  folder.remove();
});

describe('who publishes', () => {
  it('is what the CI system says, without any path', () => {
    const commit = 'a'.repeat(40);
    const env = { GITHUB_ACTIONS: 'true', GITHUB_ACTOR: 'anna', GITHUB_SHA: commit };
    expect(describePublisher(env, folder.path)).toEqual({ user: 'anna', host: 'GitHub Actions', commit });
  });

  it('names the run of the pipeline, where the system counts them', () => {
    const env = {
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTOR: 'anna',
      GITHUB_REPOSITORY: 'acme/site',
      GITHUB_WORKFLOW: 'publish',
      GITHUB_RUN_NUMBER: '17',
      GITHUB_RUN_ATTEMPT: '2',
    };
    const { run } = describePublisher(env, folder.path);
    expect(run).toEqual({ pipeline: 'acme/site publish', number: 17, attempt: 2 });
    expect(describePublisher({ ...env, GITHUB_RUN_NUMBER: 'x' }, folder.path)).not.toHaveProperty('run');
    const gitlab = { GITLAB_CI: 'true', CI_PROJECT_PATH: 'acme/site', CI_PIPELINE_IID: '5' };
    expect(describePublisher(gitlab, folder.path).run).toEqual({
      pipeline: 'acme/site',
      number: 5,
      attempt: 1,
    });
  });

  it('does not take for a commit what is none', () => {
    const env = { GITHUB_ACTIONS: 'true', GITHUB_ACTOR: 'anna', GITHUB_SHA: '--output=/tmp/x' };
    expect(describePublisher(env, folder.path)).not.toHaveProperty('commit');
  });

  it('names the commit that is checked out, and when it was made', () => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
        cwd: folder.path,
        env: { ...process.env, GIT_COMMITTER_DATE: '2026-11-01T12:00:00+02:00' },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    git('init', '-q');
    git('commit', '-q', '--allow-empty', '-m', 'x');
    const commit = git('rev-parse', 'HEAD').toString().trim();
    const publisher = describePublisher({}, folder.path);
    expect(publisher).toMatchObject({ commit, committedAt: '2026-11-01T10:00:00.000Z' });
    expect(JSON.stringify(publisher)).not.toContain(folder.path);
  });

  it('is this process, which is alive, unlike one that never was', () => {
    const self = identifyProcess();
    expect(self.machine).toMatch(/^[0-9a-f]{16}$/);
    expect([self.isAlive(self.pid), self.isAlive(2 ** 22 + 1)]).toEqual([true, false]);
  });
});
