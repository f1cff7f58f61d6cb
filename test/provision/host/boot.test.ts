import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { hostSchema } from '../../../src/provision/host/settings.js';
import { writeUserData } from '../../../src/provision/host/userData.js';
import { openMachine, volumeId, type Disk, type Machine } from './bootRun.js';

const machines: Machine[] = [];
const open = (input?: Record<string, unknown>): Machine => {
  const machine = openMachine(input);
  for (const kind of ['rsa', 'ed25519']) {
    writeFileSync(join(machine.etc, `ssh/ssh_host_${kind}_key`), `secret of ${kind}\n`);
    writeFileSync(join(machine.etc, `ssh/ssh_host_${kind}_key.pub`), `key of ${kind}\n`);
  }
  machines.push(machine);
  return machine;
};
afterEach(() => {
  for (const machine of machines.splice(0)) machine.remove();
});
const isFormatted = (calls: readonly string[]): boolean => calls.some((call) => call.startsWith('mkfs'));

describe('the boot script', () => {
  it.each(['nginx', 'apache', 'caddy'])('is one that bash understands, with %s', (server) => {
    const host = hostSchema.parse({ instance: { server, profile: 'web' }, alarms: {} });
    const script = writeUserData(host, volumeId, 'echo done\n');
    expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    // "User data is limited to 16 KB" (EC2 User Guide), before it is encoded.
    expect(Buffer.byteLength(script)).toBeLessThan(16 * 1024);
  });

  it('mounts a volume that has a file system, and leaves what is on it', () => {
    const machine = open();
    const { code, stderr, calls } = machine.boot({ blkid: [0] });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(isFormatted(calls)).toBe(false);
    expect(calls).toContain(`mount ${machine.mount}`);
    expect(calls.at(-1)).toBe('setup ran');
  });

  it('gives a blank volume a file system', () => {
    const { code, calls } = open().boot({ blkid: [2] });
    expect(code).toBe(0);
    expect(calls).toContain('mkfs.ext4 -q -L twinorigin /dev/nvme1n1');
  });

  it.each<[string, Disk]>([
    ['blkid fails', { blkid: [4] }],
    ['blkid finds two file systems', { blkid: [8] }],
    ['blkid cannot be run', { blkid: [127] }],
    ['blkid ends with 1', { blkid: [1] }],
    ['blkid is killed', { blkid: [137] }],
    ['wipefs knows a signature', { blkid: [2], wipefs: { output: '0x438 ext4' } }],
    ['wipefs cannot read it', { blkid: [2], wipefs: { code: 1 } }],
    ['it has partitions', { blkid: [2], parts: 'nvme1n1 nvme1n1p1' }],
    ['it does not read as zeros', { blkid: [2], zeros: false }],
    ['blkid fails, and then finds nothing on what is not blank', { blkid: [4, 2], zeros: false }],
    ['it has a file system without a name', { blkid: [0], hasUuid: false }],
  ])('writes nothing to the volume and ends when %s', (_, disk) => {
    const { code, stderr, calls } = open().boot(disk);
    expect(isFormatted(calls)).toBe(false);
    expect(code).toBe(1);
    expect(stderr).toMatch(/twinorigin: .*\/dev\/nvme1n1.*vol-0123456789abcdef0.*Nothing was written/s);
    expect(calls.some((call) => call.startsWith('mount '))).toBe(false);
  });

  it('asks again when the disk answers with an error at first', () => {
    const { code, calls } = open().boot({ blkid: [4, 4, 0] });
    expect(code).toBe(0);
    expect(isFormatted(calls)).toBe(false);
  });

  it.each([
    [
      'by the id of the volume, whatever its name',
      '/dev/nvme1n1 vol0root\n/dev/nvme0n1 vol0123456789abcdef0',
      '/dev/nvme0n1',
    ],
    ['by its name where disks tell no id', '/dev/xvda \n/dev/xvdf ', '/dev/xvdf'],
  ])('finds the disk %s', (_, disks, disk) => {
    const { calls } = open().boot({ disks, blkid: [2], parts: 'one' });
    expect(calls).toContain(`mkfs.ext4 -q -L twinorigin ${disk}`);
  });

  it('takes no other disk for the volume', () => {
    const machine = open();
    writeFileSync(join(machine.etc, '../bin/sleep'), '#!/bin/bash\nkill $PPID\n', { mode: 0o755 });
    const disks = '/dev/nvme1n1 vol0someotherdisk\n/dev/sdf vol0athird\n/dev/nvme2n1 AWS1234';
    expect(isFormatted(machine.boot({ disks, blkid: [2] }).calls)).toBe(false);
  });

  it('names the volume by its UUID in fstab, once, and lets a server boot without it', () => {
    const machine = open();
    machine.boot();
    machine.boot();
    expect(readFileSync(join(machine.etc, 'fstab'), 'utf8')).toBe(
      `UUID=root / ext4 defaults 0 1\nUUID=e2a8-1d ${machine.mount} auto defaults,noatime,nofail 0 2\n`,
    );
  });

  it('gives the next server the keys by which clients know the first', () => {
    const machine = open();
    machine.boot();
    const key = join(machine.etc, 'ssh/ssh_host_ed25519_key');
    writeFileSync(key, 'secret of the next server\n');
    rmSync(join(machine.etc, 'ssh/ssh_host_rsa_key'));
    const { code, calls } = machine.boot();
    expect(code).toBe(0);
    expect(readFileSync(key, 'utf8')).toBe('secret of ed25519\n');
    expect(readFileSync(join(machine.etc, 'ssh/ssh_host_rsa_key'), 'utf8')).toBe('secret of rsa\n');
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(statSync(join(machine.mount, 'ssh')).mode & 0o777).toBe(0o700);
    expect(calls).toContain('systemctl restart ssh');
  });

  it('goes on when the agent that measures the disk cannot be had', () => {
    const { code, stderr, calls } = open({ instance: { profile: 'web' }, alarms: {} }).boot();
    expect(code).toBe(0);
    expect(stderr).toMatch(/CloudWatch agent could not be installed/);
    expect(calls.some((call) => call.startsWith('curl '))).toBe(true);
    expect(calls.at(-1)).toBe('setup ran');
  });

  it('serves nothing at first, and keeps what is served', () => {
    const machine = open();
    machine.boot();
    const current = join(machine.mount, 'current');
    expect(readlinkSync(current)).toBe('releases/empty');
    spawnSync('ln', ['-sfn', 'releases/other', current]);
    machine.boot();
    expect(readlinkSync(current)).toBe('releases/other');
    expect(statSync(machine.mount).mode & 0o7777).toBe(0o1775);
  });

  it.each(['brotli_static', 'redirects'])('serves without %s where nginx does not take it', (word) => {
    const machine = open();
    expect(machine.boot({ nginxRefuses: word }).code).toBe(0);
    const config = readFileSync(join(machine.etc, 'nginx/conf.d/twinorigin.conf'), 'utf8');
    expect(config).not.toContain(word);
    expect(config).toContain('gzip_static on;');
  });
});
