import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPagesServers } from '../../src/ssh/index.js';
import type { PlacedFile, PlacedRelease } from '../../src/release/ports.js';

const [first, second, third] = ['20260101T000000Z-aaaaaaaa', '20260102T000000Z-bbbbbbbb', '20260103T000000Z-cccccccc'];
const path = process.env.PATH;
let folder: string;

/** Programs that do here what ssh and rsync would do on a server; a real sshd is asked in test/servers. */
function stub(name: string, script: string): void {
  writeFileSync(join(folder, 'bin', name), `#!/bin/sh\necho "${name} $*" >>"${folder}/calls"\n${script}\n`, {
    mode: 0o755,
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twinorigin-ssh-'));
  for (const name of ['bin', 'a/releases', 'b/releases']) mkdirSync(join(folder, name), { recursive: true });
  stub('sync', ''); // Waits for the disk of this machine, which others keep busy.
  stub('ssh', 'while [ "$1" != -- ]; do shift; done; shift; exec sh -c "$*"');
  stub('rsync', 'for last; do from=$to; to=$last; done; mkdir -p "${to#*:}" && cp -R "$from." "${to#*:}"');
  process.env.PATH = `${folder}/bin:${path}`;
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true, force: true });
});

const open = (names: readonly string[] = ['a'], more = {}) =>
  openPagesServers(
    names.map((name) => ({ ssh: `me@${name}`, folder: join(folder, name), ...more })),
    new AbortController().signal,
  );
const files = (content: string): PlacedRelease => ({
  files: [
    { path: 'index.html', open: () => Promise.resolve({ bytes: Buffer.from(content) }) },
    { path: 'deep/down/page.html', open: () => Promise.resolve({ bytes: Buffer.from('deep') }) },
  ],
  rulesFor: () => [],
});
const calls = () => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
const served = (name = 'a') => readFileSync(join(folder, name, 'current/index.html'), 'utf8');

