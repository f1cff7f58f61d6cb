import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { findPort, makeFolder, run, type Folder, type Result } from '../cli/command.js';
import { openApache } from './apache.js';
import { openNginx, type Nginx } from './nginx.js';
import { startSshd, type Sshd } from './sshd.js';
import { sendVisitors } from './visitors.js';

vi.setConfig({ testTimeout: 1_200_000 });

let keys: Folder;
let sshd: Sshd;
let folder: Folder;
let nginx: Nginx;
let port: number;
beforeAll(async () => {
  keys = makeFolder();
  sshd = await startSshd(keys.path);
});
afterAll(async () => {
  await sshd.stop();
  keys.remove();
});
beforeEach(async () => {
  folder = makeFolder();
  nginx = await openNginx(join(folder.path, 'server'));
  await nginx.start();
  port = await findPort();
  writeConfig();
});
afterEach(async () => {
  await nginx.stop();
  folder.remove();
});

const mount = (): string => join(folder.path, 'server/site');

function writeConfig(host: Record<string, unknown> = {}, more: Record<string, unknown> = {}): void {
  const { ssh, identity, knownHosts } = sshd;
  const web = { server: 'nginx', ...nginx.commands };
  const server = { ssh, port: sshd.port, folder: mount(), identity, knownHosts, ...web, ...host };
  const pages = { directory: 'state', url: nginx.url, host: server };
  const origins = { images: { directory: 'images' }, resources: { directory: 'resources' }, pages };
  folder.write({ 'twinorigin.config.json': JSON.stringify({ site: 'dist', origins, port, ...more }) });
}

const pages = Array.from({ length: 40 }, (_, at) => (at === 0 ? 'index.html' : `p${at}/index.html`));
const paths = pages.map((page) => `/${page.replace('index.html', '')}`);

/** Every page is the same but for its version, and names an image and a stylesheet of that version. */
function writeSite(version: string): void {
  const filler = `<p>${version} and more of it</p>`.repeat(200);
  const page = `<!--${version}--><!doctype html><link rel="stylesheet" href="/style.css"><img src="/img/a.png" alt="">${filler}<!--${version}-->`;
  folder.write({
    ...Object.fromEntries(pages.map((name) => [`dist/${name}`, page])),
    'dist/same.html': '<!doctype html><title>the same in all versions</title>',
    'dist/404.html': '<!doctype html><title>missing</title>',
    'dist/style.css': `body { color: red } /* ${version} */`,
    'dist/img/a.png': `an image of ${version}`,
  });
}

const command = (args: readonly string[], env: Record<string, string> = {}): Promise<Result> =>
  run(args, { cwd: folder.path, env });
async function publish(version: string, env?: Record<string, string>): Promise<string> {
  writeSite(version);
  const { code, stdout, stderr } = await command(['publish', '--json'], env);
  expect(code, stderr).toBe(0);
  return (JSON.parse(stdout) as { release: string }).release;
}
const current = (): string => readlinkSync(join(mount(), 'current')).replace('releases/', '');
const onServer = (): string[] => readdirSync(join(mount(), 'releases')).sort();

/** A page leads to assets that are there, of the same version. */
function proveAssets(body: string, version: string): string {
  const assets = [...body.matchAll(/(?:href|src)="http:\/\/(images|resources)\.localhost:\d+\/([^"]+)"/g)];
  if (assets.length !== 2) return `${assets.length} assets instead of 2`;
  for (const [, origin = '', key = ''] of assets) {
    const file = join(folder.path, origin, key);
    if (!existsSync(file) || !readFileSync(file, 'utf8').includes(version))
      return `${origin}/${key} is not of ${version}`;
  }
  return '';
}

