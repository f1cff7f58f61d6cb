/** Compares a build with what is there and says, for every object, what is to be done and why. */
import { isDeepStrictEqual } from 'node:util';
import type { Build, BuiltObject, ObjectKey, OriginName } from '../build/build.js';
import { originNames } from '../build/build.js';
import type { Problem } from '../problems.js';
import { compareBytewise, logicalPath } from '../site/names.js';
import type { LogicalPath } from '../site/site.js';
import { estimateCost } from './cost.js';
import type { Drift, DriftedObject } from './drift.js';
import { createLookup, isSameContent, isSameHeaders, type Holding, type Inventory } from './inventory.js';
import { planInvalidations } from './invalidate.js';
import { makeReleaseId, pathInRelease } from './keys.js';
import { mapOrigins, placeOf } from './recordFormat.js';
import { describeServing, isPlaced } from './placeRelease.js';
import type { Action, Change, Plan, RecordedObject, ReleaseId, RetainedObject } from './release.js';

export interface PlanOptions {
  /** Origins that have a distribution we may invalidate. */
  readonly cached: ReadonlySet<OriginName>;
  /** More invalidation paths than this are folded into wildcards. */
  readonly maxPaths: number;
  /** The CDN finds what it has cached by the tags of the objects. */
  readonly tags?: boolean;
  readonly now: Date;
  /** Id of the release, where it is not for the plan to choose. */
  readonly release?: ReleaseId | undefined;
  /** What the stores were found to hold; without it the record is believed. */
  readonly drift?: Drift | undefined;
}

/** Makes the plan. Pure: the same build and inventory give the same plan. */
export function makePlan(build: Build, inventory: Inventory, options: PlanOptions): Plan {
  const { live } = inventory.held.pointer;
  const chosen = chooseRelease(build, inventory, options.now);
  const id = options.release ?? chosen.id;
  const resumes = options.release === undefined && chosen.resumes;
  const comparison = inventory.unchanged ? keepAll(build) : compare(build, inventory, options);
  const { changes, retained, lost, withdrawn } = comparison;
  const edge = describeServing(build, id);
  // After a run that broke off, what is cached need not be what the record says.
  const tags = options.tags === true && inventory.unfinished.length === 0;
  const invalidations = planInvalidations(changes, { ...options, edge, tags });
  const upload = changes.reduce((sum, change) => sum + (isSent(change) ? (change.object?.size ?? 0) : 0), 0);
  // Pages of a crashed publish of this very content may be all right and still wait for their invalidation.
  const empty =
    inventory.unfinished.length === 0 &&
    lost.length === 0 &&
    changes.every(({ action }) => action === 'keep') &&
    (inventory.unchanged || isDeepStrictEqual(inventory.live?.edge, edge));
  const count = (...actions: Action[]) => changes.filter(({ action }) => actions.includes(action)).length;
  return {
    release: empty && live !== null ? live : id,
    resumes,
    previous: live,
    changes,
    invalidations,
    totals: {
      created: count('create'),
      updated: count('update', 'headers'),
      kept: count('keep'),
      deleted: count('delete'),
    },
    bytes: { ...build.bytes, upload },
    retained,
    cost: estimateCost(changes, invalidations, empty),
    urls: build.urls,
    root: build.root,
    problems: [
      ...build.problems,
      ...lost.map(tellLost),
      ...(options.drift === undefined ? [] : tellForeign(options.drift)),
    ],
    empty,
    edge,
    withdrawn,
    livePages: build.rules?.mode === 'atomic' ? countPages(inventory) : undefined,
  };
}

function countPages({ live }: Inventory): number {
  return (live?.objects.pages ?? []).filter(({ stage, key }) => stage === 'page' && !/\.(br|gz)$/.test(key)).length;
}

/** The id of the release that a build will be: that of an unfinished one with the same content, else a new one. */
export function chooseRelease(
  build: Pick<Build, 'root'>,
  { held, unfinished }: Inventory,
  now: Date,
): { readonly id: ReleaseId; readonly resumes: boolean } {
  const resumed = unfinished.find(({ root }) => root === build.root);
  return { id: resumed?.id ?? makeReleaseId(now, build.root, held.pointer.live), resumes: resumed !== undefined };
}

