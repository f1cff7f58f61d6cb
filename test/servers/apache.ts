/** A real Apache on a free port, with the host's configuration that the boot script writes. */
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeApacheConfig } from '../../src/provision/host/bootServers.js';
import { hostSchema } from '../../src/provision/host/settings.js';
import { freePort } from './servers.js';

const run = promisify(execFile);
const modules = '/usr/lib/apache2/modules';

export interface Apache {
  readonly url: string;
  /** Arguments that name its configuration. */
  readonly args: readonly string[];
  /** What `apache2 -t` says. @throws when it refuses the configuration. */
  test(): Promise<string>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** `folder/site` is the volume. Without Apache this fails: `apt-get install apache2` brings it. */
export async function openApache(folder: string): Promise<Apache> {
  const port = await freePort();
  const mount = join(folder, 'site');
  const host = hostSchema.parse({ volume: { mount }, health: { port } });
  for (const name of ['logs', 'site/redirects', 'site/health', 'site/releases'])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(mount, 'health/ok.txt'), 'ok\n');
  writeFileSync(join(folder, 'twinorigin.conf'), writeApacheConfig(host));
  // Those that Debian loads, and what the boot script asks for.
  const names =
    'mpm_event authz_core authz_host mime dir alias negotiation setenvif deflate filter autoindex env rewrite headers';
  const loaded = names
    .split(' ')
    .filter((name) => existsSync(`${modules}/mod_${name}.so`))
    .map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`);
  const config = join(folder, 'apache.conf');
  writeFileSync(
    config,
    `ServerRoot ${folder}
ServerName localhost
Listen 127.0.0.1:${port}
PidFile ${folder}/apache.pid
DefaultRuntimeDir ${folder}
ErrorLog ${folder}/logs/error.log
${loaded.join('\n')}
TypesConfig /etc/mime.types
AddType application/x-gzip .gz .tgz
AddLanguage de .de
AddOutputFilterByType DEFLATE text/html text/css
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data\n' : ''}<Files ".ht*">
  Require all denied
</Files>
Include ${folder}/twinorigin.conf
`,
  );
  const args = ['-d', folder, '-f', config];
  const url = `http://127.0.0.1:${port}`;
  let child: ReturnType<typeof spawn> | undefined;
  return {
    url,
    args,
    test: async () => (await run('apache2', [...args, '-t'])).stderr,
    async start() {
      child = spawn('apache2', [...args, '-DFOREGROUND'], { stdio: 'ignore' });
      for (;;) {
        if (child.exitCode !== null) throw new Error(readFileSync(join(folder, 'logs/error.log'), 'utf8'));
        const answer = await fetch(`${url}/.well-known/twinorigin-health`).catch(() => undefined);
        if (answer !== undefined) return;
        await new Promise((tick) => setTimeout(tick, 50));
      }
    },
    async stop() {
      if (child?.exitCode !== null) return;
      const ended = new Promise((tell) => child?.once('exit', tell));
      child.kill('SIGTERM');
      await ended;
    },
  };
}
