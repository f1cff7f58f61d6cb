import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openMachine, type Machine } from '../provision/host/bootRun.js';
import { freePort } from './servers.js';

vi.setConfig({ testTimeout: 300_000 });

let machine: Machine | undefined;
let end: () => void = () => undefined;
afterEach(() => {
  end();
  end = () => undefined;
  machine?.remove();
});

/** What the distribution's own configuration does around ours. */
const main = {
  nginx: (etc: string) => `pid ${etc}/pid;
error_log ${etc}/error.log;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 64; }
http { include /etc/nginx/mime.types; access_log off; client_body_temp_path ${etc}; proxy_temp_path ${etc};
fastcgi_temp_path ${etc}; uwsgi_temp_path ${etc}; scgi_temp_path ${etc};
include ${etc}/nginx/conf.d/*.conf; }
`,
  apache: (etc: string) => {
    const modules = 'mpm_event authz_core mime dir alias setenvif rewrite headers'
      .split(' ')
      .map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`);
    return `ServerRoot ${etc}
ServerName localhost
PidFile ${etc}/pid
DefaultRuntimeDir ${etc}
ErrorLog ${etc}/error.log
${modules.join('\n')}
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
TypesConfig /etc/mime.types
Include ${etc}/apache2/ports.conf
Include ${etc}/apache2/sites-enabled/*.conf
`;
  },
};

/**
 * Programs that do what they are called for, with the folder of the test in the place of /etc. `NGINX` means inherited
 * sockets to nginx itself.
 */
const programs = (etc: string): Readonly<Record<string, string>> => ({
  nginx: `unset NGINX; exec /usr/sbin/nginx -c ${etc}/main.conf -e ${etc}/error.log "$@"`,
  a2enmod: '',
  // Servers that go on keep nothing open of ours.
  systemctl: `unset NGINX; exec >/dev/null 2>&1 </dev/null; case "$*" in
  "restart nginx") exec /usr/sbin/nginx -c ${etc}/main.conf -e ${etc}/error.log ;;
  "restart apache2") exec /usr/sbin/apache2 -f ${etc}/main.conf -k start ;;
  "restart caddy") XDG_DATA_HOME=${etc} XDG_CONFIG_HOME=${etc} exec /usr/bin/caddy start --config ${etc}/caddy/Caddyfile --pidfile ${etc}/pid ;;
esac`,
});

function killServer(etc: string): void {
  const pid = existsSync(join(etc, 'pid')) ? Number(readFileSync(join(etc, 'pid'), 'utf8')) : 0;
  if (pid > 0) process.kill(pid, 'SIGTERM');
}

describe('the boot script of a real web server', () => {
  it.each(['nginx', 'apache', 'caddy'] as const)(
    'has %s serve the volume, and keeps it so after another boot',
    async (server) => {
      const port = await freePort();
      machine = openMachine({ instance: { server }, health: { port } }, programs);
      const { etc, mount } = machine;
      end = () => killServer(etc);
      chmodSync(join(etc, '..'), 0o755);
      for (const kind of ['rsa', 'ed25519'])
        for (const suffix of ['', '.pub']) writeFileSync(join(etc, `ssh/ssh_host_${kind}_key${suffix}`), kind);
      // Not every machine that tests has IPv6; what listens there is not what is tested.
      writeFileSync(join(etc, 'apache2/ports.conf'), `Listen 127.0.0.1:${port}\n`);
      if (server !== 'caddy') writeFileSync(join(etc, 'main.conf'), main[server](etc));
      mkdirSync(join(mount, 'releases/one/docs'), { recursive: true });
      writeFileSync(join(mount, 'releases/one/index.html'), 'home');
      writeFileSync(join(mount, 'releases/one/about.html'), 'about');
      writeFileSync(join(mount, 'releases/one/app.js'), 'export {};');
      writeFileSync(join(mount, 'releases/one/docs/index.html'), 'docs');
      writeFileSync(join(mount, 'releases/one/404.html'), 'missing');
      symlinkSync('releases/one', join(mount, 'current'));

      const url = `http://127.0.0.1:${port}`;
      const ask = async (path: string): Promise<string> => {
        const response = await fetch(url + path, { redirect: 'manual' });
        return `${response.status} ${(await response.text()).trim()}`;
      };
      for (const round of [1, 2]) {
        const { code, stderr } = machine.boot({ blkid: [0] });
        expect(code, `${round}: ${stderr}`).toBe(0);
        await vi.waitFor(() => fetch(url), { timeout: 20_000 });
        expect(await ask('/.well-known/twinorigin-health')).toBe('200 ok');
        expect(await ask('/')).toBe('200 home');
        expect(await ask('/docs/')).toBe('200 docs');
        expect(await ask('/gone')).toBe('404 missing');
        if (server !== 'apache') expect(await ask('/about')).toBe('200 about');
        expect((await fetch(`${url}/app.js`)).headers.get('content-type')).toMatch(/^text\/javascript/);
        killServer(etc);
        await vi.waitFor(() => expect(fetch(url)).rejects.toThrow(), { timeout: 20_000 });
        rmSync(join(etc, 'pid'), { force: true });
        if (server !== 'nginx') continue;
        // Rules that this nginx does not take: a site without them is better than none.
        mkdirSync(join(mount, 'rules/nginx-bad'), { recursive: true });
        writeFileSync(join(mount, 'rules/nginx-bad/nginx-server.conf'), 'no_such_directive on;\n');
        rmSync(join(mount, 'live'));
        symlinkSync('rules/nginx-bad', join(mount, 'live'));
      }
    },
  );

  it('writes what apache2 and caddy themselves call valid', async () => {
    for (const server of ['apache', 'caddy']) {
      const port = await freePort();
      const other = openMachine({ instance: { server }, health: { port } }, (etc) => ({
        ...programs(etc),
        systemctl: '',
      }));
      for (const suffix of ['', '.pub']) writeFileSync(join(other.etc, `ssh/ssh_host_rsa_key${suffix}`), 'rsa');
      expect(other.boot().code).toBe(0);
      if (server === 'caddy')
        execFileSync('caddy', ['validate', '--config', join(other.etc, 'caddy/Caddyfile')], { stdio: 'pipe' });
      else {
        writeFileSync(join(other.etc, 'apache2/ports.conf'), `Listen 127.0.0.1:${port}\n`);
        writeFileSync(join(other.etc, 'main.conf'), main.apache(other.etc));
        const { stderr } = spawnSync('apache2', ['-f', join(other.etc, 'main.conf'), '-t'], { encoding: 'utf8' });
        expect(stderr).toMatch(/Syntax OK/);
      }
      other.remove();
    }
  });
});
