/** Runs the built command as a user would. */
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** `npm test` builds first; another build can be named. */
export const dist = resolve(process.env.TEST_DIST ?? join(import.meta.dirname, '../../dist'));
export const main = join(dist, 'cli/main.js');

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly node?: readonly string[];
  /** Called with all of stdout and stderr whenever there is more. */
  readonly onOutput?: (text: string, child: ChildProcess) => void;
}

/** Nothing of this machine's environment gets in: no CI, no credentials, no colours. */
export function run(args: readonly string[], { cwd, env = {}, node = [], onOutput }: RunOptions): Promise<Result> {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [...node, main, ...args], {
    cwd,
    env: { PATH, HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => {
      stdout += text;
      onOutput?.(stdout + stderr, child);
    });
    child.stderr.on('data', (text) => {
      stderr += text;
      onOutput?.(stdout + stderr, child);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

export interface Folder {
  readonly path: string;
  write(files: Readonly<Record<string, string>>): void;
  copy(from: string, to: string): void;
  remove(): void;
}

export function makeFolder(): Folder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'command-')));
  return {
    path,
    write(files) {
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(path, name)), { recursive: true });
        writeFileSync(join(path, name), content);
      }
    },
    copy: (from, to) => {
      cpSync(from, join(path, to), { recursive: true });
    },
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** A port that is free now. */
export function findPort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

/** A small site with a page, a stylesheet, an image and a script. */
export const smallSite = {
  'dist/index.html':
    '<!doctype html><title>t</title><link rel="stylesheet" href="a.css"><img src="a.png" alt=""><a href="b/">b</a>\n',
  'dist/b/index.html': '<!doctype html><title>b</title><script src="../a.js"></script>\n',
  'dist/a.css': 'body { background: url(a.png); }\n',
  'dist/a.js': 'console.log(1);\n',
  'dist/a.png': 'not really a picture\n',
};

const onBucket = (name: string) => ({ bucket: name, url: `http://${name}.example.com` });
const onBuckets = { images: onBucket('images'), resources: onBucket('resources'), pages: onBucket('pages') };

/** The small site with a configuration for the buckets images, resources and pages, one upload at a time. */
export const smallSiteOnBuckets = {
  ...smallSite,
  'twinorigin.config.json': JSON.stringify({
    site: 'dist',
    origins: onBuckets,
    verify: { sample: 0 },
    concurrency: 1,
  }),
};
