/** Publishes a folder to folders with a local edge in front, for as long as a test looks at it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { originNames, type OriginName } from '../../src/build/build.js';
import { configSchema, type Config } from '../../src/config.js';
import { identifyProcess } from '../../src/cli/processIdentity.js';
import { openLocalCdn } from '../../src/local/cdn.js';
import { startEdge } from '../../src/local/edge.js';
import { fetchAddress } from '../../src/local/fetch.js';
import { openDirectoryStore } from '../../src/local/store.js';
import type { World } from '../../src/release/ports.js';
import type { Outcome } from '../../src/release/release.js';
import { publish } from '../../src/publish.js';

export interface PublishedFolder {
  readonly urls: Readonly<Record<OriginName, string>>;
  readonly outcome: Outcome;
  /** Publishes another folder, or the same one again, to the same place. */
  publishAgain(site: string): Promise<Outcome>;
  close(): Promise<void>;
}

/** `rules` and the like as in the configuration file. */
export async function publishFolder(site: string, settings: Partial<Config> = {}): Promise<PublishedFolder> {
  const base = mkdtempSync(join(tmpdir(), 'twinorigin-published-'));
  const port = await findFreePort();
  const directoryOf = (name: OriginName) => join(base, name);
  const stores = fromOrigins((name) => openDirectoryStore(directoryOf(name)));
  const edge = await startEdge({
    origins: fromOrigins((name) => ({ store: stores[name], invalidations: directoryOf(name) })),
    port,
    negotiate: true,
  });
  const defaults = configSchema.parse({});
  const config: Config = {
    ...defaults,
    encodings: 'negotiate',
    compression: 'fast',
    guard: { ...defaults.guard, index: false },
    ...settings,
    site,
    base,
    port,
    cacheDir: join(base, 'cache'),
    origins: fromOrigins((name) => ({ directory: directoryOf(name), url: edge.urls[name], edge: true })),
  };
  const world: World = {
    readers: stores,
    stores,
    cdns: fromOrigins((name) => openLocalCdn(directoryOf(name))),
    cached: new Set(originNames),
    fetch: fetchAddress,
    clock: () => new Date(),
    emit: () => undefined,
    signal: new AbortController().signal,
    publisher: { user: 'tester', host: 'test' },
    process: identifyProcess(),
  };
  const outcome = await publish(config, world);
  return {
    urls: edge.urls,
    outcome,
    publishAgain: (other) => publish({ ...config, site: other }, world),
    async close() {
      await edge.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

/** The addresses of the origins hold the port, so it must be known before anything is built. */
function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}

function fromOrigins<T>(make: (name: OriginName) => T): Record<OriginName, T> {
  return { images: make('images'), resources: make('resources'), pages: make('pages') };
}
