/** Servers of the pages in memory: folders of releases, and which of them visitors get. */
import { readFileSync } from 'node:fs';
import type { PagesServers } from '../src/release/ports.js';

export interface MemoryServer {
  readonly name: string;
  live: string | null;
  /** Release, then path, then content. */
  readonly folders: Map<string, Map<string, string>>;
}

export interface MemoryServers extends PagesServers {
  readonly all: readonly MemoryServer[];
  /** Every call, in order. */
  readonly log: string[];
  /** Throws to break off: called before and after each call that writes. */
  disturb: (moment: string) => void | Promise<void>;
}

export function memoryServers(...names: readonly string[]): MemoryServers {
  const all = names.map((name): MemoryServer => ({ name, live: null, folders: new Map() }));
  const log: string[] = [];
  const step = async (what: string, work: () => void): Promise<void> => {
    await servers.disturb(`before ${what}`);
    log.push(what);
    work();
    await servers.disturb(`after ${what}`);
  };
  const servers: MemoryServers = {
    all,
    log,
    disturb: () => undefined,
    look: () =>
      Promise.resolve(all.map(({ name, live, folders }) => ({ name, live, releases: [...folders.keys()].sort() }))),
    async place(release, { files }) {
      for (const server of all) {
        if (server.folders.has(release)) continue;
        const folder = new Map<string, string>();
        for (const file of files) {
          const body = await file.open();
          folder.set(file.path, 'bytes' in body ? body.bytes.toString() : readFileSync(body.file, 'utf8'));
        }
        await step(`place ${server.name}`, () => server.folders.set(release, folder));
      }
    },
    async mend(release, { files }) {
      const mended = [];
      for (const server of all) {
        const folder = server.folders.get(release) ?? new Map<string, string>();
        const sent: string[] = [];
        for (const file of files) {
          const body = await file.open();
          const content = 'bytes' in body ? body.bytes.toString() : readFileSync(body.file, 'utf8');
          if (folder.get(file.path) === content) continue;
          await step(`send ${file.path} to ${server.name}`, () => folder.set(file.path, content));
          sent.push(file.path);
        }
        const foreign = [...folder.keys()].filter((path) => !files.some((file) => file.path === path));
        mended.push({ name: server.name, sent, foreign });
      }
      return mended;
    },
    async switchTo(release) {
      for (const server of all)
        await step(`switch ${server.name}`, () => {
          if (!server.folders.has(release)) throw new Error(`${server.name} has no ${release}`);
          server.live = release;
        });
    },
    async keepOnly(releases) {
      for (const server of all)
        await step(`keep ${server.name}`, () => {
          for (const one of server.folders.keys())
            if (!releases.includes(one) && one !== server.live) server.folders.delete(one);
        });
    },
  };
  return servers;
}
