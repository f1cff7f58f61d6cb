/**
 * A folder and a live site, migrated by a process that is killed again and again. With a corpus of 300 files; of 1,600
 * with TWINORIGIN_MIGRATE_CORPUS=a.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { originNames } from '../../src/build/build.js';
import { openDirectoryReader } from '../../src/local/reader.js';
import { digestOf } from '../../src/site/names.js';
import { makeCorpus } from '../../scripts/bench/corpora.mjs';
import { findPort, main, run } from '../cli/command.js';
import { randomFrom } from '../fakes/faultProxy.js';

const corpus = process.env.TWINORIGIN_MIGRATE_CORPUS ?? 'tiny';
const stops = 20;
const patience = { timeout: 3_600_000 };

let folder: string;
let site: string;
let server: Server;
let address: string;
let port: number;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'twinorigin-migrate-'));
  site = makeCorpus(join(folder, 'corpora'), corpus);
  // Pages that no link leads to are in the sitemap, as on real sites.
  server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://site').pathname);
    const file = join(site, path.endsWith('/') ? `${path}index.html` : path);
    if (path === '/sitemap.xml') return void response.end(listPages());
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return void response.writeHead(404).end();
    const types: Record<string, string> = {
      html: 'text/html',
      css: 'text/css',
      js: 'text/javascript',
      jpg: 'image/jpeg',
    };
    response.setHeader('content-type', types[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream');
    response.end(readFileSync(file));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  // One port for all runs: it is part of the addresses in the pages.
  port = await findPort();
}, 600_000);
afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

function listPages(): string {
  const pages = readdirAll(site).filter((path) => path.endsWith('.html'));
  return `<urlset>${pages.map((path) => `<url><loc>${address}${path}</loc></url>`).join('')}</urlset>`;
}

function readdirAll(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' });
}

function makeProject(): string {
  const project = mkdtempSync(join(folder, 'project-'));
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, 'twinorigin.config.json'), JSON.stringify({ port }));
  return project;
}

/** Every object that is served, with its headers and the digest of its bytes. */
async function readServed(project: string): Promise<Record<string, string>> {
  const state: Record<string, string> = {};
  for (const origin of originNames) {
    const reader = openDirectoryReader(join(project, '.twinorigin', origin));
    for await (const { key } of reader.list('')) {
      if (key.startsWith('.twinorigin/')) continue;
      const { object, bytes } = (await reader.get(key))!;
      state[`${origin}/${key}`] = `${JSON.stringify(object.headers)} ${digestOf(bytes)}`;
    }
  }
  return state;
}

/** @returns whether it was killed before it came to its end. */
async function killAfter(project: string, source: string, milliseconds: number): Promise<boolean> {
  const child = spawn(process.execPath, [main, 'migrate', source], {
    cwd: project,
    env: { PATH: process.env.PATH, HOME: project },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text) => (stderr += text));
  const end = new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve([code, signal]));
  });
  const timer = new AbortController();
  void setTimeout(milliseconds, undefined, { signal: timer.signal }).then(
    () => child.kill('SIGKILL'),
    () => undefined,
  );
  const [code, signal] = await end;
  timer.abort();
  if (signal === 'SIGKILL') return true;
  expect([code, /^error .*[\s\S]*/m.exec(stderr)]).toEqual([0, null]);
  return false;
}

describe.each([
  ['a folder', () => site],
  ['a live site', () => address],
])('%s', (_, sourceOf) => {
  it('comes to the same however often the process that migrates it is killed', patience, async () => {
    const source = sourceOf();
    const undisturbed = makeProject();
    const started = performance.now();
    const whole = await run(['migrate', source], { cwd: undisturbed });
    expect([whole.code, /^error .*[\s\S]*/m.exec(whole.stderr)]).toEqual([0, null]);
    const duration = performance.now() - started;
    const expected = await readServed(undisturbed);
    expect(Object.keys(expected).length).toBeGreaterThan(300);

    const random = randomFrom(7);
    let project = makeProject();
    let killed = 0;
    let anew = 0;
    while (killed < stops) {
      if (await killAfter(project, source, 100 + random() * duration * 0.5)) killed++;
      else {
        // It got through: what is killed from now on begins anew.
        expect(await readServed(project)).toEqual(expected);
        project = makeProject();
        anew++;
      }
    }
    const last = await run(['migrate', source], { cwd: project });
    expect([last.code, last.stdout]).toEqual([0, expect.stringContaining('all with the right headers and content')]);
    expect(await readServed(project)).toEqual(expected);
    process.stdout.write(
      `${corpus}: killed ${killed} times, begun anew ${anew} times, ${Math.round(duration)} ms undisturbed\n`,
    );
  });
});
