/** What every command gets, and what becomes of its report, its errors and its exit code. */
import type { Command } from 'commander';
import type { Config } from '../config.js';
import { PublishError, exitCodes } from '../errors.js';
import type { Terminal } from '../report/terminal.js';
import type { FlagSetting } from './loadConfig.js';
import type { Options } from './options.js';

/** The process around the command line; tests bring their own. */
export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Stream;
  readonly stderr: Stream;
}

interface Stream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface Invocation extends Surroundings {
  /** What was named without a flag: the site, or the release to go back to. */
  readonly argument: string | undefined;
  readonly options: Options;
  readonly terminal: Terminal;
  /** Aborted by the first Ctrl-C; its reason is the error to report. */
  readonly signal: AbortSignal;
  /** Ctrl-C is now the way to end, and not an interruption. */
  readonly expectStop: () => void;
  /** True where a person can see stdout and press Ctrl-C. */
  readonly interactive: boolean;
  /** Loads the configuration; says what was assumed. */
  readonly loadConfig: (request: { readonly needsSite: boolean }) => Promise<Config>;
  /** Writes the report: the document under --json, else the text. */
  readonly report: (document: () => object, text: () => string) => void;
}

export interface CommandModule {
  /** @returns the exit code. */
  readonly run: (invocation: Invocation) => Promise<number>;
}

/** Runs one command; whatever happens becomes a report and an exit code. */
export async function act(
  command: Command,
  argument: string | undefined,
  load: () => Promise<CommandModule>,
  surroundings: Surroundings,
): Promise<number> {
  const [{ openTerminal }, { serializeDocument }, { listenForSignals }, { readFlagSettings }] = await Promise.all([
    import('../report/terminal.js'),
    import('../report/json.js'),
    import('./signals.js'),
    import('./options.js'),
  ]);
  const options = command.optsWithGlobals<Options>();
  const { json = false, quiet = false, verbose = false, color } = options;
  const terminal = openTerminal({ ...surroundings, color, verbose, quiet });
  const signals = listenForSignals((text) => {
    terminal.note(text);
  });
  // `check` takes the address of a published site, too.
  const isSite =
    argument !== undefined && command.registeredArguments[0]?.name() === 'site' && !/^https?:\/\//.test(argument);
  const named: readonly FlagSetting[] = isSite ? [{ flag: '[site]', path: ['site'], value: argument }] : [];
  const flags = [...named, ...readFlagSettings(command)];

  const invocation: Invocation = {
    ...surroundings,
    argument,
    options,
    terminal,
    signal: signals.signal,
    expectStop: signals.expect,
    interactive: surroundings.stdout.isTTY === true && surroundings.env.CI === undefined,
    async loadConfig({ needsSite }) {
      const { loadConfig } = await import('./loadConfig.js');
      const { cwd, env } = surroundings;
      const { config, notes } = await loadConfig({ flags, file: options.config, needsSite, cwd, env });
      for (const note of notes) terminal.note(note);
      return config;
    },
    report(document, text) {
      if (json) terminal.write(serializeDocument(document()));
      else terminal.print(text());
    },
  };
  try {
    const { run } = await load();
    return await run(invocation);
  } catch (thrown) {
    // Whatever an aborted request throws, the reason is that somebody pressed Ctrl-C.
    const error: unknown = signals.signal.aborted ? signals.signal.reason : thrown;
    await reportError(error, json, terminal, surroundings);
    return error instanceof PublishError ? error.exitCode : exitCodes.failure;
  } finally {
    signals.dispose();
  }
}

async function reportError(error: unknown, json: boolean, terminal: Terminal, { env }: Surroundings): Promise<void> {
  const { listSecrets } = await import('./secrets.js');
  const secrets = listSecrets(env);
  if (json) {
    const { describeError, serializeDocument } = await import('../report/json.js');
    terminal.write(serializeDocument(describeError(error, secrets)));
  } else {
    const { renderError } = await import('../report/errorText.js');
    terminal.complain(renderError(error, terminal.errorLook, secrets));
  }
}
