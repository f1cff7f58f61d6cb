/** The sentence: scan, build, take inventory, plan, guard, apply. */
import { assembleBuild } from './build/assemble.js';
import { originNames, type Build, type EdgeRules, type OriginName, type SiteBuild } from './build/build.js';
import { areOnServers, cacheTagHeader, hasEdgeFunctions, missingPageOf, ruledServers, type Config } from './config.js';
import { PublishError } from './errors.js';
import { applyPlan, leaveAsIs } from './release/apply.js';
import { applyPreview, type Preview } from './release/applyPreview.js';
import { findDrift, type Drift } from './release/drift.js';
import { guardOrder, guardPlan } from './release/guard.js';
import { takeInventory, type Inventory } from './release/inventory.js';
import { makeReleaseId } from './release/keys.js';
import { acquireLock } from './release/lock.js';
import { placeRelease, usualMissingPage } from './release/placeRelease.js';
import { makePlan } from './release/plan.js';
import { planRelease } from './release/planRelease.js';
import type { Publisher, ReadingWorld, World } from './release/ports.js';
import { planPrune, applyPrune, type PrunePlan } from './release/prune.js';
import { pruneWhenDue } from './release/pruneWhenDue.js';
import { readPointer, readRecord, type HeldPointer } from './release/record.js';
import { previewName } from './release/recordFormat.js';
import type { Outcome, Plan } from './release/release.js';
import { refuseIncomplete, restoreBuild } from './release/rollback.js';
import { findRollbackTarget } from './release/rollbackTarget.js';
import { folderNameOf, mendServers, serveAgain } from './release/switchServers.js';
import { makeUnchangedPlan } from './release/unchangedPlan.js';
import type { Problem } from './problems.js';
import { openRecognition } from './recogniseSite.js';
import { buildGraph } from './site/buildGraph.js';
import { checkSite } from './site/check.js';
import type { AssetGraph } from './site/graph.js';
import { defaultLazyAttributes } from './site/references/htmlAttributes.js';
import { refuseWrongRules, tellUnusedRules } from './site/rules/judgeRules.js';
import { scanSite } from './site/scan.js';
import type { Site } from './site/site.js';

export interface Built {
  readonly graph: AssetGraph;
  readonly build: SiteBuild;
}

export interface Planned extends Built {
  /** The build as it will be stored: in mode `atomic` in the folder of its release. */
  readonly placed: Build;
  readonly plan: Plan;
  readonly inventory: Inventory;
}

/** Builds what would be served. Touches nothing but the cache folder. */
export async function buildSite(
  config: Config,
  world: Pick<ReadingWorld, 'emit' | 'signal' | 'cached'>,
  scanned: Promise<Site> = scan(config, world),
): Promise<Built> {
  // Not the whole world: looking at who publishes asks git.
  const { emit, signal, cached } = world;
  const tools = { emit, signal, cached };
  const { cacheDir, conditionalComments } = config;
  const urls = addressesOf(config);
  const lazyAttributes = config.lazyAttributes ?? defaultLazyAttributes;
  const site = await scanned;
  refuseWrongRules(site.problems);
  const graph = await buildGraph(site, {
    ...tools,
    lazyAttributes,
    conditionalComments,
    siteUrls: [urls.pages],
    cacheDir,
  });
  const edge = chooseServing(config);
  const build = await assembleBuild(graph, { ...config, ...tools, urls, edge, cacheTags: usesCacheTags(config) });
  const isRuled = ruledServers(config) !== undefined;
  const by = areOnServers(config) && !isRuled ? 'server' : edge === undefined ? 'nothing' : 'function';
  return { graph, build: { ...build, problems: [...(await findProblems(graph)), ...tellUnusedRules(site, by)] } };
}

function scan(
  { site, ignore, cacheDir }: Config,
  { emit, signal }: Pick<ReadingWorld, 'emit' | 'signal'>,
): Promise<Site> {
  return scanSite(site, { emit, signal, ignore, cacheDir });
}

