/** Runs the boot script on this machine: its folders lie below a temporary one, and what it could harm is a stub. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostSchema } from '../../../src/provision/host/settings.js';
import { writeUserData } from '../../../src/provision/host/userData.js';

export const volumeId = 'vol-0123456789abcdef0';

/** The disk as the commands of the system tell of it. */
export interface Disk {
  /** What lsblk says: `NAME SERIAL`, one line a disk. */
  readonly disks?: string;
  /** Exit codes of blkid; the last one stays. */
  readonly blkid?: readonly number[];
  readonly wipefs?: { readonly output?: string; readonly code?: number };
  /** Names that lsblk gives for the disk and its parts. */
  readonly parts?: string;
  /** Whether its beginning reads as zeros. */
  readonly zeros?: boolean;
  readonly hasUuid?: boolean;
  /** A word in its configuration that nginx does not take. */
  readonly nginxRefuses?: string;
}

export interface Machine {
  readonly etc: string;
  readonly mount: string;
  boot(disk?: Disk): { readonly code: number; readonly stderr: string; readonly calls: readonly string[] };
  remove(): void;
}

const stubs: Readonly<Record<string, string>> = {
  'lsblk': 'case "$*" in *SERIAL*) printf "%s\\n" "$DISKS" ;; *) printf "%s\\n" $PARTS ;; esac',
  'blkid': `case "$*" in
  *UUID*) [ -n "$UUID" ] && echo "$UUID" && exit 0; exit 2 ;;
esac
read -r first rest <"$STATE/blkid"
[ -z "$rest" ] || echo "$rest" >"$STATE/blkid"
exit "$first"`,
  'wipefs': 'printf "%s" "$WIPEFS"; exit "$WIPEFS_CODE"',
  'cmp': 'exit "$CMP"',
  'mountpoint': '[ -e "$STATE/mounted" ]',
  'mount': 'touch "$STATE/mounted"',
  'nginx': '[ -z "$NGINX" ] || ! grep -q "$NGINX" "$CONF"',
  'systemctl': '',
  'apt-get': '',
  'dpkg': 'echo arm64',
  'curl': 'exit 22',
  'mkfs.ext4': '',
  'chown': '',
  'sleep': '',
};

/** @param programs other bodies for some of the stubs: ones that do what they are called for. */
export function openMachine(
  input: Record<string, unknown> = {},
  programs: (etc: string) => Readonly<Record<string, string>> = () => ({}),
): Machine {
  const folder = mkdtempSync(join(tmpdir(), 'twinorigin-boot-'));
  const [bin, etc, mount] = [join(folder, 'bin'), join(folder, 'etc'), join(folder, 'srv')];
  for (const path of [
    bin,
    ...['ssh', 'nginx/conf.d', 'nginx/sites-enabled', 'apache2/sites-enabled', 'caddy'].map((name) => join(etc, name)),
  ])
    mkdirSync(path, { recursive: true });
  writeFileSync(join(etc, 'fstab'), 'UUID=root / ext4 defaults 0 1\n');
  const calls = join(folder, 'calls');
  for (const [name, body] of Object.entries({ ...stubs, ...programs(etc) }))
    writeFileSync(join(bin, name), `#!/bin/bash\necho "${name} $*" >>"$CALLS"\n${body}\n`, { mode: 0o755 });
  const host = hostSchema.parse({ volume: { mount }, ...input });
  const script = join(folder, 'boot.sh');
  writeFileSync(script, writeUserData(host, volumeId, 'echo setup ran >>"$CALLS"\n').replaceAll('/etc/', `${etc}/`));
  return {
    etc,
    mount,
    boot(disk = {}) {
      const { disks = `/dev/nvme0n1 vol0root\n/dev/nvme1n1 vol0123456789abcdef0`, blkid = [0], wipefs = {} } = disk;
      const { parts = 'nvme1n1', zeros = true, hasUuid = true, nginxRefuses = '' } = disk;
      rmSync(join(folder, 'mounted'), { force: true });
      writeFileSync(calls, '');
      writeFileSync(join(folder, 'blkid'), `${blkid.join(' ')}\n`);
      const env = {
        PATH: `${bin}:/usr/bin:/bin`,
        CALLS: calls,
        STATE: folder,
        CONF: join(etc, 'nginx/conf.d/twinorigin.conf'),
        DISKS: disks,
        PARTS: parts,
        UUID: hasUuid ? 'e2a8-1d' : '',
        WIPEFS: wipefs.output ?? '',
        WIPEFS_CODE: String(wipefs.code ?? 0),
        CMP: zeros ? '0' : '1',
        NGINX: nginxRefuses,
      };
      const { status, stderr } = spawnSync('bash', [script], { env, encoding: 'utf8', timeout: 60_000 });
      return { code: status ?? -1, stderr, calls: readFileSync(calls, 'utf8').trim().split('\n') };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
