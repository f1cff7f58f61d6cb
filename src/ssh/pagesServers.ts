/** All servers of the pages as one. */
import type { WebServer } from '../config.js';
import type { PagesServers } from '../release/ports.js';
import { withFolder } from './folder.js';
import { openServer } from './server.js';

export function openPagesServers(targets: readonly WebServer[], signal: AbortSignal): PagesServers {
  const servers = targets.map((target) => openServer(target, signal));
  return {
    look: () => Promise.all(servers.map((server) => server.look())),
    async place(release, files) {
      const states = await Promise.all(servers.map(async (server) => ({ server, ...(await server.look()) })));
      const lacking = states.filter(({ releases }) => !releases.includes(release));
      if (lacking.length === 0) return;
      await withFolder(files, signal, async (folder) => {
        for (const { server, live, releases } of lacking) {
          signal.throwIfAborted();
          const like = live !== null && releases.includes(live) ? live : (releases.at(-1) ?? null);
          await server.place(release, folder, like);
        }
      });
    },
    async switchTo(release) {
      for (const server of servers) await server.switchTo(release);
    },
    async keepOnly(releases) {
      for (const server of servers) await server.keepOnly(releases);
    },
  };
}
