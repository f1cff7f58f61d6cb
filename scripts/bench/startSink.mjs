/** The sink as a process of its own, and how it is asked. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** @returns {Promise<{ url: string, stats(): Promise<any>, reset(settings?: Record<string, string|number>): Promise<void>, stop(): void }>} */
export async function startSink() {
  const child = spawn(
    process.execPath,
    ['--max-old-space-size=8192', fileURLToPath(new URL('sink.mjs', import.meta.url))],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const url = await new Promise((resolve, reject) => {
    child.stdout.once('data', (line) => resolve(String(line).trim()));
    child.once('exit', () => reject(new Error('the sink did not start')));
  });
  return {
    url,
    stats: async () => (await fetch(`${url}/-/stats`)).json(),
    reset: async (settings = {}) => {
      await fetch(`${url}/-/reset?${new URLSearchParams(settings)}`, { method: 'POST' });
    },
    stop: () => child.kill(),
  };
}
