/**
 * Makes a plan come true, behind barriers: assets, proof, pages, invalidation, pointer. Whatever a barrier fails on,
 * nothing behind it happens, and what is already done is no loss: the next run finds it.
 */
import type { Build, BuiltObject, Stage } from '../build/build.js';
import { originNames } from '../build/build.js';
import { PublishError } from '../errors.js';
import { digestOf } from '../site/names.js';
import type { Phase } from '../events.js';
import type { Problem } from '../problems.js';
import { tellMissingCapabilities } from './capabilities.js';
import { planInvalidations } from './invalidate.js';
import { prepareEdge } from './switchEdge.js';
import { prepareServers } from './switchServers.js';
import type { Inventory } from './inventory.js';
import type { Fence } from './lock.js';
import type { World } from './ports.js';
import { runPool, type Failure } from './pool.js';
import { swapPointer, writeRecord } from './record.js';
import { mapOrigins } from './recordFormat.js';
import type { Change, Outcome, Plan, ReleaseRecord } from './release.js';
import { copyImmutable, copyLive, createImmutable, replaceObject, rewriteHeaders, stageBody } from './transfer.js';
import { verifyAssets } from './verify.js';
import { waitForInvalidations } from './waitForInvalidations.js';
import type { Width } from './width.js';

export interface ApplyOptions {
  /** Requests under way at once, to each store. */
  readonly concurrency: number;
  /** Assets fetched through the public addresses before pages go live; 0 to skip the proof. */
  readonly verifySample: number;
  /** Wait until the CDN says the invalidations are done. */
  readonly wait: boolean;
  /** The lock under which this happens. */
  readonly fence: Fence;
  /** How many requests each store was found to take, from one phase to the next. */
  readonly widths?: Map<string, Width>;
}

/** The outcome of a plan with nothing to do. */
export function leaveAsIs(plan: Plan): Omit<Outcome, 'milliseconds'> {
  return { plan, release: plan.previous, invalidations: [], verified: 0, problems: [] };
}

/** @throws PublishError `objects-failed`, `verify-failed`, `locked`, `pages-failed`, and what stores throw. */
export async function applyPlan(
  plan: Plan,
  build: Build,
  inventory: Inventory,
  world: World,
  options: ApplyOptions,
): Promise<Omit<Outcome, 'milliseconds'>> {
  if (plan.empty) return leaveAsIs(plan);
  const problems: Problem[] = [];
  // A server that cannot be reached is better known before anything is written.
  await world.servers?.look();
  const { unfinished } = inventory.held.pointer;

  // From here on the next run knows that this one may have changed things, whatever becomes of it.
  await writeRecord(world.stores.pages, makeRecord(plan, build, inventory, world));
  const begun = await swapPointer(world.stores.pages, inventory.held, {
    live: plan.previous,
    root: inventory.held.pointer.root,
    unfinished: plan.resumes ? unfinished : [...unfinished, plan.release],
  });

  const settings = { ...options, widths: new Map<string, Width>() };
  await uploadAssets(plan, build, world, settings);
  problems.push(...(await forgetWrongAssets(plan, world)));
  const verified = await verifyAssets(plan, build, world, options.verifySample);
  if (options.verifySample === 0)
    problems.push({
      code: 'not-verified',
      severity: 'warning',
      message: 'the assets were not fetched through the CDN (--no-verify)',
    });
  const edge = (await prepareEdge(plan, build, world)) ?? (await prepareServers(plan, build, world));
  await putPagesLive(plan, build, world, settings);
  await options.fence.assertHeld();
  await edge?.switchLive();
  const invalidations = await invalidateCaches(plan, world);

  await swapPointer(world.stores.pages, begun, { live: plan.release, root: plan.root, unfinished: [] });
  problems.push(...tellMissingCapabilities(world.stores));
  if (options.wait) problems.push(...(await waitForInvalidations(invalidations, world)));
  return { plan, release: plan.release, invalidations, verified, problems };
}

export function makeRecord(
  plan: Plan,
  build: Build,
  { held, unfinished }: Inventory,
  { clock, publisher }: World,
): ReleaseRecord {
  const resumed = unfinished.find(({ id }) => id === plan.release);
  return {
    version: 1,
    id: plan.release,
    createdAt: resumed?.createdAt ?? clock().toISOString(),
    publisher,
    root: plan.root,
    urls: plan.urls,
    previous: held.pointer.live,
    ...(plan.rollbackOf === undefined ? {} : { rollbackOf: plan.rollbackOf }),
    objects: mapOrigins((origin) => build.objects.filter((object) => object.origin === origin)),
    retained: plan.retained,
    ...(plan.edge === undefined ? {} : { edge: plan.edge }),
  };
}

