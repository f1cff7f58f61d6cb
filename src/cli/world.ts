/** The only place that joins the core with the stores and caches of AWS and of this machine; each is loaded when needed. */
import type * as AwsRoom from '../aws/index.js';
import { originNames, type OriginName } from '../build/build.js';
import type { BucketOrigin, Config, OriginConfig } from '../config.js';
import type { Cdn, ObjectStore, ReadingWorld, StoreReader, World } from '../release/ports.js';
import type { Invocation } from './action.js';
import { listCached } from './cached.js';
import type { RunningEdge } from './localEdge.js';

type Tools = Pick<Invocation, 'env' | 'options' | 'signal' | 'terminal'>;

export interface Opened<T> {
  readonly world: T;
  /** Ends connections, and the local edge if it was started for this. */
  readonly close: () => Promise<void>;
}

export interface OpenedWorld extends Opened<World> {
  /** The edge in front of the local folders; null when no origin is served by it. */
  readonly edge: RunningEdge | null;
}

/** Everything planning may touch: readers only, so nothing in it can write. */
export async function openReadingWorld(config: Config, tools: Tools): Promise<Opened<ReadingWorld>> {
  const aws = await openAwsIfNeeded(config, tools);
  const readers = await forEveryOrigin(async (name) => openReader(config.origins[name], aws));
  return { world: { readers, ...describeTools(config, tools) }, close: () => closeAll(aws, null) };
}

/** Everything a publish needs. A local edge is started unless one is running: assets are proved through it. */
export async function openWorld(config: Config, tools: Tools): Promise<OpenedWorld> {
  const aws = await openAwsIfNeeded(config, tools);
  const stores = await forEveryOrigin(async (name) => openStore(config.origins[name], aws));
  const edge = await openEdgeIfNeeded(config);
  const [{ describePublisher }, { identifyProcess }, { fetchAddress }] = await Promise.all([
    import('./publisher.js'),
    import('./processIdentity.js'),
    import('../local/fetch.js'),
  ]);
  const cdns: Partial<Record<OriginName, Cdn>> = {};
  for (const name of listCached(config)) {
    const cdn = openCdn(name, config.origins[name], aws, edge);
    if (cdn !== undefined) cdns[name] = cdn;
  }
  const world: World = {
    ...describeTools(config, tools),
    readers: stores,
    stores,
    cdns,
    fetch: fetchAddress,
    publisher: await describePublisher(tools.env, config.base),
    process: identifyProcess(),
  };
  return { world, edge, close: () => closeAll(aws, edge) };
}

type Aws = typeof AwsRoom & { readonly opened: AwsRoom.Aws };

async function openAwsIfNeeded(config: Config, { options, signal }: Tools): Promise<Aws | null> {
  if (!Object.values(config.origins).some(isBucket)) return null;
  const module = await import('../aws/index.js');
  const { profile, region, endpointUrl } = options;
  const opened = module.openAws({ profile, region, endpointUrl, width: config.concurrency, signal });
  return { ...module, opened };
}

async function openEdgeIfNeeded(config: Config): Promise<RunningEdge | null> {
  if (!Object.values(config.origins).some((origin) => !isBucket(origin) && origin.edge)) return null;
  const { joinEdge } = await import('./localEdge.js');
  return joinEdge(config);
}

async function openReader(origin: OriginConfig, aws: Aws | null): Promise<StoreReader> {
  if (isBucket(origin)) return needAws(aws).openS3Reader({ ...origin, aws: needAws(aws).opened });
  const { openDirectoryReader } = await import('../local/reader.js');
  return openDirectoryReader(origin.directory);
}

async function openStore(origin: OriginConfig, aws: Aws | null): Promise<ObjectStore> {
  if (isBucket(origin)) return needAws(aws).openS3Store({ ...origin, aws: needAws(aws).opened });
  const { openDirectoryStore } = await import('../local/store.js');
  return openDirectoryStore(origin.directory);
}

function openCdn(name: OriginName, origin: OriginConfig, aws: Aws | null, edge: RunningEdge | null): Cdn | undefined {
  if (!isBucket(origin)) return edge?.openCdn(name);
  const { distribution } = origin;
  return distribution === undefined
    ? undefined
    : needAws(aws).openCloudFrontCdn({ distribution, aws: needAws(aws).opened });
}

function describeTools(config: Config, { terminal, signal }: Tools): Omit<ReadingWorld, 'readers'> {
  return { cached: listCached(config), clock: () => new Date(), emit: terminal.listen, signal };
}

async function forEveryOrigin<T>(open: (name: OriginName) => Promise<T>): Promise<Record<OriginName, T>> {
  const entries = await Promise.all(originNames.map(async (name) => [name, await open(name)] as const));
  return Object.fromEntries(entries) as Record<OriginName, T>;
}

async function closeAll(aws: Aws | null, edge: RunningEdge | null): Promise<void> {
  aws?.opened.close();
  await edge?.close();
}

function isBucket(origin: OriginConfig): origin is BucketOrigin {
  return 'bucket' in origin;
}

function needAws(aws: Aws | null): Aws {
  if (aws === null) throw new Error('a bucket without AWS');
  return aws;
}
