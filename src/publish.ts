/** The sentence: scan, build, take inventory, plan, guard, apply. */
import { assembleBuild } from './build/assemble.js';
import { originNames, type Build, type OriginName } from './build/build.js';
import type { Config } from './config.js';
import { applyPlan } from './release/apply.js';
import { guardPlan } from './release/guard.js';
import { takeInventory, type Inventory } from './release/inventory.js';
import { makePlan } from './release/plan.js';
import type { ReadingWorld, World } from './release/ports.js';
import type { Outcome, Plan } from './release/release.js';
import { buildGraph } from './site/buildGraph.js';
import type { AssetGraph } from './site/graph.js';
import { defaultLazyAttributes } from './site/references/index.js';
import { scanSite } from './site/scan.js';

export interface Built {
  readonly graph: AssetGraph;
  readonly build: Build;
}

export interface Planned extends Built {
  readonly plan: Plan;
  readonly inventory: Inventory;
}

/** Builds what would be served. Touches nothing but the cache folder. */
export async function buildSite(
  config: Config,
  tools: Pick<ReadingWorld, 'emit' | 'signal' | 'cached'>,
): Promise<Built> {
  const { cacheDir } = config;
  const urls = addressesOf(config);
  const lazyAttributes = config.lazyAttributes ?? defaultLazyAttributes;
  const site = await scanSite(config.site, { ...tools, ignore: config.ignore, cacheDir });
  const graph = await buildGraph(site, { ...tools, lazyAttributes, siteUrls: [urls.pages], cacheDir });
  return { graph, build: await assembleBuild(graph, { ...config, ...tools, urls }) };
}

/** Plans a publish: what `publish` would do, with reasons. Cannot write. */
export async function preparePlan(config: Config, world: ReadingWorld): Promise<Planned> {
  const { graph, build } = await buildSite(config, world);
  const inventory = await takeInventory(world.readers.pages, build.root);
  const { cached, clock } = world;
  const plan = makePlan(build, inventory, { cached, maxPaths: config.invalidation.paths, now: clock() });
  return { graph, build, inventory, plan };
}

/**
 * Publishes a site.
 * @throws PublishError with the exit code of the command line; whatever it is, visitors see a whole site.
 */
export async function publish(config: Config, world: World): Promise<Outcome> {
  const started = performance.now();
  const { build, inventory, plan } = await preparePlan(config, world);
  guardPlan(plan, config.guard);
  const { concurrency, verify, invalidation } = config;
  const options = { concurrency, verifySample: verify.sample, wait: invalidation.wait };
  const outcome = await applyPlan(plan, build, inventory, world, options);
  return { ...outcome, milliseconds: performance.now() - started };
}

function addressesOf({ origins }: Config): Record<OriginName, string> {
  return Object.fromEntries(originNames.map((name) => [name, origins[name].url])) as Record<OriginName, string>;
}