/** First barrier: everything the new pages will name, and the bodies of stable names, unseen by anybody yet. */
export async function uploadAssets(plan: Plan, build: Build, world: World, options: ApplyOptions): Promise<void> {
  const tasks: Task[] = [];
  const staged = new Set<string>();
  const twins = findTwins(build);
  const put = async (change: Change) => change.object && putAsset(world, build, change, change.object);
  const replace = async ({ object }: Change) => object && replaceObject(world, build, object);
  const stage = async ({ object }: Change) => object && stageBody(world, build, object);
  for (const change of plan.changes) {
    const { object, action } = change;
    if (object === undefined || action === 'keep') continue;
    const add = (run: Task['run']) => tasks.push({ change, size: object.size, run });
    if (object.immutable) add(put);
    else if (hasTwin(object, twins)) {
      // A new address disturbs nobody; one that is in use changes together with the pages.
      if (action === 'create') add(replace);
    } else if (action !== 'headers' && !build.isStaged(object) && !staged.has(`${object.origin}/${twinOf(object)}`)) {
      staged.add(`${object.origin}/${twinOf(object)}`);
      add(stage);
    }
  }
  // Large files first, small ones packed around them.
  tasks.sort((a, b) => b.size - a.size);
  const failures = await runTasks(world, 'upload', tasks, options);
  if (failures.length > 0) throw failed('objects-failed', failures, tasks.length);
}

/**
 * Contents that an asset store keeps under a fingerprint: an original with the same bytes can be had from there again,
 * so only the others are staged (for the switch to be short, and for rolling back without a rebuild).
 */
function findTwins(build: Build): ReadonlySet<string> {
  return new Set(build.objects.filter(({ immutable }) => immutable).map(twinOf));
}

function hasTwin(object: BuiltObject, twins: ReadonlySet<string>): boolean {
  return object.stage === 'original' && twins.has(twinOf(object));
}

function twinOf({ digest, recipe }: BuiltObject): string {
  return `${digest}.${recipe}`;
}

async function putAsset(world: World, build: Build, { action, copyFrom }: Change, object: BuiltObject): Promise<void> {
  if (copyFrom !== undefined) return copyImmutable(world, build, object, copyFrom);
  if (action === 'headers') await rewriteHeaders(world, object);
  else if (object.immutable && action === 'create') await createImmutable(world, build, object);
  else await replaceObject(world, build, object);
}

/** Second barrier: stable names change, in an order in which whoever comes between finds everything. */
async function putPagesLive(plan: Plan, build: Build, world: World, options: ApplyOptions): Promise<void> {
  const twins = findTwins(build);
  const changes = plan.changes.filter(({ object, action }) => object?.immutable === false && action !== 'keep');
  const of = (stage: Stage, ...actions: Change['action'][]) =>
    changes.filter(({ object, action }) => object?.stage === stage && actions.includes(action));
  const steps: readonly (readonly Change[])[] = [
    [...of('asset', 'create', 'update', 'headers'), ...of('original', 'create', 'update', 'headers')],
    // New pages before those that may link to them.
    of('page', 'create'),
    of('page', 'update', 'headers'),
    // A service worker or sitemap speaks about pages: they are there when it changes.
    of('last', 'create', 'update', 'headers'),
  ];
  const put = async (change: Change): Promise<void> => {
    await options.fence.assertHeld();
    return putLive(world, build, change, twins);
  };
  for (const step of steps) {
    const tasks = step.map((change): Task => ({ change, size: 0, run: put }));
    const failures = await runTasks(world, 'pages', tasks, options);
    if (failures.length > 0) throw failed('pages-failed', failures, tasks.length);
  }
  await options.fence.assertHeld();
  await deletePages(plan, world);
}

async function putLive(
  world: World,
  build: Build,
  { object, action }: Change,
  twins: ReadonlySet<string>,
): Promise<void> {
  if (object === undefined) return;
  if (action === 'headers') await rewriteHeaders(world, object);
  else if (!hasTwin(object, twins)) await copyLive(world, object);
  // New originals with a twin were put with the assets.
  else if (action !== 'create') await replaceObject(world, build, object);
}

