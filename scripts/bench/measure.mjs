/** Runs one command and says what it took: wall, CPU of it and its children, peak memory (GNU time, `/usr/bin/time`). */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * @param {readonly string[]} command
 * @param {{ env?: Record<string, string>, cwd?: string, timeout?: number }} options
 * @returns {Promise<{ wall: number, cpu: number, rss: number, code: number, output: string }>} seconds, seconds, MB
 */
export async function measure(command, { env = {}, cwd, timeout = 900_000 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-time-'));
  try {
    const notes = join(folder, 'time');
    const started = performance.now();
    const child = spawn('/usr/bin/time', ['-o', notes, '-f', '%U %S %M', ...command], {
      env: { ...ownEnvironment(), ...env },
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    const collect = (chunk) => (output = (output + chunk).slice(-4000));
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    let timedOut = false;
    const killer = setTimeout(() => {
      timedOut = true;
      process.kill(-child.pid, 'SIGKILL');
    }, timeout);
    const code = await new Promise((resolve, reject) =>
      child.on('error', reject).on('exit', (exit) => resolve(exit ?? 1)),
    );
    const wall = (performance.now() - started) / 1000;
    clearTimeout(killer);
    const [user = 0, system = 0, kilobytes = 0] = timedOut
      ? []
      : (readFileSync(notes, 'utf8').trim().split('\n').at(-1) ?? '').split(' ').map(Number);
    return { wall, cpu: user + system, rss: kilobytes / 1024, code: timedOut ? 124 : code, output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The middle one; of an even number the lower of the two, so that it is a run that happened. */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN;
}

/** Without what would lead a tool to somebody's account, or (rclone) to refuse to start. */
function ownEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));
}
