/** Programs that run a store in a process of their own, so that it can be killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const from = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export interface Program {
  /** Starts it; what it prints comes as lines. */
  start(...parameters: string[]): RunningProgram;
}

export interface RunningProgram {
  readonly process: ChildProcess;
  /** Resolves when that many lines have been printed. */
  lines(count: number): Promise<readonly string[]>;
  /** Everything it printed, once it has ended, by itself or killed. */
  readonly ended: Promise<readonly string[]>;
}

/** Bundles a program; `store` is in scope, opened on the folder that is the first parameter, `args` are the others. */
export async function programOf(code: string): Promise<Program> {
  const folder = await mkdtemp(join(tmpdir(), 'twinorigin-program-'));
  const outfile = join(folder, 'program.mjs');
  await build({
    stdin: {
      contents: `
        import { writeSync } from 'node:fs';
        import { openDirectoryStore } from ${JSON.stringify(from('../../src/local/store.ts'))};
        import { ConditionFailed } from ${JSON.stringify(from('../../src/release/ports.ts'))};
        const [directory, ...args] = process.argv.slice(2);
        const store = openDirectoryStore(directory);
        const print = (line) => writeSync(1, line + '\\n');
        ${code}`,
      loader: 'ts',
      resolveDir: from('.'),
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` },
  });
  return { start: (...parameters) => run(outfile, parameters) };
}

function run(file: string, parameters: readonly string[]): RunningProgram {
  const child = spawn(process.execPath, [file, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  const read = (): string[] => text.split('\n').slice(0, -1);
  const waiting = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    for (const look of waiting) look();
  });
  const ended = new Promise<readonly string[]>((resolve) => child.on('close', () => resolve(read())));
  return {
    process: child,
    ended,
    lines: (count) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (read().length < count) return;
          waiting.delete(look);
          resolve(read());
        };
        waiting.add(look);
        look();
        void ended.then(() => reject(new Error(`it ended after ${read().length} lines`)));
      }),
  };
}