async function deletePages(plan: Plan, world: World): Promise<void> {
  for (const origin of originNames) {
    const keys = plan.changes
      .filter((change) => change.origin === origin && change.action === 'delete')
      .map(({ key }) => key);
    if (keys.length === 0) continue;
    world.signal.throwIfAborted();
    const failures = await world.stores[origin].delete(keys);
    if (failures.length > 0)
      throw new PublishError('pages-failed', `${failures.length} removed pages could not be deleted`, {
        items: failures.map(({ key, message }) => `${key}: ${message}`),
      });
  }
}

/** What was served in place of an asset may be cached: it has to be forgotten before the proof can succeed. */
async function forgetWrongAssets(plan: Plan, world: World): Promise<readonly Problem[]> {
  const healed = plan.changes.filter(({ drift, object }) => drift !== undefined && object?.immutable === true);
  if (healed.length === 0) return [];
  const invalidations = planInvalidations(healed, { cached: world.cached, maxPaths: 100 });
  return waitForInvalidations(await invalidateCaches({ release: plan.release, invalidations }, world), world);
}

async function invalidateCaches(
  plan: Pick<Plan, 'release' | 'invalidations'>,
  world: World,
): Promise<Outcome['invalidations']> {
  const started: { origin: (typeof originNames)[number]; id: string; completed: boolean }[] = [];
  for (const origin of originNames) {
    const cdn = world.cdns[origin];
    const paths = plan.invalidations[origin].map(({ path }) => path);
    if (cdn === undefined || paths.length === 0) continue;
    // The same release with the same paths is the same invalidation, however often a crash repeats it.
    const reference = `${plan.release}-${origin}-${digestOf(paths.join('\n')).slice(0, 16)}`;
    const { id, completed } = await cdn.invalidate(paths, reference);
    world.emit({ type: 'invalidation-started', origin, id, paths });
    started.push({ origin, id, completed });
  }
  return started;
}

interface Task {
  readonly change: Change;
  readonly size: number;
  /** One function for many tasks: a closure for each would take more memory than the rest of it. */
  readonly run: (change: Change) => Promise<void>;
}

async function runTasks(
  world: World,
  phase: Phase,
  tasks: readonly Task[],
  { concurrency, widths }: ApplyOptions,
): Promise<Failure<Task>[]> {
  const started = performance.now();
  const total = tasks.reduce((sum, { size }) => sum + size, 0);
  world.emit({ type: 'phase-started', phase, total: tasks.length, bytes: total });
  let done = 0;
  let bytes = 0;
  const laneOf = ({ change }: Task) => change.origin;
  const sizeOf = ({ change, size }: Task) => (change.copyFrom === undefined && change.action !== 'headers' ? size : 0);
  const pool = { most: concurrency, signal: world.signal, laneOf, sizeOf, ...(widths && { widths }) };
  const failures = await runPool(tasks, pool, async ({ run, change, size }) => {
    await run(change);
    done++;
    bytes += size;
    world.emit({ type: 'phase-progress', phase, done, bytes });
  });
  for (const { item, error } of failures) {
    const message = error instanceof Error ? error.message : String(error);
    world.emit({ type: 'object-failed', origin: item.change.origin, key: item.change.key, message });
  }
  world.emit({ type: 'phase-finished', phase, done, milliseconds: performance.now() - started });
  return failures;
}

function failed(
  code: 'objects-failed' | 'pages-failed',
  failures: readonly Failure<Task>[],
  total: number,
): PublishError {
  const errors = failures.map(({ error }) => error);
  // What concerns the whole store (no access, no bucket) is one clear error, not one for each object. A store that was
  // out of reach for some objects and not for others is no such thing.
  const isCommon = (error: unknown) =>
    error instanceof PublishError && error.code !== 'store-failed' && (!error.transient || failures.length === total);
  const common = errors.find(isCommon);
  if (common instanceof PublishError) return common;
  const first = errors[0];
  const what = code === 'objects-failed' ? 'could not be uploaded' : 'could not be put live';
  return new PublishError(code, `${failures.length} objects ${what}`, {
    cause: first,
    items: failures.map(
      ({ item, error }) =>
        `${item.change.origin}/${item.change.key}: ${error instanceof Error ? error.message : String(error)}`,
    ),
  });
}
