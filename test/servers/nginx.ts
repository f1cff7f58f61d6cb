/** A real nginx on a free port, with the configuration that the boot script writes. */
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeNginxBasis, writeNginxConfig } from '../../src/provision/host/bootServers.js';
import { hostSchema } from '../../src/provision/host/settings.js';
import { freePort } from './servers.js';

const run = promisify(execFile);
const brotli = '/usr/lib/nginx/modules/ngx_http_brotli_static_module.so';

export interface Nginx {
  readonly url: string;
  readonly withBrotli: boolean;
  /** Commands that prove its configuration, and have it read again. */
  readonly commands: { readonly test: string; readonly reload: string };
  /** What `nginx -t` says. @throws when it refuses the configuration. */
  test(): Promise<string>;
  start(): Promise<void>;
  /**
   * Does what makes it read its configuration again, and waits until the old processes are gone: as they go they close
   * connections that are kept open, which a browser opens again.
   */
  throughReload<T>(work: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** `folder/site` is the volume. Without nginx this fails: `apt-get install nginx-light` brings it. */
export async function openNginx(folder: string): Promise<Nginx> {
  const port = await freePort();
  const withBrotli = existsSync(brotli);
  const mount = join(folder, 'site');
  const host = hostSchema.parse({ volume: { mount }, health: { port } });
  for (const name of ['logs', 'site/redirects', 'site/health', 'site/releases', 'site/rules/none'])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(mount, 'health/ok.txt'), 'ok\n');
  writeFileSync(join(mount, 'rules/none/nginx-server.conf'), writeNginxBasis(host));
  symlinkSync('rules/none', join(mount, 'live'));
  const unknown = withBrotli ? /\[::\]/ : /\[::\]|brotli_static/; // Not every machine that tests has IPv6.
  const lines = writeNginxConfig(host).split('\n');
  writeFileSync(join(folder, 'twinorigin.conf'), lines.filter((line) => !unknown.test(line)).join('\n'));
  writeFileSync(
    join(folder, 'nginx.conf'),
    `${withBrotli ? `load_module ${brotli};\n` : ''}${process.getuid?.() === 0 ? 'user root;\n' : ''}daemon off;
worker_processes 2;
pid ${folder}/nginx.pid;
error_log ${folder}/logs/error.log;
events { worker_connections 512; }
http {
  include /etc/nginx/mime.types;
  sendfile on;
  access_log off;
  client_body_temp_path ${folder}/logs;
  proxy_temp_path ${folder}/logs;
  fastcgi_temp_path ${folder}/logs;
  uwsgi_temp_path ${folder}/logs;
  scgi_temp_path ${folder}/logs;
  include ${folder}/twinorigin.conf;
}
`,
  );
  const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'logs/error.log')];
  const url = `http://127.0.0.1:${port}`;
  let child: ReturnType<typeof spawn> | undefined;
  return {
    url,
    withBrotli,
    commands: { test: `nginx ${args.join(' ')} -t`, reload: `nginx ${args.join(' ')} -s reload` },
    test: async () => (await run('nginx', [...args, '-t'])).stderr,
    async start() {
      child = spawn('nginx', args, { stdio: 'ignore' });
      for (;;) {
        if (child.exitCode !== null) throw new Error(readFileSync(join(folder, 'logs/error.log'), 'utf8'));
        const answer = await fetch(`${url}/.well-known/twinorigin-health`).catch(() => undefined);
        if (answer !== undefined) return;
        await new Promise((tick) => setTimeout(tick, 50));
      }
    },
    async throughReload(work) {
      const before = workersOf(child?.pid);
      const result = await work();
      while (workersOf(child?.pid).some((pid) => before.includes(pid)))
        await new Promise((tick) => setTimeout(tick, 20));
      return result;
    },
    async stop() {
      if (child?.exitCode !== null) return;
      const ended = new Promise((tell) => child?.once('exit', tell));
      child.kill('SIGQUIT');
      await ended;
    },
  };
}

/** Linux tells the children of a process (proc(5), `task/[tid]/children`). */
function workersOf(master: number | undefined): readonly string[] {
  return readFileSync(`/proc/${master}/task/${master}/children`, 'utf8').trim().split(' ');
}
