/**
 * A GitHub runner as far as an action can see it: the files and variables of the job, the inputs with the defaults of
 * action.yml, and a reading of what the step wrote (GitHub docs, "Workflow commands" and "Variables reference").
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { runAction } from '../../src/action/run.js';

const root = join(import.meta.dirname, '../..');

interface ActionFile {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly runs: { readonly using: string; readonly main: string };
}
export const actionFile = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as ActionFile;

export interface Bundle {
  /** The folder that the runner would have downloaded. */
  readonly folder: string;
  readonly main: string;
  remove(): void;
}

/** The action as a release holds it: action.yml, package.json and the one file. */
export async function bundleAction(): Promise<Bundle> {
  const folder = mkdtempSync(join(tmpdir(), 'action-'));
  const main = join(folder, actionFile.runs.main);
  const { bundleOptions } = (await import(join(root, 'scripts/action.mjs'))) as { bundleOptions: object };
  await build({ ...bundleOptions, outfile: main });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  return {
    folder,
    main,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

export interface StepResult {
  readonly code: number | null;
  readonly log: string;
  readonly stderr: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly commands: readonly Command[];
  /** Lines of the log outside of folded groups. */
  readonly unfolded: readonly string[];
}

export interface Job {
  readonly workspace: string;
  write(files: Readonly<Record<string, string>>): void;
  step(options: StepOptions): Promise<StepResult>;
  remove(): void;
}

export interface StepOptions {
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly event?: { readonly name: string; readonly payload: object };
  readonly token?: string;
  /** The bundle, run as the runner runs it; without one the same code runs in this process. */
  readonly bundle?: Bundle | undefined;
}

export function startJob(): Job {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'runner-')));
  const workspace = join(folder, 'work/site/site');
  const temp = join(folder, 'work/_temp');
  mkdirSync(workspace, { recursive: true });
  mkdirSync(join(temp, '_runner_file_commands'), { recursive: true });
  let steps = 0;
  return {
    workspace,
    write(files) {
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(workspace, name)), { recursive: true });
        writeFileSync(join(workspace, name), content);
      }
    },
    async step(options) {
      const number = ++steps;
      const file = (name: string, content = '') => {
        const path = join(temp, '_runner_file_commands', `${name}_${number}`);
        writeFileSync(path, content);
        return path;
      };
      const output = file('set_output');
      const summary = file('step_summary');
      const event = file('event.json', JSON.stringify(options.event?.payload ?? {}));
      const env = {
        PATH: process.env.PATH ?? '',
        HOME: folder,
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        GITHUB_ACTOR: 'octocat',
        GITHUB_API_URL: 'http://127.0.0.1:1',
        GITHUB_EVENT_NAME: options.event?.name ?? 'push',
        GITHUB_EVENT_PATH: event,
        GITHUB_OUTPUT: output,
        GITHUB_REF_NAME: 'main',
        GITHUB_REPOSITORY: 'acme/site',
        GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
        GITHUB_STEP_SUMMARY: summary,
        GITHUB_WORKSPACE: workspace,
        RUNNER_TEMP: temp,
        ...listInputs(options),
        ...options.env,
      };
      const { code, stdout, stderr } = await (options.bundle === undefined
        ? runHere(env)
        : spawnNode(options.bundle.main, workspace, env));
      return {
        code,
        log: stdout,
        stderr,
        outputs: readOutputs(readFileSync(output, 'utf8')),
        summary: readFileSync(summary, 'utf8'),
        commands: readCommands(stdout),
        unfolded: unfold(stdout),
      };
    },
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Every input is there; one without a default is empty. Unknown ones are only warned about by the real runner. */
function listInputs({ with: given = {}, token = '' }: StepOptions): Record<string, string> {
  for (const name of Object.keys(given)) if (!(name in actionFile.inputs)) throw new Error(`no input ${name}`);
  return Object.fromEntries(
    Object.entries(actionFile.inputs).map(([name, { default: fallback = '' }]) => [
      `INPUT_${name.toUpperCase()}`,
      given[name] ?? fallback.replace('${{ github.token }}', token),
    ]),
  );
}

async function runHere(env: Readonly<Record<string, string>>) {
  let stdout = '';
  const code = await runAction(env, { write: (text) => (stdout += text) });
  return { code, stdout, stderr: '' };
}

function spawnNode(main: string, cwd: string, env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [main], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => (stdout += text));
    child.stderr.on('data', (text) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

/** `name<<delimiter`, lines, `delimiter`: as the runner reads its file commands; anything else is an error there. */
function readOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (line === '') continue;
    const [, name = '', delimiter] = /^([^=<]+)<<(.+)$/.exec(line) ?? [];
    if (delimiter === undefined) throw new Error(`not a file command: ${line}`);
    const end = lines.indexOf(delimiter, index + 1);
    if (end === -1) throw new Error(`the delimiter of ${name} does not come again`);
    outputs[name] = lines.slice(index + 1, end).join('\n');
    index = end;
  }
  return outputs;
}

function readCommands(log: string): Command[] {
  return log.split('\n').flatMap((line) => {
    const [, name, properties = '', message = ''] = /^::([a-z-]+)(?: ([^:]*))?::(.*)$/.exec(line) ?? [];
    if (name === undefined) return [];
    const pairs = properties === '' ? [] : properties.split(',').map((pair) => /^([^=]+)=(.*)$/.exec(pair)!);
    const unescape = (text: string) => text.replace(/%(25|0D|0A|3A|2C)/g, (code) => decodeURIComponent(code));
    return [
      {
        name,
        properties: Object.fromEntries(pairs.map(([, key, value]) => [key, unescape(value!)])),
        message: unescape(message),
      },
    ];
  });
}

function unfold(log: string): string[] {
  let inside = false;
  return log.split('\n').filter((line) => {
    if (line.startsWith('::group::')) inside = true;
    const shown = !inside;
    if (line.startsWith('::endgroup::')) inside = false;
    return shown && line !== '';
  });
}
