/** A whole world in memory: three stores, two CDNs' memory, a visitor's fetch; and publishing into it. */
import { assembleBuild, type BuildOptions } from '../../src/build/assemble.js';
import { originNames, type OriginName, type SiteBuild } from '../../src/build/build.js';
import { objectKey } from '../../src/build/keys.js';
import type { Event } from '../../src/events.js';
import { applyPlan, leaveAsIs, type ApplyOptions } from '../../src/release/apply.js';
import { guardPlan, type GuardOptions } from '../../src/release/guard.js';
import { takeInventory } from '../../src/release/inventory.js';
import { acquireLock, type LockOptions } from '../../src/release/lock.js';
import { planRelease } from '../../src/release/planRelease.js';
import type { Fetch, World } from '../../src/release/ports.js';
import type { Outcome, Plan } from '../../src/release/release.js';
import { buildGraph } from '../../src/site/buildGraph.js';
import { memoryCdn, type MemoryCdn } from '../memoryCdn.js';
import { memoryEdge, type MemoryEdge } from '../memoryEdge.js';
import { memoryStore, type MemoryStore } from '../memoryStore.js';
import { siteOf } from '../siteOf.js';

export type Contents = Readonly<Record<string, string | Uint8Array>>;

export const urls = {
  images: 'https://images.example.com',
  resources: 'https://static.example.com',
  pages: 'https://www.example.com',
} as const;

export interface MemoryWorld extends World {
  readonly stores: Readonly<Record<OriginName, MemoryStore>>;
  readonly cdns: Readonly<Record<OriginName, MemoryCdn>>;
  readonly edge: MemoryEdge;
  readonly events: Event[];
  /** Addresses fetched through the "CDN". */
  readonly fetched: string[];
}

export function memoryWorld(
  overrides: Partial<Pick<World, 'fetch' | 'signal' | 'clock' | 'stores'>> = {},
): MemoryWorld {
  const stores = { images: memoryStore('images'), resources: memoryStore('resources'), pages: memoryStore('pages') };
  const cdns = { images: memoryCdn('images'), resources: memoryCdn('resources'), pages: memoryCdn('pages') };
  const edge = memoryEdge();
  const events: Event[] = [];
  const fetched: string[] = [];
  const seen: Fetch = (url) => {
    fetched.push(url);
    return Promise.resolve(visit(stores, url));
  };
  return {
    stores,
    cdns,
    edge,
    edgeReader: edge,
    events,
    fetched,
    readers: stores,
    cached: new Set(originNames),
    clock: () => new Date('2026-11-23T12:00:00Z'),
    emit: (event: Event) => events.push(event),
    signal: new AbortController().signal,
    fetch: seen,
    publisher: { user: 'tester', host: 'test' },
    // Whoever held a lock before has died: the tests kill publishers.
    process: { machine: 'test', pid: 1, isAlive: () => false },
    ...overrides,
    // Whoever brings other stores looks into those.
  } as unknown as MemoryWorld;
}

/** What a visitor without a cache gets. */
export function visit(stores: Readonly<Record<OriginName, MemoryStore>>, url: string): Awaited<ReturnType<Fetch>> {
  const origin = originNames.find((name) => url.startsWith(`${urls[name]}/`))!;
  const path = decodeURIComponent(new URL(url).pathname.slice(1));
  const held = stores[origin].objects.get(objectKey(path === '' || path.endsWith('/') ? `${path}index.html` : path));
  if (held === undefined) return { status: 404, headers: {}, body: Buffer.alloc(0) };
  const { contentType, cacheControl, contentEncoding } = held.object.headers;
  return {
    status: 200,
    headers: {
      'content-type': contentType,
      'cache-control': cacheControl,
      ...(contentEncoding && { 'content-encoding': contentEncoding }),
      'access-control-allow-origin': '*',
    },
    body: held.bytes,
  };
}

export const buildDefaults: BuildOptions = {
  urls,
  rules: [],
  encodings: 'none',
  compression: 'fast',
  originals: 'copy',
  integrity: true,
  cached: new Set(originNames),
};

export async function buildOf(contents: Contents, options: Partial<BuildOptions> = {}): Promise<SiteBuild> {
  const graph = await buildGraph(siteOf(contents), { siteUrls: [urls.pages], lazyAttributes: ['data-src'] });
  return assembleBuild(graph, { ...buildDefaults, ...options });
}

export interface PublishOptions extends Partial<ApplyOptions>, Partial<GuardOptions> {
  readonly build?: Partial<BuildOptions>;
  readonly lock?: LockOptions;
}

export async function planFor(world: World, contents: Contents, options: PublishOptions = {}): Promise<Plan> {
  return (await prepare(world, contents, options)).plan;
}

export async function publishTo(
  world: World,
  contents: Contents,
  options: PublishOptions = {},
): Promise<Omit<Outcome, 'milliseconds'>> {
  const { plan: planned, site } = await prepare(world, contents, options);
  if (planned.empty) return leaveAsIs(planned);
  guardPlan(planned, { deletes: '25%', index: true, ...options });
  const fence = await acquireLock(world, options.lock ?? { wait: false });
  try {
    const inventory = await takeInventory(world.readers.pages, site.root);
    const { plan, placed: build } = planRelease(site, inventory, {
      cached: world.cached,
      maxPaths: 100,
      now: world.clock(),
    });
    return await applyPlan(plan, build, inventory, world, {
      concurrency: 4,
      verifySample: 50,
      wait: false,
      fence,
      ...options,
    });
  } finally {
    await fence.release();
  }
}

async function prepare(world: World, contents: Contents, options: PublishOptions) {
  const site = await buildOf(contents, options.build);
  const inventory = await takeInventory(world.readers.pages, site.root);
  const { plan } = planRelease(site, inventory, { cached: world.cached, maxPaths: 100, now: world.clock() });
  return { site, plan };
}

/** Everything in all stores, records included, for comparing end states. */
export function stateOf(world: MemoryWorld): Record<string, string> {
  const state: Record<string, string> = {};
  for (const origin of originNames)
    for (const [key, { object, bytes }] of world.stores[origin].objects)
      state[`${origin}/${key}`] = `${JSON.stringify(object.headers)} ${bytes.toString('base64')}`;
  return state;
}

/** The addresses of the CDN hosts and of this site that a page or stylesheet names. */
export function referencesIn(text: string): string[] {
  return [...text.matchAll(/https:\/\/(?:images|static|www)\.example\.com\/[A-Za-z0-9._/%-]+/g)].map(([url]) => url);
}