function isSent({ action, copyFrom }: Change): boolean {
  return (action === 'create' || action === 'update') && copyFrom === undefined;
}

interface Comparison {
  readonly changes: readonly Change[];
  readonly retained: Plan['retained'];
  /** Objects of earlier releases that are not there any more, or not ours. */
  readonly lost: readonly DriftedObject[];
  readonly withdrawn: readonly LogicalPath[];
}

function keepAll(build: Build): Comparison {
  const changes = build.objects.map((object): Change => ({
    origin: object.origin,
    key: object.key,
    action: 'keep',
    reason: 'unchanged',
    object,
  }));
  return { changes, retained: { images: [], resources: [], pages: [] }, lost: [], withdrawn: [] };
}

function compare(build: Build, inventory: Inventory, options: PlanOptions): Comparison {
  const lookup = createLookup(inventory);
  const drifted = new Map(options.drift?.objects.map((one) => [placeOf(one.origin, one.object.key), one]));
  const sourceOf = findSources(inventory, lookup, new Set(drifted.keys()));
  const lost: DriftedObject[] = [];
  const changes = build.objects.map((object): Change => {
    const holding = lookup.holdingOf(object.origin, object.key);
    const { live } = holding;
    const decision = decide(object, holding, drifted.get(placeOf(object.origin, object.key)));
    const copyFrom = decision.action === 'create' && isPlaced(object.key) ? sourceOf(object) : undefined;
    return makeChange(object, live, decision, copyFrom);
  });
  const wanted = new Set(build.objects.map(({ origin, key }) => placeOf(origin, key)));
  const retained = mapOrigins((): RetainedObject[] => []);
  for (const [place, { origin, object }] of lookup.places) {
    if (wanted.has(place)) continue;
    const drift = drifted.get(place);
    // Pages in the folder of a release are not in anybody's way, and the live ones are served until the switch.
    const isInTheWay = build.rules?.mode !== 'atomic' && !isPlaced(object.key);
    const isPage = isInTheWay && (object.stage === 'page' || object.stage === 'last');
    // What somebody else put in its place is theirs: it is neither deleted nor remembered as ours.
    if (drift?.kind === 'replaced' || (drift?.kind === 'missing' && !isPage)) {
      lost.push(drift);
      continue;
    }
    if (drift?.kind === 'headers' && !isPage) changes.push(restoreHeaders(drift));
    if (isPage)
      changes.push({ origin, key: object.key, action: 'delete', reason: 'no longer part of the site', before: object });
    else {
      const { live, certain } = lookup.holdingOf(origin, object.key);
      const unsure = live === undefined || !certain;
      retained[origin].push(retain(object, unsure, inventory.held.pointer.live, options.now));
    }
  }
  for (const origin of originNames) retained[origin].sort((a, b) => compareBytewise(a.key, b.key));
  return { changes: changes.sort(compareChanges), retained, lost, withdrawn: listWithdrawn(build, inventory) };
}

/** Written out: every copy by spreading has a hidden class of its own, larger than the object. */
function makeChange(
  object: BuiltObject,
  before: RecordedObject | undefined,
  { action, reason, drift }: Decision,
  copyFrom: ObjectKey | undefined,
): Change {
  const { origin, key } = object;
  if (before === undefined && drift === undefined && copyFrom === undefined)
    return { origin, key, action, reason, object };
  return {
    origin,
    key,
    action,
    reason: copyFrom === undefined ? reason : 'unchanged, copied inside the store',
    object,
    ...(before !== undefined && { before }),
    ...(drift !== undefined && { drift }),
    ...(copyFrom !== undefined && { copyFrom }),
  };
}

type Lookup = ReturnType<typeof createLookup>;

/** Where the live release holds the same content of the pages origin, by an unbroken record. */
function findSources(
  { live }: Inventory,
  lookup: Lookup,
  drifted: ReadonlySet<string>,
): (object: BuiltObject) => ObjectKey | undefined {
  const keys = new Map<string, ObjectKey>();
  for (const { key, digest, recipe } of live?.objects.pages ?? [])
    if (lookup.holdingOf('pages', key).certain && !drifted.has(placeOf('pages', key)))
      keys.set(`${digest}.${recipe}`, key);
  return ({ digest, recipe }) => keys.get(`${digest}.${recipe}`);
}

