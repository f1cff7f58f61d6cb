import { chmodSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkDocumentSchema, errorDocumentSchema, planDocumentSchema } from '../../src/report/documents.js';
import { findPort, makeFolder, run, smallSite, type Folder, type RunOptions } from './command.js';

let folder: Folder;
let port = 0;
beforeEach(async () => {
  folder = makeFolder();
  port = await findPort();
});
afterEach(() => {
  folder.remove();
});

const start = (args: readonly string[], options: Partial<RunOptions> = {}) =>
  run(args, { cwd: folder.path, ...options, env: { TWINORIGIN_PORT: String(port), ...options.env } });

describe('the command line', () => {
  it('helps without loading the SDK, a parser or the schema', async () => {
    const hook = join(import.meta.dirname, 'listModules.mjs');
    const { code, stdout, stderr } = await start(['--help'], { node: ['--import', hook] });
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: twinorigin');
    expect(stdout).toMatch(/rollback[^]*prune[^]*unlock/);
    const modules = listLoaded(stderr);
    expect(modules).toContain('commander');
    expect(modules).not.toMatch(/@aws-sdk|@smithy|zod|htmlparser2|acorn|undici|jsonc-parser|lilconfig/);
  });

  it.each([
    [['publsh'], "unknown command 'publsh'", 'Did you mean publish?'],
    [['publish', '--jsn'], "unknown option '--jsn'", 'Did you mean --json?'],
    [['plan', 'a', 'b'], 'too many arguments', 'twinorigin plan --help'],
    [['build'], "required option '--out <folder>'", 'twinorigin build --help'],
    [['publish', '--explain', 'x'], '--explain works with --dry-run', 'twinorigin plan --explain x'],
    [['publish', '--serve', '--dry-run'], '--serve cannot be combined', '--help'],
    [['check', 'nowhere'], 'there is no folder', 'name its output folder'],
    [['check'], 'no site folder was named', 'name its folder'],
  ])('%j ends with 2, one clear error and a suggestion', async (args, message, hint) => {
    const { code, stdout, stderr } = await start(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr.replace(/\s+/g, ' ')).toContain(hint);
    expect(stderr.match(/^error /gm)).toHaveLength(1);
  });

  it('writes errors as one document under --json, and nothing else on stdout', async () => {
    for (const args of [
      ['publsh', '--json'],
      ['plan', 'nowhere', '--json'],
      ['--json', 'plan', '--encodings', 'zstd', '.'],
    ]) {
      const { code, stdout } = await start(args);
      const { error } = errorDocumentSchema.parse(JSON.parse(stdout));
      expect([code, error.exitCode]).toEqual([2, 2]);
    }
  });

  it('says how to write a configuration that this Node.js can read', async () => {
    folder.write({ ...smallSite, 'twinorigin.config.ts': 'export default { site: "dist" as string };' });
    const { code, stderr } = await start(['check']);
    const strips = 'typescript' in process.features && Boolean(process.features.typescript);
    expect(code).toBe(strips ? 0 : 2);
    if (!strips) expect(stderr).toContain('does not read TypeScript');
  });

  it('names the file and line of a mistake', async () => {
    folder.write({ ...smallSite, 'twinorigin.config.json': '{\n  "stie": "dist"\n}\n' });
    const { code, stderr } = await start(['publish']);
    expect(code).toBe(2);
    expect(stderr).toContain('twinorigin.config.json:2  unknown setting stie; did you mean "site"?');
  });

  it('colours only when asked', async () => {
    const forced = { env: { FORCE_COLOR: '1' } };
    expect((await start(['nope'])).stderr).not.toContain('\u001b');
    expect((await start(['nope'], forced)).stderr).toContain('\u001b[31merror');
    expect((await start(['nope', '--no-color'], forced)).stderr).not.toContain('\u001b');
    expect((await start(['nope'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stderr).not.toContain('\u001b');
  });
});

describe('publish, plan and releases on this machine', () => {
  it('publishes, has nothing to do the second time, and lists the release', async () => {
    folder.write(smallSite);
    const planned = await start(['plan', '--exit-code']);
    expect(planned.code).toBe(5);
    expect(existsSync(join(folder.path, '.twinorigin'))).toBe(false);

    const first = planDocumentSchema.parse(JSON.parse((await start(['publish', '--json'])).stdout));
    expect(first.changes.created).toBeGreaterThan(5);
    expect(first.release).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/);
    const second = planDocumentSchema.parse(JSON.parse((await start(['publish', '--json'])).stdout));
    expect(second.changes).toEqual({ created: 0, updated: 0, deleted: 0, kept: first.objects.length });
    expect(second.release).toBe(first.release);

    expect((await start(['plan', '--exit-code'])).code).toBe(0);
    const { stdout } = await start(['releases', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      live: first.release,
      releases: [{ id: first.release, state: 'live' }],
    });
  });

  it('plans with publish --dry-run, and writes nothing', async () => {
    folder.write(smallSite);
    const { code, stdout } = await start(['publish', '--dry-run', '--json']);
    expect(code).toBe(0);
    expect(planDocumentSchema.parse(JSON.parse(stdout)).release).toBeNull();
    expect(existsSync(join(folder.path, '.twinorigin'))).toBe(false);
  });

  it('fetches everything as proof where nobody can press Ctrl-C', async () => {
    folder.write(smallSite);
    const { code, stdout } = await start(['publish', 'dist', '--serve']);
    expect(stdout).toContain(`http://www.localhost:${port}/`);
    expect(stdout).toMatch(/2 pages and 3 assets fetched through the local edge, .*: all answered as they should/);
    expect(code).toBe(0);
  });

  it('fails the proof when an address leads nowhere', async () => {
    folder.write({ ...smallSite, 'dist/b/index.html': '<!doctype html><img src="gone.png" alt="">' });
    const { code, stdout, stderr } = await start(['publish', 'dist', '--serve']);
    expect(code).toBe(1);
    expect(stderr).toContain(`http://www.localhost:${port}/b/gone.png: status 404`);
    expect(stdout).toContain('1 failed');
  });

  it('explains one file', async () => {
    folder.write(smallSite);
    const { stdout } = await start(['plan', '--explain', './a.png']);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'goes to images with a fingerprint: image/png is an image, loaded by css url() (a.css:1)',
    );
    expect(stdout).toContain('index.html:1:78  img@src');
    expect((await start(['plan', '--explain', 'nope.png'])).code).toBe(2);
  });

  it('names the reference that keeps a file on the pages origin, with its line', async () => {
    const home = '<!doctype html>\n<title>x</title>\n<script src="a.js"></script><script src="b.js"></script>';
    folder.write({
      'dist/index.html': home,
      'dist/a.js': '// workers\nnew Worker("w.js")',
      'dist/w.js': '',
      'dist/b.js': '1',
    });
    folder.write({ 'twinorigin.config.json': '{ "site": "dist", "rules": [{ "match": "b.js", "origin": "pages" }] }' });
    const worker = await start(['plan', '--explain', 'w.js']);
    expect(worker.stdout.replace(/\s+/g, ' ')).toContain('needs it from the origin of the pages (a.js:2)');
    const { explanation } = JSON.parse((await start(['plan', '--explain', 'b.js', '--json'])).stdout) as {
      explanation: { route: object };
    };
    expect(explanation.route).toEqual({
      origin: 'pages',
      naming: 'stable',
      reason:
        'rule "b.js" of the configuration (without it: text/javascript is a resource, loaded by script@src (index.html:3))',
    });
  });

  it('ends a plan that a guard would refuse with 4, and still shows it', async () => {
    folder.write({ 'dist/about.html': '<!doctype html>' });
    const { code, stdout } = await start(['plan', 'dist']);
    expect(code).toBe(4);
    expect(stdout).toContain('+ created');
    expect(stdout).toContain('the site has no index.html at its root');
    const publish = await start(['publish', 'dist']);
    expect([publish.code, publish.stdout]).toEqual([4, '']);
    expect((await start(['publish', 'dist', '--allow-missing-index'])).code).toBe(0);
  });

  it('loads nothing of AWS where everything is on this machine', async () => {
    folder.write(smallSite);
    const hook = join(import.meta.dirname, 'listModules.mjs');
    const { code, stderr } = await start(['publish'], { node: ['--import', hook] });
    expect(code).toBe(0);
    expect(listLoaded(stderr)).toContain('/zod/');
    expect(listLoaded(stderr)).not.toMatch(/@aws-sdk|@smithy|undici/);
  });

  it('says of an unchanged site the same whether it recognises it or builds it again', async () => {
    folder.write(smallSite);
    const cache = join(folder.path, 'cache');
    const env = { TWINORIGIN_CACHE_DIR: cache };
    const tellAgain = async (args: readonly string[] = []) => {
      const { code, stdout } = await start(['publish', ...args], { env });
      expect(code).toBe(0);
      return stdout.replace(/\([\d.]+ m?s\)/, '(time)');
    };
    await tellAgain();
    const memories = () => readdirSync(cache).filter((name) => name.startsWith('built-'));
    expect(memories()).toHaveLength(1);
    const recognised = await tellAgain();
    expect(recognised).toContain('Nothing to do');
    const memory = join(cache, memories()[0]!);
    // A memory of something else is not believed, and is put right.
    writeFileSync(memory, readFileSync(memory, 'utf8').replace(/"root":"./, '"root":"x'));
    expect(await tellAgain()).toBe(recognised);
    const listed = planDocumentSchema.parse(JSON.parse(await tellAgain(['--json'])));
    expect(listed.objects.length).toBe(listed.changes.kept);
    folder.write({ 'dist/index.html': '<!doctype html><title>other</title>' });
    expect(await tellAgain()).toMatch(/Live: release[^]*[1-9]\d* updated/);
  });

  it('asks git who publishes only when something is published, and once', async () => {
    folder.write({ ...smallSite, 'bin/git': '#!/bin/sh\necho asked >> git.log\nexit 1\n' });
    chmodSync(join(folder.path, 'bin/git'), 0o755);
    const env = { PATH: `${join(folder.path, 'bin')}${delimiter}${process.env.PATH ?? ''}` };
    for (const headline of ['Live: release', 'Nothing to do']) {
      const { code, stdout } = await start(['publish'], { env });
      expect([code, stdout.includes(headline)]).toEqual([0, true]);
      expect(readFileSync(join(folder.path, 'git.log'), 'utf8')).toBe('asked\n');
    }
  });

  it('loads no parser where every reference is remembered', async () => {
    folder.write(smallSite);
    const hook = join(import.meta.dirname, 'listModules.mjs');
    const first = await start(['build', '--out', 'built'], { node: ['--import', hook] });
    expect(listLoaded(first.stderr)).toContain('acorn');
    const second = await start(['build', '--out', 'built'], { node: ['--import', hook] });
    expect(second.code).toBe(0);
    expect(listLoaded(second.stderr)).not.toMatch(/acorn|htmlparser2|css-tokenizer|references\/html\.js/);
  });

  it('warns when the proof is skipped', async () => {
    folder.write(smallSite);
    const { code, stdout } = await start(['publish', '--no-verify']);
    expect(code).toBe(0);
    expect(stdout).toContain('not-verified');
  });

  it('says when another program has the port', async () => {
    folder.write(smallSite);
    const server = createServer((_request, response) => response.end('somebody else'));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const taken = String((server.address() as AddressInfo).port);
    const { code, stderr } = await start(['publish', '--port', taken]);
    server.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`another program listens on port ${taken}`);
    expect(existsSync(join(folder.path, '.twinorigin/pages/index.html'))).toBe(false);
  });
});

describe('signals', () => {
  it('end a preview with 0, and publishes use it while it runs', async () => {
    folder.write(smallSite);
    expect((await start(['publish'])).code).toBe(0);
    let published: Promise<unknown> | undefined;
    const preview = await start(['preview'], {
      onOutput(text, child) {
        if (!text.includes('until Ctrl-C') || published !== undefined) return;
        folder.write({ 'dist/index.html': '<!doctype html><title>new</title>' });
        published = (async () => {
          const { code } = await start(['publish']);
          const page = await fetch(`http://127.0.0.1:${port}/`);
          child.kill('SIGINT');
          return [code, page.status, (await page.text()).includes('2 pages')];
        })();
      },
    });
    expect(await published).toEqual([0, 200, true]);
    expect(preview.code).toBe(0);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s stops a publish with %d; the same command finishes it', async (signal, exitCode) => {
    // Enough to do that it cannot be over before the signal comes.
    const many = Array.from({ length: 150 }, (_, index): [string, string] => [
      `dist/p/${index}.html`,
      `<!doctype html>${index}`,
    ]);
    folder.write({ ...smallSite, ...Object.fromEntries(many) });
    let sent = false;
    const { code, stdout } = await start(['publish', '--json', '--concurrency', '1'], {
      onOutput(text, child) {
        if (sent || !text.includes('compress')) return;
        sent = true;
        child.kill(signal);
      },
    });
    expect(code).toBe(exitCode);
    expect(errorDocumentSchema.parse(JSON.parse(stdout)).error).toMatchObject({ code: 'interrupted', exitCode });
    expect((await start(['publish'])).code).toBe(0);
  });
});

describe('check and build', () => {
  it('ends with 0 on warnings, 4 with --strict, 4 on errors', async () => {
    folder.write({ ...smallSite, 'dist/c.html': '<!doctype html><img src="gone.png" alt="">' });
    const { code, stdout } = await start(['check']);
    expect(code).toBe(0);
    expect(stdout).toContain('warning  c.html:1:26  img@src leads to "gone.png"');
    expect(stdout).toMatch(/1 warning, \d notes? in 6 files/);
    expect((await start(['check', '--strict'])).code).toBe(4);
    folder.write({ 'dist/c.html': '<!doctype html><img src="A.PNG" alt="">' });
    const wrong = await start(['check', '--json']);
    expect(wrong.code).toBe(4);
    expect(checkDocumentSchema.parse(JSON.parse(wrong.stdout)).counts).toMatchObject({ error: 1, warning: 0 });
  });

  it('checks for machines: annotations, SARIF, and without the kinds of findings that are not wanted', async () => {
    folder.write({ 'dist/index.html': '<!doctype html>\n<title>é</title>é<img src="gone.png" width=1>' });
    const annotations = await start(['check', '--format', 'github']);
    expect(annotations.stdout).toBe(
      '::warning file=dist/index.html,line=2,col=28,title=dangling-reference::' +
        'img@src leads to "gone.png", but the site has no gone.png\n',
    );
    const log = JSON.parse((await start(['check', '--format', 'sarif'])).stdout) as { runs: { results: object[] }[] };
    expect(log.runs[0]?.results).toMatchObject([{ ruleId: 'dangling-reference', level: 'warning' }]);
    expect(JSON.parse((await start(['check', '--format', 'json'])).stdout)).toMatchObject({ counts: { warning: 1 } });
    expect((await start(['check', '--strict', '--skip', 'dangling-reference'])).code).toBe(0);
    const unknown = await start(['check', '--skip', 'dangling']);
    expect([unknown.code, unknown.stdout]).toEqual([2, '']);
    expect((await start(['check', '--json', '--format', 'sarif'])).code).toBe(2);
  });

  it('builds folders, replaces its own, and refuses those of others', async () => {
    folder.write({ ...smallSite, 'mine/notes.txt': 'keep me' });
    const out = join(folder.path, 'out');
    expect((await start(['build', '--out', 'out'])).code).toBe(0);
    const built = () => readdirSync(join(out, 'images')).filter((name) => name.startsWith('a.'));
    expect(built()).toHaveLength(1);
    const manifest = JSON.parse(readFileSync(join(out, 'headers.json'), 'utf8'));
    expect(manifest.objects.pages['index.html'].contentType).toBe('text/html; charset=utf-8');

    const [before] = built();
    folder.write({ 'dist/a.png': 'another picture\n', 'out/foreign.txt': 'keep me too' });
    expect((await start(['build', '--out', 'out'])).code).toBe(0);
    expect(built()).toHaveLength(1);
    expect(built()[0]).not.toBe(before);
    expect(readdirSync(out)).toContain('foreign.txt');

    const refused = await start(['build', '--out', 'mine']);
    expect(refused.code).toBe(4);
    expect(readdirSync(join(folder.path, 'mine'))).toEqual(['notes.txt']);
    expect((await start(['build', '--out', 'dist/out'])).code).toBe(2);
  });
});

/** The modules that were loaded, one a line; of a packed file those that are in it. */
function listLoaded(stderr: string): string {
  const root = join(import.meta.dirname, '../..');
  const packed = JSON.parse(readFileSync(join(root, 'dist/packed.json'), 'utf8')) as Record<string, string[]>;
  const loaded = stderr.split('\n').filter((line) => line.startsWith('module '));
  return loaded
    .flatMap((line) => [line, ...(packed[/dist\/(?:cli|chunks)\/.*$/.exec(line)?.[0] ?? ''] ?? [])])
    .join('\n');
}
