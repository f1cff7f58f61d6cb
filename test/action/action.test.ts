import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { planDocumentSchema } from '../../src/report/documents.js';
import { findPort, smallSite } from '../cli/command.js';
import { goodToken, startFakeGitHub, type FakeGitHub } from './fakeGitHub.js';
import { actionFile, bundleAction, startJob, type Bundle, type Job, type StepOptions } from './runner.js';

// The bundle is run as a process of its own, on machines that are busy.
vi.setConfig({ testTimeout: 180_000 });

let bundle: Bundle;
let job: Job;
let github: FakeGitHub;
let port = 0;

beforeAll(async () => {
  bundle = await bundleAction();
}, 300_000);
afterAll(() => {
  bundle.remove();
});
beforeEach(async () => {
  job = startJob();
  github = await startFakeGitHub();
  port = await findPort();
  job.write(smallSite);
});
afterEach(async () => {
  await github.close();
  job.remove();
});

const step = (options: StepOptions = {}) =>
  job.step({
    ...options,
    env: { TWINORIGIN_PORT: String(port), GITHUB_API_URL: github.url, ...options.env },
  });

const pullRequest = (from = 'acme/site') => ({
  name: 'pull_request',
  payload: {
    pull_request: { number: 12, head: { repo: { full_name: from } } },
    repository: { full_name: 'acme/site' },
  },
});

describe('the action', () => {
  it('publishes, tells it in outputs and summary, and changes nothing the second time', async () => {
    const first = await step({ bundle });
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(first.outputs).toMatchObject({
      'url': `http://www.localhost:${port}`,
      'changed': 'true',
      'updated': '0',
      'preview-url': '',
      'exit-code': '0',
    });
    expect(first.outputs.release).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/);
    expect(Number(first.outputs.created)).toBeGreaterThan(5);
    const document = planDocumentSchema.parse(JSON.parse(first.outputs['plan-json']!));
    expect(document).toEqual(JSON.parse(readFileSync(first.outputs['plan-file']!, 'utf8')));
    expect(first.summary).toMatch(/^### ✅ Live: \d+ created, 0 updated, 0 deleted, 0 kept\n/);
    expect(first.summary).toContain('| pages |');

    const second = await step();
    expect(second.outputs).toMatchObject({ changed: 'false', created: '0', release: first.outputs.release });
    expect(second.summary).toMatch(/^### ✅ Nothing to do: \d+ objects live already\n/);
  });

  it('sets no output that action.yml does not name', async () => {
    const runs = [await step({ event: pullRequest(), token: goodToken }), await step({ with: { site: 'nowhere' } })];
    for (const { outputs } of runs)
      for (const name of Object.keys(outputs)) expect(Object.keys(actionFile.outputs)).toContain(name);
  });

  it('plans without writing, whether by command or by dry-run', async () => {
    for (const inputs of [{ command: 'plan' }, { 'dry-run': 'true' }]) {
      const { code, outputs, summary } = await step({ with: inputs });
      expect([code, outputs.release, outputs.changed]).toEqual([0, '', 'true']);
      expect(summary).toMatch(/^### 📝 Plan: /);
      expect(existsSync(join(job.workspace, '.twinorigin'))).toBe(false);
    }
  });

  it('puts a preview beside the live site, and gives its address', async () => {
    await step();
    job.write({ 'dist/a.js': 'console.log(2);\n' });
    const { code, outputs, summary } = await step({ event: pullRequest(), with: { command: 'preview' } });
    expect(code).toBe(0);
    expect(outputs['preview-url']).toContain(`http://www.localhost:${port}`);
    expect(summary).toContain('Look at it: **[pr-12](');
    expect((await step({ with: { command: 'plan' } })).outputs.changed).toBe('true');
  });

  it('records who published which commit', async () => {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: job.workspace, encoding: 'utf8' }).trim();
    git('init', '-q');
    git('add', 'dist');
    git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-qm', 'a');
    const { outputs } = await step({ env: { GITHUB_SHA: git('rev-parse', 'HEAD') } });
    const record = join(job.workspace, `.twinorigin/pages/.twinorigin/releases/${outputs.release}.json`);
    const { publisher } = JSON.parse(gunzipSync(readFileSync(record)).toString());
    expect(publisher).toMatchObject({ user: 'octocat', host: 'GitHub Actions', commit: git('rev-parse', 'HEAD') });
  });

  it('works in another folder of the repository', async () => {
    job.write({ 'web/dist/index.html': '<!doctype html><img src="gone.png" alt="">\n' });
    const { code, commands } = await step({ with: { 'working-directory': 'web' } });
    expect(code).toBe(0);
    expect(commands).toContainEqual({
      name: 'warning',
      properties: { title: 'dangling-reference', file: 'web/dist/index.html', line: '1', col: '26' },
      message: expect.stringContaining('gone.png'),
    });
  });
});

