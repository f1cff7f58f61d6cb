/**
 * How a step speaks to the GitHub runner: outputs and the summary through files, annotations through lines on stdout
 * (GitHub docs, "Workflow commands for GitHub Actions").
 */
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';

export type Env = Readonly<Record<string, string | undefined>>;
export type Level = 'error' | 'warning' | 'notice';

export interface Annotation {
  readonly level: Level;
  readonly message: string;
  readonly title?: string | undefined;
  /** Relative to the root of the repository. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

export interface Runner {
  readonly env: Env;
  /** A line of the log. */
  say(text: string): void;
  annotate(annotation: Annotation): void;
  /** What follows is folded in the log, until `endGroup`. */
  startGroup(title: string): void;
  endGroup(): void;
  setOutput(name: string, value: string): void;
  /** Adds Markdown to the page of the run. */
  addSummary(markdown: string): void;
}

/** The runner refuses a summary above 1 MiB; what is cut is at its end. */
const summaryBytes = 1024 * 1024 - 1024;

export function openRunner(env: Env, stdout: { write(text: string): unknown }): Runner {
  const write = (line: string) => stdout.write(`${line}\n`);
  return {
    env,
    // A line that begins like a command would be obeyed.
    say: (text) => write(text.replace(/^(\s*)(::|##\[)/gm, '$1\u200b$2')),
    annotate({ level, message, title, file, line, column }) {
      const properties = Object.entries({ title, file, line, col: column })
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
      write(`::${level}${properties.length > 0 ? ` ${properties.join(',')}` : ''}::${escapeMessage(message)}`);
    },
    startGroup: (title) => write(`::group::${escapeMessage(title)}`),
    endGroup: () => write('::endgroup::'),
    setOutput(name, value) {
      const file = env.GITHUB_OUTPUT ?? '';
      if (file === '') return;
      // A value that holds the delimiter could set other outputs.
      const delimiter = `end_${randomUUID()}`;
      appendFileSync(file, `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
    },
    addSummary(markdown) {
      const file = env.GITHUB_STEP_SUMMARY ?? '';
      if (file !== '') appendFileSync(file, cutBytes(`${markdown}\n`, summaryBytes));
    },
  };
}

function escapeMessage(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** At most so many bytes, ending with a whole line. */
function cutBytes(text: string, most: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= most) return text;
  const end = bytes.lastIndexOf('\n', most);
  return `${bytes.subarray(0, Math.max(0, end)).toString()}\n\n… cut: the whole is in the log.\n`;
}
