/** Starts publishers in processes of their own, from one bundle, and waits for their end. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Job } from './publisher.js';

export interface Killer {
  /** Publishes until the moment it is killed. @returns the signal that ended it, or null when it came to its end. */
  publish(job: Job, operation: number, moment: 'before' | 'after'): Promise<NodeJS.Signals | null>;
  /** Publishes to the end. @returns null when it is done, or why not: a code of src/errors.ts and the exit code. */
  finish(job: Job): Promise<string | null>;
  /** Starts the fake S3 in a process of its own. */
  startServer(): Promise<{ readonly url: string; close(): void }>;
  close(): Promise<void>;
}

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly complaints: string;
}

export async function openKiller(): Promise<Killer> {
  // Below the packages, so that what is required at run time is found from there.
  const cache = join(import.meta.dirname, '../../node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'killer-'));
  const outfile = join(folder, 'program.mjs');
  await build({
    entryPoints: ['program.ts', 'fakeServer.ts'].map((name) => join(import.meta.dirname, name)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    packages: 'external',
    format: 'esm',
    banner: {
      js: `import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);`,
    },
  });
  const start = (...words: readonly string[]): Promise<End> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [outfile, ...words], { stdio: ['ignore', 'inherit', 'pipe'] });
      let complaints = '';
      child.stderr.on('data', (text) => (complaints += text));
      child.on('error', reject);
      child.on('close', (code, signal) => resolve({ code, signal, complaints: complaints.trim() }));
    });
  return {
    async publish(job, operation, moment) {
      const { code, signal, complaints } = await start(JSON.stringify(job), String(operation), moment);
      if (code !== 0 && signal === null) throw new Error(`the publisher ended with ${code}: ${complaints}`);
      return signal;
    },
    async finish(job) {
      const { code, complaints } = await start(JSON.stringify(job));
      if (code === 0) return null;
      if (!/^[a-z-]+$/.test(complaints)) throw new Error(`the publisher ended with ${code}: ${complaints}`);
      return `${complaints} ${code}`;
    },
    startServer: () =>
      new Promise((resolve, reject) => {
        const server = join(folder, 'fakeServer.mjs');
        const child = spawn(process.execPath, [server], { stdio: ['ignore', 'pipe', 'inherit'] });
        child.on('error', reject);
        child.on('close', (code) => reject(new Error(`the server ended with ${code}`)));
        child.stdout.once('data', (text) => {
          resolve({ url: String(text).trim(), close: () => void child.kill('SIGKILL') });
        });
      }),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