/** What is live is on its way while the site is read. */
interface Begun {
  readonly pointer: Promise<HeldPointer>;
  readonly site: Promise<Site>;
}

function begin(config: Config, world: ReadingWorld): Begun {
  const pointer = readPointer(world.readers.pages);
  // Of a site that cannot be read, its own error is the one to tell.
  pointer.catch(() => undefined);
  return { pointer, site: scan(config, world) };
}

/** Plans a publish: what `publish` would do, with reasons. Cannot write. */
export async function preparePlan(
  config: Config,
  world: ReadingWorld,
  { reconcile = false }: Pick<PublishOptions, 'reconcile'> = {},
  { pointer, site }: Begun = begin(config, world),
): Promise<Planned> {
  const { graph, build } = await buildSite(config, world, site);
  const inventory = await takeInventory(world.readers.pages, reconcile ? null : build.root, pointer);
  const drift = reconcile ? await findDrift(world, inventory, config) : undefined;
  return { graph, build, inventory, ...planBuild(build, inventory, config, world, drift) };
}

export interface PublishOptions {
  /** Let an older commit replace a newer one. */
  readonly force?: boolean;
  /** Wait for another publisher instead of giving up. */
  readonly wait?: boolean;
  /** Look at what the stores hold instead of believing the record, and put right what differs. */
  readonly reconcile?: boolean;
  /** Called with what was built and planned, for reports. */
  readonly onPlanned?: (planned: Planned) => void;
  /**
   * Changes with every version of the program's code. Given, a site that is live already is recognised without being
   * built, where the last publish was made from the same: the plan then counts its objects and does not list them.
   */
  readonly program?: string | undefined;
}

/**
 * Publishes a site.
 * @throws PublishError with the exit code of the command line; whatever it is, visitors see a whole site.
 */
export async function publish(config: Config, world: World, options: PublishOptions = {}): Promise<Outcome> {
  const started = performance.now();
  const begun = begin(config, world);
  const isTrusting = options.program !== undefined && options.reconcile !== true;
  const recognition = isTrusting ? openRecognition(config, await begun.site, options.program) : undefined;
  const known = recognition?.recall();
  if (known !== undefined) {
    const { live, root, unfinished } = (await begun.pointer).pointer;
    if (live !== null && root === known.root && unfinished.length === 0) {
      const plan = makeUnchangedPlan({ ...known, urls: addressesOf(config) }, live);
      const problems = await serveAgain(world, options.wait ?? false);
      return { ...leaveAsIs(plan), problems, milliseconds: performance.now() - started };
    }
  }
  const planned = await preparePlan(config, world, options, begun);
  options.onPlanned?.(planned);
  guardPlan(planned.plan, config.guard);
  recognition?.remember({ ...planned.build, objects: planned.build.objects.length });
  const outcome = planned.plan.empty
    ? { ...leaveAsIs(planned.plan), problems: await serveAgain(world, options.wait ?? false) }
    : await applyLocked(planned, config, world, options);
  const mended = options.reconcile === true ? await mendServers(world, options.wait ?? false) : [];
  const problems = [...outcome.problems, ...mended];
  return { ...outcome, problems, milliseconds: performance.now() - started };
}

/** Applies a plan under the lock; what was planned before the lock is planned again if somebody published in between. */
async function applyLocked(planned: Planned, config: Config, world: World, options: PublishOptions) {
  const { build } = planned;
  const lock = await acquireLock(world, { wait: options.wait ?? false });
  try {
    const reconcile = options.reconcile ?? false;
    const { pages } = world.readers;
    const root = reconcile ? null : build.root;
    const inventory = await takeInventory(pages, root, readPointer(pages), planned.inventory);
    const isSame = inventory.held.etag === planned.inventory.held.etag;
    const drift = reconcile && !isSame ? await findDrift(world, inventory, config) : undefined;
    const { plan, placed } = isSame ? planned : planBuild(build, inventory, config, world, drift);
    if (plan.empty) return leaveAsIs(plan);
    guardPlan(plan, config.guard);
    guardOrder(inventory.live, world.publisher, options.force ?? false);
    const outcome = await applyPlan(plan, placed, inventory, world, { ...settingsOf(config), fence: lock });
    if (!config.retention.prune) return outcome;
    const { pruned, problems } = await pruneWhenDue(plan, world, config.retention, lock);
    return { ...outcome, problems: [...outcome.problems, ...problems], ...(pruned && { pruned }) };
  } finally {
    await lock.release();
  }
}

