/** A real sshd on loopback with throw-away keys, which lets in whoever runs the tests. */
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from './servers.js';

export interface Sshd {
  readonly port: number;
  /** `user@127.0.0.1` */
  readonly ssh: string;
  /** Private key that is let in, and one that is not. */
  readonly identity: string;
  readonly strangerIdentity: string;
  readonly knownHosts: string;
  stop(): Promise<void>;
}

export async function startSshd(folder: string): Promise<Sshd> {
  mkdirSync(folder, { recursive: true });
  const path = (name: string) => join(folder, name);
  for (const name of ['host_key', 'user_key', 'stranger_key'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path(name)]);
  mkdirSync(path('bin'));
  writeFileSync(path('bin/sync'), '#!/bin/sh\n', { mode: 0o755 });
  copyFileSync(path('user_key.pub'), path('authorized_keys'));
  const port = await freePort();
  const [kind, key] = readFileSync(path('host_key.pub'), 'utf8').split(' ');
  writeFileSync(path('known_hosts'), `[127.0.0.1]:${port} ${kind} ${key}\n`);
  writeFileSync(
    path('sshd_config'),
    `Port ${port}
ListenAddress 127.0.0.1
HostKey ${path('host_key')}
PidFile none
AuthorizedKeysFile ${path('authorized_keys')}
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
MaxStartups 100
# bash reads no .bashrc of this machine (some take seconds), and nobody waits for its disk, which others keep busy.
SetEnv SHLVL=3 PATH=${path('bin')}:/usr/bin:/bin
`,
  );
  // Where sshd keeps the folder it locks itself into; the package makes it when the service starts.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', path('sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`sshd did not start: ${said}`);
    await new Promise((tick) => setTimeout(tick, 50));
  }
  return {
    port,
    ssh: `${userInfo().username}@127.0.0.1`,
    identity: path('user_key'),
    strangerIdentity: path('stranger_key'),
    knownHosts: path('known_hosts'),
    async stop() {
      const ended = new Promise((tell) => child.once('exit', tell));
      child.kill();
      await ended;
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((tell) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      tell(true);
    });
    socket.on('error', () => tell(false));
  });
}
