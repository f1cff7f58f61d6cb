/**
 * The first five minutes with a project of each of five generators, as a person has them: `init` on a terminal, its
 * question answered, `publish`. What they read is kept as text; the workflow that `init` wrote is then run, step by step.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bundleAction, startJob, type Bundle } from '../action/runner.js';
import { projects, sourceOf } from '../browser/generators.js';
import { findPort } from '../cli/command.js';
import { root } from '../docs/documents.js';
import { openSession } from './terminal.js';

/** Words a minute: somebody who reads a technical text with care; and keys a minute of somebody who types slowly. */
const [readingSpeed, typingSpeed] = [200, 120];
const mostMinutes = 2;

const names = ['VitePress', 'Astro', 'Eleventy', 'Docusaurus', 'Vite'] as const;
const scripts: Readonly<Record<string, string>> = { VitePress: 'vitepress build docs' };

let folder: string;
let tarball: string;
let bundle: Bundle;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'minutes-'));
  const packed = npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root);
  tarball = join(folder, (JSON.parse(packed) as { filename: string }[])[0]!.filename);
  bundle = await bundleAction();
});
afterAll(() => {
  bundle.remove();
  rmSync(folder, { recursive: true, force: true });
});

function npm(args: readonly string[], cwd: string): string {
  const flags = ['--no-audit', '--no-fund', '--prefer-offline'];
  return execFileSync('npm', [...args, ...flags], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Numbers that differ from run to run are not part of what is read. */
function settle(screen: string, project: string, port: number): string {
  return (
    screen
      .replaceAll(project, '<project>')
      .replaceAll(String(port), '<port>')
      .replace(/\d{8}T\d{6}Z-[0-9a-f]{8}/g, '<release>')
      .replace(/\b[0-9a-f]{16}\b/g, '<digest>')
      .replace(/(\(| +)[\d.,]+ (B|kB|MB|ms|s)\b/g, (_, lead: string) => `${lead.trim() || ' '}<amount>`)
      .replace(/\b\d+ min <amount>/g, '<amount>')
      // How much was read is told only by a phase that took long enough to tell it.
      .replace(/<amount>( <amount>)+/g, '<amount>')
      .replace(/[\d.]+ %/g, '<share>')
      .replace(/\$[\d.]+/g, '<price>')
      .replace(/\^\d+\.\d+\.\d+/g, '<version>')
      .replace(/@v\d+\n/g, '@<version>\n')
      .replace(/ +(\d[\d,]*) (files?|objects?|references?|records?|paths?)\b/g, ' <count> $2')
      .replace(/\d+ (created|writes)/g, '<count> $1')
  );
}

function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => /\p{L}{2}/u.test(word)).length;
}

describe.each(names)('%s', (name) => {
  const project = projects[name === 'Vite' ? 'Vite with React' : name]!;
  let place: string;
  let port: number;
  beforeAll(async () => {
    place = join(folder, name.toLowerCase());
    port = await findPort();
    for (const [path, content] of Object.entries(project.sources)) {
      mkdirSync(dirname(join(place, path)), { recursive: true });
      writeFileSync(join(place, path), sourceOf(content));
    }
    const build = scripts[name] ?? project.command.join(' ');
    // What Docusaurus makes of the server's pages is CommonJS.
    const moduleType = name === 'Docusaurus' ? {} : { type: 'module' };
    writeFileSync(
      join(place, 'package.json'),
      JSON.stringify({ name: 'site', private: true, ...moduleType, scripts: { build } }, null, 2),
    );
    writeFileSync(join(place, '.gitignore'), 'node_modules/\n');
    npm(['install', '--save-dev', '--ignore-scripts', ...project.packages], place);
    execFileSync('npm', ['run', 'build'], { cwd: place, stdio: 'pipe' });
    const git = (...args: string[]) => execFileSync('git', args, { cwd: place });
    git('init', '-q', '-b', 'main');
    git('remote', 'add', 'origin', 'https://github.com/acme/site.git');
  }, 900_000);

  it('is set up and published within two minutes of reading and typing', async () => {
    const command = `${process.execPath} ${join(root, 'dist/cli/main.js')}`;
    const env = { HOME: folder, TWINORIGIN_PORT: String(port) };
    const typed = ['npx twinorigin init', 'y', 'npx twinorigin publish'];
    const first = await openSession(`${command} init`, {
      cwd: place,
      env,
      answers: [{ after: /\[y\/N\] ?$/, typed: 'y\n' }],
    });
    expect([first.code, first.screen]).toEqual([0, expect.stringContaining('written')]);
    const second = await openSession(`${command} publish`, { cwd: place, env });
    expect([second.code, second.screen]).toEqual([0, expect.stringContaining(`http://www.localhost:${port}`)]);
    const transcript = `$ ${typed[0]}\n${first.screen}\n\n$ ${typed[2]}\n${second.screen}\n`;
    await expect(settle(transcript, place, port)).toMatchFileSnapshot(`transcripts/${name.toLowerCase()}.txt`);
    const keys = typed.reduce((sum, line) => sum + line.length + 1, 0);
    const minutes = countWords(transcript) / readingSpeed + keys / typingSpeed;
    process.stdout.write(`${name}: ${countWords(transcript)} words, ${keys} keys: ${minutes.toFixed(1)} minutes\n`);
    expect(minutes).toBeLessThan(mostMinutes);
  });

  it('is published by the workflow that was written, step by step, and planned on a pull request', async () => {
    const job = startJob();
    try {
      // What is checked out: nothing that was installed or built. The package comes from here instead of the registry.
      const left = new Set(['node_modules', '.git', '.twinorigin', '.docusaurus', '.astro']);
      const out = join(place, project.output);
      npm(['install', '--save-dev', '--ignore-scripts', tarball], place);
      cpSync(place, job.workspace, {
        recursive: true,
        filter: (path) => !left.has(path.slice(path.lastIndexOf('/') + 1)) && path !== out,
      });
      const workflow = parse(readFileSync(join(place, '.github/workflows/publish.yml'), 'utf8')) as Workflow;
      const outcomes = [];
      for (const step of workflow.jobs.publish.steps) {
        if (step.run !== undefined) runStep(step.run, job.workspace);
        if (step.uses?.startsWith('twinorigin/') !== true) continue;
        for (const event of ['pull_request', 'push'] as const) {
          const inputs = Object.entries(step.with ?? {}).map(([key, value]) => [key, evaluate(value, event)]);
          outcomes.push(
            await job.step({
              bundle,
              with: Object.fromEntries(inputs) as Record<string, string>,
              env: { TWINORIGIN_PORT: String(port) },
              event: { name: event, payload: {} },
            }),
          );
        }
      }
      const [planned, published] = outcomes;
      expect([planned?.code, planned?.outputs.release, planned?.outputs.changed]).toEqual([0, '', 'true']);
      expect([published?.code, published?.outputs.changed]).toEqual([0, 'true']);
      expect(published?.outputs.release).toMatch(/^\d{8}T/);
      expect(published?.summary).toContain('Live');
    } finally {
      job.remove();
    }
  });
});

interface Workflow {
  readonly jobs: {
    readonly publish: {
      readonly steps: readonly {
        readonly run?: string;
        readonly uses?: string;
        readonly with?: Readonly<Record<string, string>>;
      }[];
    };
  };
}

/** As a runner does it (GitHub docs, "defaults.run.shell": `bash -e`), without the scripts of packages. */
function runStep(script: string, cwd: string): void {
  const { PATH = '', HOME = '' } = process.env;
  const env = {
    PATH,
    HOME,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    npm_config_ignore_scripts: 'true',
    npm_config_prefer_offline: 'true',
  };
  // `npm run` is refused nothing by that: it holds for the scripts of packages that are installed.
  execFileSync('bash', ['-e', '-c', script], { cwd, env, stdio: 'pipe' });
}

/** The one kind of expression that the workflows have: `event == 'x' && 'a' || 'b'`. @throws on any other. */
function evaluate(value: string, event: string): string {
  if (!value.includes('${{')) return value;
  const [, name, yes, no] = /^\$\{\{ github\.event_name == '(\w+)' && '(\w+)' \|\| '(\w+)' \}\}$/.exec(value) ?? [];
  if (name === undefined || yes === undefined || no === undefined) throw new Error(`not understood: ${value}`);
  return event === name ? yes : no;
}
