/**
 * Starts the servers before the tests and stops them afterwards, on free ports, in a folder of their own.
 * A server that cannot be had is a failure. Only moto may be left out, because no package of Debian or npm brings it:
 * TWINORIGIN_SKIP_MOTO=1, and it is said loudly.
 */
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Addresses. `moto` is '' when it was left out on demand. */
    readonly servers: {
      readonly moto: string;
      readonly rgw: string;
      /** `host:port`, and the folder with its keys. */
      readonly bind: { readonly address: string; readonly folder: string };
    };
  }
}

const run = promisify(execFile);
const scripts = fileURLToPath(new URL('../../scripts/servers/', import.meta.url));
const cache = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));

export const rgwCredentials = { accessKeyId: 'twinorigin', secretAccessKey: 'twinorigin-secret' };

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(`${cache}servers-`);
  const [motoPort, rgwPort, monPort] = [await freePort(), await freePort(), await freePort()];
  const bindPort = await freePort();
  const environment = {
    ...process.env,
    MOTO_PORT: String(motoPort),
    MOTO_DIR: `${folder}/moto`,
    // A certificate is issued by the clock, after a minute where nothing else is said.
    MOTO_ACM_VALIDATION_WAIT: '1',
    BIND_PORT: String(bindPort),
    BIND_DIR: `${folder}/bind`,
    RGW_PORT: String(rgwPort),
    RGW_MON_PORT: String(monPort),
    RGW_DIR: `${folder}/rgw`,
    RGW_ACCESS_KEY: rgwCredentials.accessKeyId,
    RGW_SECRET_KEY: rgwCredentials.secretAccessKey,
  };
  const script = async (name: string): Promise<void> => {
    await run('bash', [`${scripts}${name}`], { env: environment, timeout: 300_000 });
  };
  const stop = async (): Promise<void> => {
    await Promise.all([script('stop-moto.sh'), script('stop-rgw.sh'), script('stop-bind.sh')]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await requireCommands();
    const withMoto = await hasMoto();
    await Promise.all([
      script('start-rgw.sh'),
      script('start-bind.sh'),
      withMoto ? script('start-moto.sh') : undefined,
    ]);
    project.provide('servers', {
      bind: { address: `127.0.0.1:${bindPort}`, folder: `${folder}/bind` },
      rgw: `http://127.0.0.1:${rgwPort}`,
      moto: withMoto ? `http://127.0.0.1:${motoPort}` : '',
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** What tests start themselves, with the package of Debian that brings it. */
const commands = {
  'nginx': 'nginx-light',
  '/usr/sbin/sshd': 'openssh-server',
  'ssh-keygen': 'openssh-client',
  'rsync': 'rsync',
  'wrk': 'wrk',
  'rclone': 'rclone',
  'zsh': 'zsh',
  'fish': 'fish',
};

async function requireCommands(): Promise<void> {
  for (const [command, packageName] of Object.entries(commands))
    await run('bash', ['-c', `command -v ${command}`]).catch((cause: unknown) => {
      throw new Error(`${command} is missing: apt-get install --no-install-recommends ${packageName}`, { cause });
    });
}

async function hasMoto(): Promise<boolean> {
  try {
    await run('python3', ['-c', 'import moto.server']);
    return true;
  } catch (error) {
    if (process.env.TWINORIGIN_SKIP_MOTO !== '1') {
      const advice = "install it (pip install 'moto[server]') or leave its tests out with TWINORIGIN_SKIP_MOTO=1";
      throw new Error(`The Python package moto is missing: ${advice}.`, { cause: error });
    }
    process.stderr.write('\n*** moto is missing: EVERYTHING THAT IS TESTED AGAINST MOTO IS LEFT OUT ***\n\n');
    return false;
  }
}

/**
 * A port that is free now, and the next one too. Below those that Linux gives to outgoing connections
 * (net.ipv4.ip_local_port_range begins at 32768): one of them would take it before the server is up.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(11_000, 31_000);
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await new Promise<boolean>((tell) => {
    server.on('error', () => tell(false)).listen(port, '127.0.0.1', () => tell(true));
  });
  if (free) await new Promise((closed) => server.close(closed));
  return free;
}
