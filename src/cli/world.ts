/** The only place that joins the core with the stores and caches of AWS and of this machine; AWS is loaded only when needed. */
import { resolve } from 'node:path';
import type * as AwsRoom from '../aws/index.js';
import type { OriginName } from '../build/build.js';
import { hasEdgeFunctions, type BucketOrigin, type Config, type OriginConfig } from '../config.js';
import { openLocalCdn } from '../local/cdn.js';
import { openLocalEdgeReader, openLocalEdgeStore } from '../local/edgeKeys.js';
import { fetchAddress } from '../local/fetch.js';
import { openDirectoryReader } from '../local/reader.js';
import { openDirectoryStore } from '../local/store.js';
import type {
  Cdn,
  EdgeReader,
  EdgeStore,
  Fetch,
  ObjectStore,
  Publisher,
  PagesServers,
  ReadingWorld,
  StoreReader,
  World,
} from '../release/ports.js';
import type { Invocation } from './action.js';
import { listCached } from './cached.js';
import type { RunningEdge } from './localEdge.js';
import { identifyProcess } from './processIdentity.js';
import { describePublisher } from './publisher.js';

type Tools = Pick<Invocation, 'env' | 'options' | 'signal' | 'terminal'>;

interface Opened<T> {
  readonly world: T;
  /** Ends connections, and the local edge if it was started for this. */
  readonly close: () => Promise<void>;
}

interface OpenedWorld extends Opened<World> {
  /** The edge in front of the local folders; null when no origin is served by it. */
  readonly edge: RunningEdge | null;
}

/** Everything planning may touch: readers only, so nothing in it can write. */
export async function openReadingWorld(config: Config, tools: Tools): Promise<Opened<ReadingWorld>> {
  const aws = await openAwsIfNeeded(config, tools);
  const readers = forEveryOrigin((name) => openReader(config.origins[name], aws));
  const edgeReader = openEdge(config, aws, openLocalEdgeReader);
  return { world: { readers, edgeReader, ...describeTools(config, tools) }, close: () => closeAll(aws, null) };
}

/** A world that can look through the CDN as well; a local edge is started unless one is running. */
export async function openProvingWorld(
  config: Config,
  tools: Tools,
): Promise<Opened<ReadingWorld & { readonly fetch: Fetch }>> {
  const { world, close } = await openReadingWorld(config, tools);
  const edge = hasEdge(config) ? await openLocalEdge(config) : null;
  const closeBoth = async () => {
    await close();
    await edge?.close();
  };
  return { world: { ...world, fetch: fetchAddress }, close: closeBoth };
}

/** Everything a publish needs. A local edge is started unless one is running: assets are proved through it. */
export async function openWorld(config: Config, tools: Tools): Promise<OpenedWorld> {
  const aws = await openAwsIfNeeded(config, tools);
  const stores = forEveryOrigin((name) => openStore(config.origins[name], aws));
  const cdns: Partial<Record<OriginName, Cdn>> = {};
  for (const name of listCached(config)) cdns[name] = openCdn(config.origins[name], aws);
  const isEdgeNeeded = config.verify.sample > 0 || tools.options.serve === true;
  const edge = isEdgeNeeded && hasEdge(config) ? await openLocalEdge(config) : null;
  const edgeStore = openEdge(config, aws, openLocalEdgeStore);
  let publisher: Publisher | undefined;
  const world: World = {
    ...describeTools(config, tools),
    edge: edgeStore,
    servers: await openServers(config, tools),
    edgeReader: edgeStore,
    readers: stores,
    stores,
    cdns,
    fetch: fetchAddress,
    // Git is asked when something is to be published: first for the lock.
    get publisher() {
      return (publisher ??= describePublisher(tools.env, config.base));
    },
    process: identifyProcess(),
  };
  return { world, edge, close: () => closeAll(aws, edge) };
}

type Aws = typeof AwsRoom & { readonly opened: AwsRoom.Aws };

/** Requests under way are not cut by Ctrl-C: the lock must still be given back. */
async function openAwsIfNeeded(config: Config, { options }: Tools): Promise<Aws | null> {
  if (!Object.values(config.origins).some(isBucket)) return null;
  const room = await import('../aws/index.js');
  const { profile, region, endpointUrl } = options;
  return { ...room, opened: room.openAws({ profile, region, endpointUrl, width: config.concurrency }) };
}

function openReader(origin: OriginConfig, aws: Aws | null): StoreReader {
  if (!isBucket(origin)) return openDirectoryReader(origin.directory);
  return needAws(aws).openS3Reader({ ...origin, aws: needAws(aws).opened });
}

function openStore(origin: OriginConfig, aws: Aws | null): ObjectStore {
  if (!isBucket(origin)) return openDirectoryStore(origin.directory);
  return needAws(aws).openS3Store({ ...origin, aws: needAws(aws).opened });
}

function openCdn(origin: OriginConfig, aws: Aws | null): Cdn {
  if (!isBucket(origin)) return openLocalCdn(origin.directory);
  return needAws(aws).openCloudFrontCdn({ distribution: origin.distribution ?? '', aws: needAws(aws).opened });
}

/** What tells the edge of the pages which release is live; undefined where no function of ours stands there. */
function openEdge<T extends EdgeReader>(
  config: Config,
  aws: Aws | null,
  openLocal: (directory: string) => T,
): T | EdgeStore | undefined {
  const { pages } = config.origins;
  if (!hasEdgeFunctions(config)) return undefined;
  if (!isBucket(pages)) return openLocal(pages.directory);
  return needAws(aws).openKeyValueStore({ arn: pages.keyValueStore ?? '', aws: needAws(aws).opened });
}

/** Loaded only where pages are served by servers of one's own. */
async function openServers({ origins, base }: Config, { signal, terminal }: Tools): Promise<PagesServers | undefined> {
  const { host } = origins.pages;
  if (host === undefined) return undefined;
  const { openPagesServers } = await import('../ssh/index.js');
  const absolute = (file: string | undefined) => (file === undefined ? undefined : resolve(base, file));
  const targets = host.map((one) => ({
    ...one,
    identity: absolute(one.identity),
    knownHosts: absolute(one.knownHosts),
  }));
  return openPagesServers(targets, signal, terminal.listen);
}

function describeTools(config: Config, { terminal, signal }: Tools): Omit<ReadingWorld, 'readers'> {
  return { cached: listCached(config), clock: () => new Date(), emit: terminal.listen, signal };
}

function forEveryOrigin<T>(open: (name: OriginName) => T): Record<OriginName, T> {
  return { images: open('images'), resources: open('resources'), pages: open('pages') };
}

async function openLocalEdge(config: Config): Promise<RunningEdge> {
  const { joinEdge } = await import('./localEdge.js');
  return joinEdge(config);
}

async function closeAll(aws: Aws | null, edge: RunningEdge | null): Promise<void> {
  aws?.opened.close();
  await edge?.close();
}

/** Whether some origin is served by the local edge. */
function hasEdge({ origins }: Pick<Config, 'origins'>): boolean {
  return Object.values(origins).some((origin) => !isBucket(origin) && origin.edge);
}

function isBucket(origin: OriginConfig): origin is BucketOrigin {
  return 'bucket' in origin;
}

function needAws(aws: Aws | null): Aws {
  if (aws === null) throw new Error('a bucket without AWS');
  return aws;
}