describe('publishing to a server over SSH', () => {
  it('puts pages on it, switches, and goes back, under load, without a failed request or a torn page', async () => {
    const first = await nginx.throughReload(() => publish('v1'));
    expect(current()).toBe(first);
    const visitors = sendVisitors(nginx.url, paths, proveAssets);
    const wrk = promisify(execFile)('wrk', ['-t1', '-c2', '-d8s', `${nginx.url}/p7/`]);
    await visitors.until('v1');
    const second = await publish('v2');
    await visitors.until('v2');
    const third = await publish('v3');
    await visitors.until('v3');
    const back = await command(['rollback']);
    expect(back.code, back.stderr).toBe(0);
    expect(current()).toBe(second);
    const further = await command(['rollback', first]);
    expect(further.code, further.stderr).toBe(0);
    expect(current()).toBe(first);
    await publish('v4');
    await visitors.until('v4');
    const { stdout } = await wrk;
    const { answers, faults, versions } = await visitors.leave();
    expect(faults.slice(0, 5)).toEqual([]);
    expect(versions).toEqual(['v1', 'v2', 'v3', 'v4']);
    expect(stdout).not.toMatch(/Non-2xx|Socket errors/);
    const [, requests = '0'] = /(\d+) requests in/.exec(stdout) ?? [];
    expect(Number(requests)).toBeGreaterThan(1_000);
    expect(onServer()).toEqual(expect.arrayContaining([first, second, third, current()]));
    process.stdout.write(
      `\n3 publishes and 2 rollbacks under load: ${answers} pages proven whole, ${requests} requests of wrk, none failed.\n`,
    );
  });

  it('sends only what changed, and links the rest to the release before', async () => {
    const first = await publish('v1');
    const second = await publish('v2');
    const inode = (release: string, file: string) => statSync(join(mount(), 'releases', release, file)).ino;
    expect(inode(second, 'same.html')).toBe(inode(first, 'same.html'));
    expect(inode(second, 'index.html')).not.toBe(inode(first, 'index.html'));
  });

  it('says that redirects of the site are not known to a server of which nobody says what it is', async () => {
    writeSite('v1');
    writeConfig({ server: undefined });
    folder.write({ 'dist/_redirects': '/old /new 301\n' });
    const { stdout } = await command(['plan', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ problems: [{ code: 'rules-unused', file: '_redirects' }] });
  });

  it('switches the rules of the site with its pages, and back', async () => {
    const answer = async (path: string) => {
      const { status, headers } = await fetch(nginx.url + path, { redirect: 'manual' });
      return [status, headers.get('location'), headers.get('x-version')].join(' ').trim();
    };
    folder.write({ 'dist/_redirects': '/old /p1/ 302\n', 'dist/_headers': '/*\n  X-Version: one\n' });
    const first = await publish('v1');
    await vi.waitFor(async () => expect(await answer('/old')).toBe('302 /p1/'), 20_000);
    expect(await answer('/')).toBe('200  one');
    expect((await fetch(`${nginx.url}/style.css`)).headers.get('content-type')).toBe('text/css; charset=utf-8');
    const loaded = readFileSync(join(mount(), 'rules/loaded'), 'utf8');

    // The same rules: nothing is read again.
    const second = await publish('v2');
    expect(readFileSync(join(mount(), 'rules/loaded'), 'utf8')).toBe(loaded);
    expect(await (await fetch(nginx.url)).text()).toMatch(/^<!--v2-->/);

    folder.write({ 'dist/_redirects': '/old /p2/ 301\n', 'dist/_headers': '/*\n  X-Version: two\n' });
    const seen = new Set<string>();
    let asking = true;
    const visitor = (async () => {
      while (asking) {
        // A server that reads its rules ends connections that wait for another request: browsers then ask again.
        const response = await fetch(nginx.url).catch(() => fetch(nginx.url));
        seen.add(`${response.headers.get('x-version')} ${(await response.text()).slice(4, 6)}`);
      }
    })();
    await publish('v3');
    await vi.waitFor(async () => expect(await answer('/old')).toBe('301 /p2/'), 20_000);
    const back = await command(['rollback', first]);
    expect(back.code, back.stderr).toBe(0);
    await vi.waitFor(async () => expect(await answer('/old')).toBe('302 /p1/'), 20_000);
    asking = false;
    await visitor;
    // Never the pages of one release with the rules of another.
    expect([...seen].sort()).toEqual(['one v1', 'one v2', 'two v3']);
    expect(current()).toBe(first);
    expect(onServer()).toContain(second);
  });

  it('switches nothing when nginx does not take the rules, and says where', async () => {
    folder.write({ 'dist/_redirects': '/old /p1/ 302\n' });
    const release = await publish('v1');
    const before = readFileSync(join(mount(), 'rules/loaded'), 'utf8');
    const wrong = `cat ${mount()}/live/nginx-server.conf | grep -q '/p9/' && { echo "nginx: [emerg] unknown directive in ${mount()}/live/nginx-server.conf:12" >&2; exit 1; } || true`;
    writeConfig({ test: `sh -c '${wrong.replaceAll("'", `'\\''`)}'` });
    writeSite('v2');
    folder.write({ 'dist/_redirects': '/old /p9/ 302\n' });
    const { code, stderr } = await command(['publish']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/does not take the rules of the release: nginx: \[emerg\][\s\S]*nginx-server.conf:12/);
    expect(current()).toBe(release);
    expect(readFileSync(join(mount(), 'rules/loaded'), 'utf8')).toBe(before);
    expect((await fetch(`${nginx.url}/old`, { redirect: 'manual' })).headers.get('location')).toBe('/p1/');
    expect(await nginx.test()).toContain('successful');
    writeConfig();
    expect((await command(['publish'])).code).toBe(0);
    await vi.waitFor(
      async () =>
        expect((await fetch(`${nginx.url}/old`, { redirect: 'manual' })).headers.get('location')).toBe('/p9/'),
      20_000,
    );
  });

  it('lets nginx send what was compressed beforehand, and the page for what is missing', async () => {
    await publish('v1');
    const zipped = await fetch(nginx.url, { headers: { 'accept-encoding': 'gzip' } });
    expect(zipped.headers.get('content-encoding')).toBe('gzip');
    expect(Number(zipped.headers.get('content-length'))).toBeLessThan(1_000);
    expect(await zipped.text()).toMatch(/^<!--v1-->.*<!--v1-->$/s);
    expect((await fetch(`${nginx.url}/nothing`)).status).toBe(404);
    expect((await fetch(`${nginx.url}/img/a.png`)).status).toBe(200);
  });

  it('does nothing the second time, and puts the release on a server that has lost it', async () => {
    const release = await publish('v1');
    const again = await command(['publish', '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ changes: { created: 0, updated: 0, deleted: 0 }, problems: [] });
    rmSync(join(mount(), 'releases'), { recursive: true });
    rmSync(join(mount(), 'current'));
    mkdirSync(join(mount(), 'releases'));
    const healed = await command(['publish', '--json']);
    expect(healed.code, healed.stderr).toBe(0);
    expect(JSON.parse(healed.stdout)).toMatchObject({ problems: [{ code: 'server-behind' }] });
    expect(current()).toBe(release);
    expect(await (await fetch(nginx.url)).text()).toMatch(/<!--v1-->$/);
  });

  it('sends nothing when it is told to look closely and all is as published, and otherwise what differs alone', async () => {
    const release = await publish('v1');
    await publish('v2');
    await publish('v3');
    await command(['rollback', release]);
    const live = join(mount(), 'releases', release);
    const reconcile = async () => {
      const { code, stdout, stderr } = await command(['publish', '--reconcile', '--json']);
      expect(code, stderr).toBe(0);
      return JSON.parse(stdout) as { changes: object; release: string; problems: { code: string; message: string }[] };
    };
    writeSite('v1');
    const intact = await reconcile();
    expect(intact).toMatchObject({ changes: { created: 0, updated: 0, deleted: 0 }, problems: [] });
    expect(onServer()).toHaveLength(3);

    writeFileSync(join(live, 'p7/index.html'), 'broken into');
    rmSync(join(live, 'p8/index.html'));
    writeFileSync(join(live, 'of somebody else.html'), 'x');
    const before = statSync(join(live, 'p9/index.html')).ino;
    const { problems, changes } = await reconcile();
    expect(changes).toMatchObject({ created: 0, updated: 0, deleted: 0 });
    expect(problems).toEqual([
      expect.objectContaining({
        code: 'server-differs',
        message: expect.stringMatching(/2 files: p7\/index.html, p8\/index.html$/) as string,
      }),
      expect.objectContaining({
        code: 'foreign-objects',
        message: expect.stringMatching(/of somebody else.html/) as string,
      }),
    ]);
    expect(await (await fetch(`${nginx.url}/p7/`)).text()).toMatch(/^<!--v1-->.*<!--v1-->$/s);
    expect(existsSync(join(live, 'of somebody else.html'))).toBe(true);
    expect(statSync(join(live, 'p9/index.html')).ino).toBe(before);
    expect(current()).toBe(release);

    // In the bucket, too, what was lost is put back where it belongs.
    rmSync(join(folder.path, 'state/releases', release, 'p3/index.html'));
    expect(await reconcile()).toMatchObject({ changes: { created: 1, updated: 0, deleted: 0 } });
    expect(existsSync(join(folder.path, 'state/releases', release, 'p3/index.html'))).toBe(true);
    expect(readdirSync(join(folder.path, 'state/releases')).sort()).toEqual(onServer());
  });

  it('tells how far it is while pages are sent', async () => {
    writeSite('v1');
    const { stderr } = await command(['publish']);
    expect(stderr).toMatch(/gather the pages .*\d+ files/);
    expect(stderr).toMatch(/send to the servers .*\d+ files/);
  });

  it('is proven as it was published by check --live', async () => {
    await publish('v1');
    const { code, stdout } = await command(['check', '--live']);
    expect(stdout).toMatch(/is served as it was published/);
    expect(code).toBe(0);
  });

  it('goes back to a release that the server does not have any more', async () => {
    const first = await publish('v1');
    await publish('v2');
    rmSync(join(mount(), 'releases', first), { recursive: true });
    const back = await command(['rollback']);
    expect(back.code, back.stderr).toBe(0);
    expect(current()).toBe(first);
    expect(await (await fetch(`${nginx.url}/p3/`)).text()).toMatch(/^<!--v1-->.*<!--v1-->$/s);
  });

  it('lets go of old releases, and of nothing that is not ours', async () => {
    const keep = { retention: { releases: 2, days: 0 } };
    writeConfig({}, keep);
    await publish('v1');
    mkdirSync(join(mount(), 'releases/of somebody else'));
    const second = await publish('v2');
    const third = await publish('v3');
    expect(onServer()).toEqual([second, third, 'of somebody else'].sort());
    expect(current()).toBe(third);
  });

  it('says in one line what is wrong with a server, and leaves visitors what they have', async () => {
    const release = await publish('v1');
    const [, other = ''] = readFileSync(`${sshd.strangerIdentity}.pub`, 'utf8').split(' ');
    writeFileSync(join(folder.path, 'others'), `[127.0.0.1]:${sshd.port} ssh-ed25519 ${other}\n`);
    writeSite('v2');
    const wrong: readonly (readonly [Record<string, unknown>, RegExp])[] = [
      [{ identity: sshd.strangerIdentity }, /does not let us in[\s\S]*identity/],
      [{ knownHosts: join(folder.path, 'others') }, /key is not the known one/],
      [{ folder: '/srv/nowhere' }, /the folder is not there[\s\S]*host up/],
      [{ port: 1 }, /127\.0\.0\.1: .*refused/],
    ];
    for (const [host, message] of wrong) {
      writeConfig(host);
      const { code, stderr } = await command(['publish']);
      expect(code).toBe(1);
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/ at .*\.js/);
      expect(current()).toBe(release);
    }
    writeConfig();
    await publish('v2');
    expect(current()).not.toBe(release);
  });

  it('says what is wrong on the server: its folder, its disk, its programs', async () => {
    const release = await publish('v1');
    writeSite('v2');
    const bin = join(folder.path, 'bin-wrong');
    mkdirSync(bin);
    // The machine that tests lets root write everywhere, so what rsync says there is said for it.
    const says = (text: string) => {
      writeFileSync(join(bin, 'rsync'), `#!/bin/sh\necho '${text}' >&2\nexit 11\n`, { mode: 0o755 });
      return command(['publish'], { PATH: `${bin}:${process.env.PATH ?? ''}` });
    };
    const wrong: readonly (readonly [string, RegExp])[] = [
      ['rsync: [receiver] write failed on "/srv/site/x": No space left on device (28)', /its disk is full[\s\S]*prune/],
      [
        'rsync: [Receiver] mkdir "/srv/site/releases/.x" failed: Permission denied (13)',
        /cannot be written to[\s\S]*links/,
      ],
      ['sh: 1: rsync: not found', /it has no rsync/],
    ];
    for (const [text, message] of wrong) {
      const { code, stderr } = await says(text);
      expect(code).toBe(1);
      expect(stderr).toMatch(message);
      expect(current()).toBe(release);
    }
  });

  it('goes through Systems Manager: the CLI and its plugin are given what they want', async () => {
    const bin = join(folder.path, 'bin-ssm');
    mkdirSync(bin);
    const id = 'i-0123456789abcdef0';
    const [, kind = '', key = ''] = readFileSync(sshd.knownHosts, 'utf8').trim().split(' ');
    writeFileSync(join(folder.path, 'known'), `${id} ${kind} ${key}\n`);
    const program = (name: string, text: string) => writeFileSync(join(bin, name), text, { mode: 0o755 });
    program(
      'aws',
      `#!/bin/bash
echo "$*" >>${bin}/calls
[ "$*" = "ssm start-session --target ${id} --document-name AWS-StartSSHSession --parameters portNumber=22" ] ||
  { echo "Unknown options: $*" >&2; exit 252; }
exec session-manager-plugin '{"SessionId":"me-1"}' eu-central-1 StartSession '' '{"Target":"${id}"}' https://ssm.eu-central-1.amazonaws.com
`,
    );
    program(
      'session-manager-plugin',
      `#!${process.execPath}
const socket = require('node:net').connect(${sshd.port}, '127.0.0.1');
process.stdin.pipe(socket).pipe(process.stdout);
`,
    );
    const ssh = `${sshd.ssh.split('@')[0] ?? ''}@${id}`;
    const host = { ssh, ssm: true, port: undefined, knownHosts: join(folder.path, 'known') };
    writeConfig(host);
    const env = { PATH: `${bin}:${process.env.PATH ?? ''}` };
    const first = await publish('v1', env);
    expect(await (await fetch(nginx.url)).text()).toMatch(/<!--v1-->$/);
    const second = await publish('v2', env);
    expect(current()).toBe(second);
    const back = await command(['rollback'], env);
    expect(back.code, back.stderr).toBe(0);
    expect(current()).toBe(first);
    expect(readFileSync(join(bin, 'calls'), 'utf8').trim().split('\n').length).toBeGreaterThan(5);

    const wrong: readonly (readonly [string, RegExp])[] = [
      [
        'An error occurred (TargetNotConnected) when calling the StartSession operation: it is not connected.',
        /does not know it[\s\S]*AmazonSSMManagedInstanceCore/,
      ],
      ['SessionManagerPlugin is not found. Please refer to SessionManager Documentation', /plugin\s+is missing/],
    ];
    for (const [text, message] of wrong) {
      program('aws', `#!/bin/sh\necho '${text}' >&2\nexit 254\n`);
      const { code, stderr } = await command(['publish'], env);
      expect(code).toBe(1);
      expect(stderr).toMatch(message);
    }
  });

  it('switches Apache and its rules by the link alone, and nothing when it does not take them', async () => {
    const root = join(folder.path, 'apache');
    chmodSync(folder.path, 0o755); // Apache's processes are somebody else.
    const apache = await openApache(root);
    const on = (more = {}) =>
      writeConfig({
        server: 'apache',
        folder: join(root, 'site'),
        test: `apache2 ${apache.args.join(' ')} -t`,
        reload: undefined,
        ...more,
      });
    const answer = async (path: string) => {
      const { status, headers } = await fetch(apache.url + path, { redirect: 'manual' });
      return `${status} ${headers.get('location')?.replace(apache.url, '') ?? headers.get('x-version') ?? ''}`;
    };
    await apache.start();
    try {
      on();
      folder.write({ 'dist/_redirects': '/old /p1/ 302\n', 'dist/_headers': '/*\n  X-Version: one\n' });
      const first = await publish('v1');
      expect([await answer('/old'), await answer('/')]).toEqual(['302 /p1/', '200 one']);
      folder.write({ 'dist/_redirects': '/old /p2/ 301\n', 'dist/_headers': '/*\n  X-Version: two\n' });
      const second = await publish('v2');
      expect([await answer('/old'), await answer('/')]).toEqual(['301 /p2/', '200 two']);
      expect((await command(['rollback', first])).code).toBe(0);
      expect([await answer('/old'), await answer('/')]).toEqual(['302 /p1/', '200 one']);
      on({ test: `echo 'AH00526: Syntax error on line 7 of /srv/.htaccess:' >&2; echo 'Invalid command' >&2; false` });
      folder.write({ 'dist/_redirects': '/old /p3/ 301\n' });
      writeSite('v3');
      const { code, stderr } = await command(['publish']);
      expect(code).toBe(1);
      expect(stderr).toMatch(/does not take the rules[\s\S]*line 7[\s\S]*Invalid command/);
      expect(readlinkSync(join(root, 'site/current'))).toBe(`releases/${first}`);
      expect(second).not.toBe(first);
    } finally {
      await apache.stop();
    }
  });

  it('that is killed before or after any of its calls is finished by the same command', async () => {
    await nginx.throughReload(() => publish('v0'));
    let rounds = 0;
    for (const when of ['before', 'after'])
      for (let call = 1, isDone = false; !isDone; call++, rounds++) {
        const version = `${when}-${call}`;
        const visitors = sendVisitors(nginx.url, paths, proveAssets, 2);
        writeSite(version);
        const { code } = await command(['publish'], breakAt(when, call));
        isDone = code === 0;
        if (!isDone) {
          expect(code).toBe(null);
          await publish(version);
        }
        await visitors.until(version);
        const { faults } = await visitors.leave();
        expect(faults).toEqual([]);
        expect(onServer().filter((name) => name.startsWith('.'))).toEqual([]);
      }
    // look, look, rsync, rename, switch: each broken off before and after; and twice not at all.
    expect(rounds).toBeGreaterThanOrEqual(10);
  });
});

/** Programs in the place of ssh and rsync that kill whoever called them at the nth call. */
function breakAt(when: string, call: number): Record<string, string> {
  const bin = join(folder.path, `bin-${when}-${call}`);
  mkdirSync(bin);
  for (const program of ['ssh', 'rsync']) {
    const script = `#!/bin/bash
# rsync calls ssh itself: only what the command calls is counted.
[ "$(cat /proc/$PPID/comm)" = rsync ] && exec /usr/bin/${program} "$@"
echo x >>"${bin}/calls"
n=$(wc -l <"${bin}/calls")
[ "$n" -ne ${call} ] || [ ${when} = after ] || { kill -9 $PPID; exit 1; }
/usr/bin/${program} "$@"
code=$?
[ "$n" -ne ${call} ] || kill -9 $PPID
exit $code
`;
    writeFileSync(join(bin, program), script, { mode: 0o755 });
  }
  return { PATH: `${bin}:${process.env.PATH ?? ''}` };
}