describe('a run that fails', () => {
  it('shows the cause in the first unfolded line, in the first line of the summary and beside the file', async () => {
    job.write({ 'twinorigin.config.json': '{\n  "stie": "dist"\n}\n' });
    const { code, unfolded, summary, commands, outputs } = await step({ bundle });
    expect(code).toBe(2);
    expect(unfolded[0]).toMatch(
      /^::error title=Configuration is not valid,.*::unknown setting stie; did you mean "site"\?/,
    );
    expect(summary.split('\n')[0]).toMatch(
      /^### ❌ Configuration is not valid: unknown setting stie; did you mean "site"\?/,
    );
    expect(commands.filter(({ name }) => name === 'error')).toEqual([
      {
        name: 'error',
        properties: { title: 'Configuration is not valid', file: 'twinorigin.config.json', line: '2' },
        message: expect.stringMatching(/^unknown setting stie/),
      },
    ]);
    expect(outputs).toMatchObject({ 'exit-code': '2', 'error-code': 'config-invalid' });
  });

  it.each([
    [{ command: 'publsh' }, 'the input command is "publsh", but must be publish, plan, preview'],
    [{ 'dry-run': 'yes' }, 'the input dry-run is "yes", but must be true or false'],
    [{ flags: '--jsn' }, "unknown option '--jsn'"],
    [{ site: 'nowhere' }, 'there is no folder'],
  ])('says what is wrong with %j', async (inputs, message) => {
    const { code, unfolded } = await step({ with: inputs });
    expect(code).toBe(2);
    expect(unfolded[0]).toContain(message);
    expect(existsSync(join(job.workspace, '.twinorigin'))).toBe(false);
  });

  it('ends a plan that a guard would refuse with 4 and an annotation', async () => {
    job.write({ 'out/about.html': '<!doctype html>' });
    const { code, commands, summary } = await step({ with: { command: 'plan', site: 'out' } });
    expect(code).toBe(4);
    expect(commands.filter(({ name }) => name === 'error')).toHaveLength(1);
    expect(summary).toContain('the site has no index.html at its root');
  });

  it('shows ten annotations of a level, the last of which counts the others', async () => {
    const images = Array.from({ length: 30 }, (_, index) => `<img src="gone${index}.png" alt="">`);
    job.write({ 'dist/index.html': `<!doctype html>${images.join('\n')}` });
    const { commands } = await step();
    const warnings = commands.filter(({ name }) => name === 'warning');
    expect(warnings).toHaveLength(10);
    expect(warnings.at(-1)?.message).toContain('and 21 more');
  });

  it('obeys nothing that a file of the site says', async () => {
    job.write({
      'dist/a%0A::set-output name=url::evil|`x`<b>@octocat.html': '<!doctype html><img src="::error::x" alt="">',
    });
    const { code, commands, summary, outputs } = await step();
    expect(code).toBe(0);
    expect(commands.map(({ name }) => name)).not.toContain('set-output');
    expect(commands.filter(({ name }) => name === 'error')).toEqual([]);
    expect(outputs.url).toBe(`http://www.localhost:${port}`);
    expect(summary).not.toContain('<b>');
    expect(summary).not.toContain('@octocat');
    expect(summary).not.toContain('|`x`');
  });
});

describe('a pull request', () => {
  it('gets one comment that every run rewrites', async () => {
    for (let id = 1000; id < 1150; id++) github.comments.push({ id, body: 'somebody else' });
    const first = await step({ event: pullRequest(), token: goodToken });
    expect(first.outputs.comment).toBe('created');
    expect(github.comments).toHaveLength(151);
    expect(github.comments.at(-1)?.body).toMatch(/^<!-- twinorigin: publish pr-12 -->\n### ✅ Live/);

    job.write({ 'dist/a.js': 'console.log(2);\n' });
    const second = await step({ event: pullRequest(), token: goodToken });
    expect(second.outputs.comment).toBe('updated');
    expect(github.comments).toHaveLength(151);
    expect(github.comments.at(-1)?.body).toMatch(/ [1-9]\d* updated/);
  });

  it('gets none when told so, and none outside of pull requests', async () => {
    await step({ event: pullRequest(), token: goodToken, with: { comment: 'false' } });
    await step({ token: goodToken });
    expect(github.log).toEqual([]);
  });

  it.each([401, 403, 404])('is published all the same when the token may only read (%i)', async (status) => {
    github.refuse = status;
    const { code, outputs, commands } = await step({ event: pullRequest(), token: goodToken });
    expect([code, outputs.comment]).toEqual([0, 'refused']);
    expect(commands.filter(({ name }) => name === 'notice')).toHaveLength(1);
    expect(outputs.release).not.toBe('');
  });

  it.each([500, 422])('is published all the same when GitHub fails (%i)', async (status) => {
    github.refuse = status;
    const { code, commands } = await step({ event: pullRequest(), token: goodToken });
    expect(code).toBe(0);
    expect(commands).toContainEqual(
      expect.objectContaining({ name: 'warning', message: expect.stringContaining(String(status)) }),
    );
  });

  it('from a fork has no credentials: that is told, and no failure', async () => {
    const bucket = (name: string) => ({ bucket: `acme-${name}`, url: `https://${name}.example.com` });
    const origins = { images: bucket('images'), resources: bucket('resources'), pages: bucket('pages') };
    job.write({ 'twinorigin.config.json': JSON.stringify({ site: 'dist', origins }) });
    const env = { AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: 'us-east-1' };
    const fork = await step({ bundle, event: pullRequest('stranger/site'), env, with: { command: 'plan' } });
    expect([fork.code, fork.outputs.skipped]).toEqual([0, 'true']);
    expect(fork.summary).toContain('comes from a fork');
    const own = await step({ bundle, event: pullRequest(), env, with: { command: 'plan' } });
    expect([own.code, own.outputs['error-code']]).toEqual([2, 'no-credentials']);
  });
});