describe('servers that are told over SSH', () => {
  it('get a release as a whole, serve it when told, and say so', async () => {
    const servers = open(['a', 'b']);
    expect(await servers.look()).toEqual([
      { name: 'a', live: null, releases: [] },
      { name: 'b', live: null, releases: [] },
    ]);
    await servers.place(first, files('one'));
    expect(readdirSync(join(folder, 'a'))).toEqual(['releases']);
    expect(readdirSync(join(folder, 'b/releases'))).toEqual([first]);
    await servers.switchTo(first);
    await servers.place(second, files('two'));
    expect(served()).toBe('one');
    await servers.switchTo(second);
    expect([served('a'), served('b')]).toEqual(['two', 'two']);
    expect(readFileSync(join(folder, 'b/current/deep/down/page.html'), 'utf8')).toBe('deep');
    expect(await servers.look()).toContainEqual({ name: 'b', live: second, releases: [first, second] });
    expect(readdirSync(join(folder, 'a')).sort()).toEqual(['current', 'releases']);
  });

  it('are not sent what they have, and link what is equal to the live release', async () => {
    await open().place(first, files('one'));
    await open().switchTo(first);
    rmSync(join(folder, 'calls'));
    await open(['a', 'b']).place(first, files('one'));
    expect(calls().filter((call) => call.startsWith('rsync'))).toHaveLength(1);
    await open().place(second, files('two'));
    expect(calls().find((call) => call.includes(`.${second}.partial/`))).toContain(`--link-dest=../${first}`);
  });

  it('tell how much has arrived', async () => {
    stub(
      'rsync',
      'for last; do from=$to; to=$last; done; mkdir -p "${to#*:}" && cp -R "$from." "${to#*:}"; printf "  9 99%% (xfr#1, to-chk=2/4)\\r  9 99%% (xfr#2, to-chk=0/4)\\n"',
    );
    const events: unknown[] = [];
    const target = { ssh: 'me@a', folder: join(folder, 'a') };
    await openPagesServers([target], new AbortController().signal, (event) => events.push(event)).place(
      first,
      files('one'),
    );
    expect(events).toContainEqual({ type: 'phase-started', phase: 'send', total: 2 });
    expect(events).toContainEqual({ type: 'phase-progress', phase: 'send', done: 2 });
    expect(events).toContainEqual(expect.objectContaining({ type: 'phase-finished', phase: 'send', done: 2 }));
    expect(events).toContainEqual(expect.objectContaining({ type: 'phase-finished', phase: 'gather', done: 2 }));
  });

  it('get again what differs from what was published, and keep what is not ours', async () => {
    stub(
      'rsync',
      'case "$*" in *--dry-run*) printf "<fcst...... index.html\\ncd+++++++++ deep/\\n*deleting   mine.html\\n*deleting   empty/\\n" ;; esac',
    );
    expect(await open().mend(first, files('one'))).toEqual([
      { name: 'a', sent: ['index.html'], foreign: ['mine.html'] },
    ]);
    const [look, send] = calls().filter((call) => call.startsWith('rsync'));
    expect(look).toMatch(/--checksum .*--dry-run --delete/);
    expect(send).not.toMatch(/--dry-run|--delete/);
    stub('rsync', '');
    rmSync(join(folder, 'calls'));
    expect(await open().mend(first, files('one'))).toEqual([{ name: 'a', sent: [], foreign: [] }]);
    expect(calls()).toHaveLength(1);
  });

  it('go on with a folder that was left unfinished, and never show it', async () => {
    stub('rsync', 'for last; do to=$last; done; mkdir -p "${to#*:}"; echo half >"${to#*:}/index.html"; kill -9 $$');
    await expect(open().place(first, files('one'))).rejects.toMatchObject({ code: 'server-failed' });
    expect((await open().look())[0]).toMatchObject({ releases: [] });
    await expect(open().switchTo(first)).rejects.toMatchObject({ message: /a: the folder of the release is gone/ });
    expect(existsSync(join(folder, 'a/current'))).toBe(false);
    stub('rsync', 'for last; do from=$to; to=$last; done; mkdir -p "${to#*:}" && cp -R "$from." "${to#*:}"');
    await open().place(first, files('one'));
    await open().switchTo(first);
    expect(served()).toBe('one');
    expect(readdirSync(join(folder, 'a/releases'))).toEqual([first]);
  });

  it('let go of other releases, and of nothing else', async () => {
    for (const release of [first, second, third]) await open().place(release, files(release));
    await open().switchTo(first);
    for (const name of ['empty', `.${second}.partial`, 'of somebody else', '20260101T000000Z-short'])
      mkdirSync(join(folder, 'a/releases', name));
    await open().keepOnly([third]);
    expect(readdirSync(join(folder, 'a/releases')).sort()).toEqual(
      [first, third, 'empty', 'of somebody else', '20260101T000000Z-short'].sort(),
    );
    expect(readlinkSync(join(folder, 'a/current'))).toBe(`releases/${first}`);
    await open().keepOnly([]);
    expect(readdirSync(join(folder, 'a/releases'))).toContain(first);
    expect(readdirSync(join(folder, 'a/releases'))).not.toContain(third);
  });

  it('are spoken to without questions, by the keys that are named', async () => {
    await open(['a'], { port: 2222, identity: '/k e/y', knownHosts: '/known', ssm: true }).look();
    const [call = ''] = calls();
    for (const option of ['BatchMode=yes', 'StrictHostKeyChecking=yes', 'Port=2222', 'UserKnownHostsFile="/known"'])
      expect(call).toContain(`-o ${option}`);
    expect(call).toContain('-o IdentityFile="/k e/y" -o IdentitiesOnly=yes');
    expect(call).toMatch(/-o ProxyCommand=aws ssm start-session --target %h .*portNumber=%p me@a -- cd /);
  });

  it.each<[string, string, RegExp]>([
    ['Host key verification failed.', 'exit 255', /its key is not the known one/],
    ['me@a: Permission denied (publickey).', 'exit 255', /does not let us in/],
    ['ssh: connect to host a port 22: Connection timed out', 'exit 255', /a: ssh: connect .* timed out/],
    ['sh: 1: rsync: not found', 'exit 127', /it has no rsync/],
    ['mv: cannot overwrite directory', 'exit 1', /ended with 1: mv: cannot overwrite/],
  ])('that answer %j are told in one sentence', async (text, end, message) => {
    stub('ssh', `echo "${text}" >&2; ${end}`);
    await expect(open().look()).rejects.toMatchObject({ code: 'server-failed', exitCode: 1, message });
  });

  it('need ssh on this machine', async () => {
    process.env.PATH = join(folder, 'nothing');
    await expect(open().look()).rejects.toMatchObject({ message: /ssh is not installed here/ });
  });

  it('get nothing that changed since it was read', async () => {
    writeFileSync(join(folder, 'movie.mp4'), 'changed');
    const body = { file: join(folder, 'movie.mp4'), size: 7, digest: 'f'.repeat(64) };
    const file = { path: 'movie.mp4', open: () => Promise.resolve(body) } as unknown as PlacedFile;
    await expect(open().place(first, { files: [file], rulesFor: () => [] })).rejects.toMatchObject({
      code: 'site-changed',
    });
    expect(readdirSync(join(folder, 'a/releases'))).toEqual([]);
  });
});