/**
 * Publishes a site beside the live one, for somebody to look at. Visitors notice nothing.
 * @throws PublishError as `publish` does.
 */
export async function publishPreview(
  config: Config,
  world: World,
  name: string,
  options: PublishOptions = {},
): Promise<Outcome & { readonly preview: Preview }> {
  const started = performance.now();
  if (!previewName.safeParse(name).success)
    throw new PublishError('usage', `${JSON.stringify(name)} is no name for a preview`, {
      hint: 'Take up to 32 lowercase letters, digits and dashes: it becomes part of a host name.',
    });
  if (!hasEdgeFunctions(config)) throw withoutFunctions('a preview');
  const { build: site } = await buildSite(config, world);
  const lock = await acquireLock(world, { wait: options.wait ?? false });
  try {
    const inventory = await takeInventory(world.readers.pages, null);
    const now = world.clock();
    const release = makeReleaseId(now, site.root, inventory.held.pointer.live);
    const build = placeRelease(site, release, true);
    const made = makePlan(build, inventory, {
      cached: world.cached,
      maxPaths: config.invalidation.paths,
      now,
      release,
    });
    const plan = { ...made, withdrawn: [] };
    guardPlan(plan, config.guard);
    const settings = { ...settingsOf(config), fence: lock, name };
    const { preview, verified } = await applyPreview(plan, build, inventory, world, settings);
    const milliseconds = performance.now() - started;
    return { plan, release, invalidations: [], verified, problems: [], milliseconds, preview };
  } finally {
    await lock.release();
  }
}

/**
 * Puts an earlier release live again; without an id, the one before the live one. No rebuild: pages are copied inside
 * the stores, invalidated, and recorded as a release of their own. `force` skips the guards of a publish.
 * @throws PublishError `release-missing` when there is none, or its assets have been pruned.
 */
export async function rollBack(
  config: Config,
  world: World,
  id?: string,
  options: PublishOptions = {},
): Promise<Outcome> {
  const started = performance.now();
  const lock = await acquireLock(world, { wait: options.wait ?? false });
  try {
    const { build, inventory, plan, publisher } = await planRollback(config, world, id);
    if (options.force !== true) guardPlan(plan, config.guard);
    const settings = { ...settingsOf(config), fence: lock };
    // What is live again was built from the commit it was built from then; who brought it back is somebody else.
    const { user, host } = world.publisher;
    const own: World = { ...world, publisher: { ...publisher, user, host } };
    const outcome = plan.empty ? leaveAsIs(plan) : await applyPlan(plan, build, inventory, own, settings);
    return { ...outcome, milliseconds: performance.now() - started };
  } finally {
    await lock.release();
  }
}

export interface PlannedRollback extends Omit<Planned, 'graph' | 'build' | 'placed'> {
  readonly build: Build;
  /** From which commit that release was built. */
  readonly publisher: Pick<Publisher, 'commit' | 'committedAt'>;
}

/** Plans a rollback: what `rollBack` would do. Cannot write. @param id may be shortened to its beginning. */
export async function planRollback(config: Config, world: ReadingWorld, id?: string): Promise<PlannedRollback> {
  const target = await findRollbackTarget(world.readers.pages, id);
  const record = await readRecord(world.readers.pages, target);
  const build = restoreBuild(record, world);
  if (areOnServers(config) && folderNameOf(record.edge) === undefined)
    throw new PublishError(
      'release-missing',
      `release ${target} has no folder: it was made before pages went to a server`,
    );
  const inventory = await takeInventory(world.readers.pages, build.root);
  const plan = { ...planBuild(build, inventory, config, world).plan, rollbackOf: target };
  await refuseIncomplete(plan, build, world, config.concurrency);
  const { commit, committedAt } = record.publisher;
  const publisher = { ...(commit !== undefined && { commit }), ...(committedAt !== undefined && { committedAt }) };
  return { build, inventory, plan, publisher };
}

