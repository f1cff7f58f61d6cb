/** The inputs of action.yml, checked: a typo in a workflow ends with one clear error before anything is done. */
import { isAbsolute, join, resolve } from 'node:path';
import { PublishError } from '../errors.js';
import type { Env } from './runner.js';

const commands = ['publish', 'plan', 'preview'] as const;
export type ActionCommand = (typeof commands)[number];

export interface Inputs {
  readonly command: ActionCommand;
  /** Empty: the only usual output folder with an index.html, or what the configuration says. */
  readonly site: string;
  readonly config: string;
  /** Absolute. */
  readonly directory: string;
  readonly dryRun: boolean;
  readonly verify: boolean;
  readonly wait: boolean;
  readonly waitForCdn: boolean;
  readonly force: boolean;
  readonly allowMissingIndex: boolean;
  readonly maxDeletes: string;
  readonly region: string;
  readonly endpointUrl: string;
  /** Further flags of the command line, one a line. */
  readonly flags: readonly string[];
  /** Empty: named after the pull request or the branch. */
  readonly previewName: string;
  readonly summary: boolean;
  readonly comment: boolean;
  readonly token: string;
}

/** @throws PublishError `usage` naming the input. */
export function readInputs(env: Env): Inputs {
  const text = (name: string, fallback = '') => {
    // The runner upper-cases names and keeps hyphens.
    const value = env[`INPUT_${name.toUpperCase()}`]?.trim() ?? '';
    return value === '' ? fallback : value;
  };
  const flag = (name: string, fallback: boolean): boolean => {
    const value = text(name, String(fallback)).toLowerCase();
    if (value === 'true' || value === 'false') return value === 'true';
    throw mistake(name, value, 'true or false');
  };
  const command = commands.find((known) => known === text('command', 'publish'));
  if (command === undefined) throw mistake('command', text('command'), commands.join(', '));
  return {
    command,
    site: text('site'),
    config: text('config'),
    directory: resolve(env.GITHUB_WORKSPACE ?? '.', text('working-directory', '.')),
    dryRun: flag('dry-run', false),
    verify: flag('verify', true),
    wait: flag('wait', false),
    waitForCdn: flag('wait-for-cdn', false),
    force: flag('force', false),
    allowMissingIndex: flag('allow-missing-index', false),
    maxDeletes: text('max-deletes'),
    region: text('region'),
    endpointUrl: text('endpoint-url'),
    flags: text('flags')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
    previewName: text('preview-name'),
    summary: flag('summary', true),
    comment: flag('comment', true),
    token: text('token'),
  };
}

/** The same as a command line: the action does what the command does, and nothing else. */
export function makeArguments(inputs: Inputs, previewName: string): readonly string[] {
  const isPlan = inputs.command === 'plan';
  const value = (flag: string, given: string) => (given === '' ? [] : [flag, given]);
  const only = (condition: boolean, flag: string) => (condition && !isPlan ? [flag] : []);
  return [
    isPlan ? 'plan' : 'publish',
    ...(inputs.site === '' ? [] : [inputs.site]),
    '--json',
    ...value('--config', inputs.config),
    ...value('--region', inputs.region),
    ...value('--endpoint-url', inputs.endpointUrl),
    ...value('--max-deletes', inputs.maxDeletes),
    ...(inputs.allowMissingIndex ? ['--allow-missing-index'] : []),
    ...(inputs.command === 'preview' ? ['--preview', previewName] : []),
    ...only(inputs.dryRun, '--dry-run'),
    ...only(!inputs.verify, '--no-verify'),
    ...only(inputs.wait, '--wait'),
    ...only(inputs.waitForCdn, '--wait-for-cdn'),
    ...only(inputs.force, '--force'),
    ...inputs.flags,
  ];
}

/** A path of an error as the repository names it: errors name files relative to the working directory. */
export function locateInRepository(file: string, { directory }: Pick<Inputs, 'directory'>, env: Env): string {
  const root = resolve(env.GITHUB_WORKSPACE ?? '.');
  const absolute = isAbsolute(file) ? file : join(directory, file);
  return absolute.startsWith(`${root}/`) ? absolute.slice(root.length + 1) : file;
}

function mistake(name: string, value: string, wanted: string): PublishError {
  return new PublishError('usage', `the input ${name} is "${value}", but must be ${wanted}`, {
    hint: 'Correct it under "with:" in the workflow.',
  });
}
