/** A person at a terminal: the command on a pseudo-terminal (`script`, util-linux), with what is typed when it asks. */
import { spawn } from 'node:child_process';

export interface Session {
  /** What stands on the screen in the end, line by line, as if it were long enough. */
  readonly screen: string;
  readonly code: number | null;
}

export interface SessionOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Typed as soon as the screen ends like this. */
  readonly answers?: readonly { readonly after: RegExp; readonly typed: string }[];
}

export function openSession(command: string, { cwd, env, answers = [] }: SessionOptions): Promise<Session> {
  const child = spawn('script', ['-qec', `stty cols 100 rows 50; ${command}`, '/dev/null'], {
    cwd,
    env: { PATH: process.env.PATH ?? '', TERM: 'xterm', NO_COLOR: '1', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let raw = '';
  const waiting = [...answers];
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (text) => {
      raw += text;
      const next = waiting[0];
      if (next?.after.test(readScreen(raw)) !== true) return;
      waiting.shift();
      child.stdin.write(next.typed);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, screen: readScreen(raw) });
    });
  });
}

/** Lines that were painted over are gone: cursor up and erase, which is all that the command uses. */
function readScreen(raw: string): string {
  const lines = [''];
  for (const [part] of raw.replaceAll('\r\n', '\n').matchAll(/\u001b\[[\d;?]*[A-Za-z]|\n|[^\u001b\n]+/g)) {
    if (part === '\n') lines.push('');
    else if (!part.startsWith('\u001b')) lines[lines.length - 1] += part;
    else if (part.endsWith('A'))
      lines.splice(Math.max(0, lines.length - 1 - Number(part.slice(2, -1) || 1)), Infinity, '');
  }
  return lines
    .map((line) => line.trimEnd().replace(/^.*\r/, '').trimEnd())
    .join('\n')
    .trim();
}
