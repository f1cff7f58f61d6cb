/** Publishing as a real process does it: through the library, into folders or over HTTP; alone in a child, or here. */
import { openAws, openS3Reader, openS3Store } from '../../src/aws/index.js';
import { originNames, type OriginName } from '../../src/build/build.js';
import { identifyProcess } from '../../src/cli/processIdentity.js';
import { configSchema, type Config, type ConfigInput } from '../../src/config.js';
import { openLocalCdn } from '../../src/local/cdn.js';
import { startEdge, type Edge } from '../../src/local/edge.js';
import { fetchAddress } from '../../src/local/fetch.js';
import { openDirectoryReader } from '../../src/local/reader.js';
import { openDirectoryStore } from '../../src/local/store.js';
import { publish, type PublishOptions } from '../../src/publish.js';
import type { Cdn, ObjectStore, World } from '../../src/release/ports.js';
import { mapOrigins } from '../../src/release/recordFormat.js';
import type { Outcome } from '../../src/release/release.js';

/** Where objects are; what invalidations are asked for goes into folders below `root` in both cases. */
export type Place =
  | { readonly kind: 'directory'; readonly root: string }
  | {
      readonly kind: 's3';
      readonly root: string;
      readonly endpoint: string;
      readonly bucket: string;
      readonly prefix: string;
      /** Tries of one request. */
      readonly attempts?: number;
    };

/** Everything a publish needs to know; JSON, so that it can be handed to another process. */
export interface Job {
  readonly place: Place;
  readonly site: string;
  readonly cacheDir: string;
  readonly urls: Readonly<Record<OriginName, string>>;
  /** The time that goes into ids and records, so that two runs can be compared. */
  readonly now: string;
  readonly settings?: ConfigInput;
  readonly options?: PublishOptions;
  /** Whoever held the lock before has died. */
  readonly forgotten?: boolean;
}

export interface Opened {
  readonly stores: Readonly<Record<OriginName, ObjectStore>>;
  readonly cdns: Readonly<Record<OriginName, Cdn>>;
  readonly close: () => void;
}

export function openPlace(place: Place): Opened {
  const cdns = mapOrigins((name) => openLocalCdn(`${place.root}/${name}`));
  if (place.kind === 'directory')
    return { stores: mapOrigins((name) => openDirectoryStore(`${place.root}/${name}`)), cdns, close: () => undefined };
  const { endpoint, bucket, prefix, attempts } = place;
  const aws = openAws({ endpointUrl: endpoint, width: 8, attempts });
  const stores = mapOrigins((name) => openS3Store({ bucket, prefix: `${prefix}/${name}`, aws }));
  return { stores, cdns, close: () => aws.close() };
}

/** An edge before a place; port 0 for any. */
export async function openEdge(place: Place, port: number): Promise<Edge> {
  const aws = place.kind === 's3' ? openAws({ endpointUrl: place.endpoint, width: 8 }) : undefined;
  const origins = mapOrigins((name) => ({
    store:
      place.kind === 's3' && aws !== undefined
        ? openS3Reader({ bucket: place.bucket, prefix: `${place.prefix}/${name}`, aws })
        : openDirectoryReader(`${place.root}/${name}`),
    invalidations: `${place.root}/${name}`,
  }));
  const edge = await startEdge({ origins, port, negotiate: true });
  return {
    ...edge,
    close: async () => {
      await edge.close();
      aws?.close();
    },
  };
}

export function configOf({ place, site, cacheDir, urls, settings }: Job): Config {
  const directoryOf = (name: OriginName) => ({ directory: `${place.root}/${name}`, url: urls[name], edge: true });
  const { encodings, ...rest } = configSchema.parse({ concurrency: 1, ...settings });
  return {
    ...rest,
    site,
    cacheDir,
    base: site,
    origins: mapOrigins(directoryOf),
    encodings: encodings ?? 'negotiate',
  };
}

export function worldOf(
  { now, forgotten }: Pick<Job, 'now' | 'forgotten'>,
  { stores, cdns }: Omit<Opened, 'close'>,
): World {
  return {
    stores,
    readers: stores,
    cdns,
    cached: new Set(originNames),
    clock: () => new Date(now),
    emit: () => undefined,
    signal: new AbortController().signal,
    // An edge may be another one the next time, on the same port: connections are not kept.
    fetch: (url, headers) => fetchAddress(url, { ...headers, connection: 'close' }),
    publisher: { user: 'tester', host: 'test' },
    process: { ...identifyProcess(), ...(forgotten === true && { isAlive: () => false }) },
  };
}

/** Told before and after every operation of every store and CDN. */
export interface Steps {
  /** What it returns is handed to `after`, which others may have been begun before. */
  before(operation: string): unknown;
  after(operation: string, mark: unknown): unknown;
}

/** Does a job in this process. */
export async function run(job: Job, steps?: Steps): Promise<Outcome> {
  const opened = openPlace(job.place);
  try {
    return await publish(configOf(job), worldOf(job, steps === undefined ? opened : watch(opened, steps)), job.options);
  } finally {
    opened.close();
  }
}

const operations = new Set(['head', 'get', 'put', 'copy', 'delete', 'invalidate', 'invalidation']);

/** The same stores and CDNs, with somebody looking on. */
export function watch({ stores, cdns }: Omit<Opened, 'close'>, steps: Steps): Omit<Opened, 'close'> {
  return {
    stores: mapOrigins((name) => watched(stores[name], name, steps)),
    cdns: mapOrigins((name) => watched(cdns[name], `${name} cdn`, steps)),
  };
}

function watched<T extends object>(target: T, name: string, steps: Steps): T {
  return new Proxy(target, {
    get(of, property) {
      const value: unknown = Reflect.get(of, property);
      if (typeof value !== 'function') return value;
      const call = value.bind(of) as (...parameters: readonly unknown[]) => unknown;
      const operation = `${name} ${String(property)}`;
      if (property === 'list')
        return async function* (prefix: string) {
          const mark = await steps.before(operation);
          yield* call(prefix) as AsyncIterable<unknown>;
          await steps.after(operation, mark);
        };
      if (!operations.has(String(property))) return call;
      return async (...parameters: readonly unknown[]) => {
        const mark = await steps.before(operation);
        const result = await call(...parameters);
        await steps.after(operation, mark);
        return result;
      };
    },
  });
}