/** Pages that leave the site without being deleted. */
function listWithdrawn(build: Build, { live }: Inventory): readonly LogicalPath[] {
  if (build.rules?.mode !== 'atomic' || live === null) return [];
  const paths = new Set<string>(build.objects.map(({ path }) => path));
  const pages = live.objects.pages.filter(({ stage, key }) => stage === 'page' && !/\.(br|gz)$/.test(key));
  return [...new Set(pages.map(({ key }) => pathInRelease(key)))].filter((path) => !paths.has(path)).map(logicalPath);
}

/** Old pages still name what the new release no longer contains; it stays until retention lets it go. */
function retain(
  object: RecordedObject | RetainedObject,
  unsure: boolean,
  live: ReleaseId | null,
  now: Date,
): RetainedObject {
  if ('since' in object) return { ...object, unsure };
  const { key, stage, digest, recipe, size, headers, immutable } = object;
  const release = live ?? makeReleaseId(now, digest);
  return { key, stage, digest, recipe, size, headers, immutable, release, since: now.toISOString(), unsure };
}

type Decision = Pick<Change, 'action' | 'reason' | 'drift'>;

function decide(object: BuiltObject, { live, certain }: Holding, drift?: DriftedObject): Decision {
  if (!certain && !(object.immutable && live === undefined))
    return { action: 'update', reason: 'an unfinished release may have changed it' };
  if (live === undefined)
    return { action: 'create', reason: object.immutable && object.stage === 'asset' ? 'new content' : 'new address' };
  if (drift?.kind === 'missing') return { action: 'create', reason: 'was missing', drift: 'missing' };
  if (drift?.kind === 'replaced') return { action: 'update', reason: 'was replaced', drift: 'replaced' };
  if (live.digest !== object.digest) return { action: 'update', reason: 'content changed' };
  if (!isSameContent(live, object))
    return { action: 'update', reason: `encoding changed from ${live.recipe} to ${object.recipe}` };
  if (!isSameHeaders(live, object)) return { action: 'headers', reason: describeHeaders(live.headers, object.headers) };
  if (drift !== undefined) return { action: 'headers', reason: 'headers were changed', drift: 'headers' };
  return { action: 'keep', reason: 'since' in live ? 'kept from an earlier release' : 'unchanged' };
}

/** An object of an earlier release that pages in caches still name. */
function restoreHeaders({ origin, object }: DriftedObject): Change {
  const { key, stage, digest, recipe, size, headers, immutable } = object;
  const path = logicalPath(key);
  const restored: BuiltObject = { origin, key, stage, path, digest, recipe, size, headers, immutable };
  const reason = 'headers were changed';
  return { origin, key, action: 'headers', reason, drift: 'headers', object: restored, before: object };
}

function tellLost({ origin, object, kind }: DriftedObject): Problem {
  const what = kind === 'missing' ? 'is gone' : 'was replaced by somebody else';
  return {
    code: 'retained-lost',
    severity: 'warning',
    message: `${origin}/${object.key} of an earlier release ${what}`,
    hint: 'Only the site of that release could bring it back; from now on it is not counted as ours.',
  };
}

function tellForeign({ foreign }: Drift): readonly Problem[] {
  return originNames.flatMap((origin): Problem[] => {
    const { count, keys } = foreign[origin];
    if (count === 0) return [];
    const named = keys.slice(0, 3).join(', ');
    const message = `${origin} holds ${count} ${count === 1 ? 'object' : 'objects'} that no release put there: ${named}${count > 3 ? ', …' : ''}`;
    return [{ code: 'foreign-objects', severity: 'note', message, hint: 'They are left alone.' }];
  });
}

function describeHeaders(before: BuiltObject['headers'], after: BuiltObject['headers']): string {
  const names = Object.keys({ ...before, ...after }) as (keyof BuiltObject['headers'])[];
  const changed = names.find((name) => before[name] !== after[name]) ?? 'contentType';
  return `${changed} changed from ${before[changed] ?? 'none'} to ${after[changed] ?? 'none'}`;
}

function compareChanges(a: Change, b: Change): number {
  return originNames.indexOf(a.origin) - originNames.indexOf(b.origin) || compareBytewise(a.key, b.key);
}