/** Lets go of what retention no longer keeps. */
export async function prune(config: Config, world: World, options: PublishOptions = {}): Promise<PrunePlan> {
  const lock = await acquireLock(world, { wait: options.wait ?? false });
  try {
    const plan = await planPrune(world, config.retention);
    await applyPrune(plan, world, lock);
    return plan;
  } finally {
    await lock.release();
  }
}

function planBuild(
  build: Build,
  inventory: Inventory,
  config: Config,
  { cached, clock }: ReadingWorld,
  drift?: Drift,
): { readonly placed: Build; readonly plan: Plan } {
  const tags = usesCacheTags(config);
  const options = { cached, maxPaths: config.invalidation.paths, tags, now: clock(), drift };
  return planRelease(build, inventory, options);
}

/** How the pages are to be served. */
function chooseServing(config: Config): Pick<EdgeRules, 'mode' | 'urls' | 'missingPage' | 'servers'> | undefined {
  const { mode, urls } = config.pages;
  const missingPage = missingPageOf(config);
  // Said only where it is not the usual one, so that all other sites keep the digest they had.
  const isAtomic = mode === 'atomic' || areOnServers(config);
  const named = isAtomic && missingPage !== usualMissingPage ? { missingPage } : {};
  const servers = ruledServers(config);
  if (servers !== undefined) return { mode: 'atomic', urls, ...named, servers };
  if (areOnServers(config)) return { mode: 'atomic', urls: refuseEdgeUrls(urls) };
  if (hasEdgeFunctions(config)) return { mode, urls, ...named };
  if (mode === 'in-place' && urls === 'none') return undefined;
  throw withoutFunctions(`pages.${mode === 'atomic' ? 'mode' : 'urls'}`);
}

/** A web server finds `about.html` at `/about`; the other forms are the work of our functions. */
function refuseEdgeUrls(urls: EdgeRules['urls']): EdgeRules['urls'] {
  if (urls === 'none' || urls === 'auto') return urls;
  throw new PublishError('config-invalid', `pages.urls: "${urls}" cannot be had from a server of your own`, {
    hint: 'Take "auto" or "none", or name the web server that is to be told: "server" in origins.pages.host.',
  });
}

/**
 * Whether pages carry cache tags and are invalidated by them; in mode `atomic` nothing is invalidated.
 * @throws PublishError `config-invalid` where the distribution does not read them.
 */
function usesCacheTags(config: Config): boolean {
  const { invalidation, pages, cdn, origins } = config;
  if (!invalidation.tags || pages.mode === 'atomic' || areOnServers(config)) return false;
  if ('bucket' in origins.pages && cdn.cacheTags !== cacheTagHeader)
    throw new PublishError('config-invalid', 'invalidation.tags needs a distribution that reads cache tags', {
      hint: `Say "cacheTags": "${cacheTagHeader}" in "cdn", run twinorigin cdn up, and publish then.`,
    });
  return true;
}

function withoutFunctions(what: string): PublishError {
  return new PublishError('config-invalid', `${what} needs our functions before the pages`, {
    hint: 'Set up the distribution with twinorigin cdn up and name its store in origins.pages.keyValueStore.',
  });
}

/** What a publish tells: everything but what is merely unused, which `check` is for. */
async function findProblems(graph: AssetGraph): Promise<readonly Problem[]> {
  return (await checkSite(graph)).filter(({ code }) => !code.startsWith('unreferenced'));
}

function settingsOf({ concurrency, verify, invalidation }: Config) {
  return { concurrency, verifySample: verify.sample, wait: invalidation.wait };
}

function addressesOf({ origins }: Config): Record<OriginName, string> {
  return Object.fromEntries(originNames.map((name) => [name, origins[name].url])) as Record<OriginName, string>;
}
