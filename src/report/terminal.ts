/** Where reports go: progress and errors to stderr, the report itself to stdout, and how they look there. */
import { createProgress, type Progress } from './progress.js';
import { paint, type Look } from './text.js';

/** The part of a writable stream that reports need. */
interface Output {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

interface TerminalOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `false` for --no-color. */
  readonly color: boolean;
  readonly verbose: boolean;
  /** No progress and no notes; results and errors stay. */
  readonly quiet: boolean;
}

export interface Terminal {
  /** Look of the report on stdout. */
  readonly look: Look;
  /** Look of progress, notes and errors on stderr. */
  readonly errorLook: Look;
  readonly listen: Progress['listen'];
  /** The report. */
  print(text: string): void;
  /** The report as it is, for programs. */
  write(text: string): void;
  /** A line beside the report. */
  note(text: string): void;
  /** An error, shown even with --quiet. */
  complain(text: string): void;
}

export function openTerminal({ stdout, stderr, env, color, verbose, quiet }: TerminalOptions): Terminal {
  const look = decideLook(stdout);
  const errorLook = decideLook(stderr);
  const progress = createProgress({
    look: errorLook,
    live: stderr.isTTY === true && env.TERM !== 'dumb' && env.CI === undefined,
    write: (text) => stderr.write(text),
  });
  return {
    look,
    errorLook,
    listen: quiet ? () => undefined : progress.listen,
    print(text) {
      progress.clear();
      stdout.write(`${text}\n`);
    },
    write(text) {
      progress.clear();
      stdout.write(text);
    },
    note(text) {
      progress.clear();
      if (!quiet) stderr.write(`${paint(errorLook, 'dim', text)}\n`);
    },
    complain(text) {
      progress.clear();
      stderr.write(`${text}\n`);
    },
  };

  function decideLook({ isTTY, columns }: Output): Look {
    const width = isTTY === true ? Math.max(40, columns ?? 80) : (readWidth(env.COLUMNS) ?? 120);
    return { color: wantsColor(isTTY === true), width: Math.min(width, 160), verbose };
  }

  /** no-color.org: any value that is not empty; FORCE_COLOR for CI systems that show colours without being terminals. */
  function wantsColor(isTTY: boolean): boolean {
    if (!color || (env.NO_COLOR ?? '') !== '') return false;
    if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0';
    return isTTY && env.TERM !== 'dumb';
  }
}

function readWidth(columns: string | undefined): number | undefined {
  const width = Number(columns);
  return Number.isInteger(width) && width >= 20 ? width : undefined;
}
