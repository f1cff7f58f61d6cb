/** All servers of the pages as one. */
import type { WebServer } from '../config.js';
import type { Event } from '../events.js';
import type { PagesServers } from '../release/ports.js';
import { withFolder, writeRules } from './folder.js';
import { openServer } from './server.js';

export function openPagesServers(
  targets: readonly WebServer[],
  signal: AbortSignal,
  emit: (event: Event) => void = () => undefined,
): PagesServers {
  const servers = targets.map((target) => openServer(target, signal));
  return {
    look: () => Promise.all(servers.map((server) => server.look())),
    async place(release, { files, rulesFor }) {
      const states = await Promise.all(servers.map(async (server) => ({ server, ...(await server.look()) })));
      const lacking = states.filter(({ releases }) => !releases.includes(release));
      if (lacking.length === 0) return;
      await withFolder(files, { signal, emit }, async (folder) => {
        const started = performance.now();
        const total = files.length * lacking.length;
        emit({ type: 'phase-started', phase: 'send', total });
        for (const [at, { server, live, releases }] of lacking.entries()) {
          signal.throwIfAborted();
          const like = live !== null && releases.includes(live) ? live : (releases.at(-1) ?? null);
          await writeRules(folder, server.kind === undefined ? [] : rulesFor(server.kind, server.folder));
          await server.place(release, folder, like, (share) =>
            emit({ type: 'phase-progress', phase: 'send', done: Math.floor((at + share) * files.length) }),
          );
        }
        emit({ type: 'phase-finished', phase: 'send', done: total, milliseconds: performance.now() - started });
      });
      // Nobody is switched where one does not take its rules.
      for (const { server } of lacking) await server.proveRules(release);
    },
    mend: (release, { files, rulesFor }) =>
      withFolder(files, { signal, emit }, async (folder) => {
        const mended = [];
        for (const server of servers) {
          await writeRules(folder, server.kind === undefined ? [] : rulesFor(server.kind, server.folder));
          mended.push({ name: server.name, ...(await server.mend(release, folder)) });
        }
        return mended;
      }),
    async switchTo(release) {
      for (const server of servers) await server.switchTo(release);
    },
    async keepOnly(releases) {
      for (const server of servers) await server.keepOnly(releases);
    },
  };
}
