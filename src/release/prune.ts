/** Lets go of what no kept release names any more. Only what our own records name is ever deleted. */
import { originNames, type ObjectKey, type OriginName } from '../build/build.js';
import { PublishError } from '../errors.js';
import { releaseKeyPrefix } from '../edge/live.js';
import { recordKey, timeOfRelease } from './keys.js';
import type { Fence } from './lock.js';
import type { ReadingWorld, World } from './ports.js';
import { bodiesOf } from './privateKeys.js';
import { listReleases, readPointer, readRecord, swapPointer, writeRecord, type HeldPointer } from './record.js';
import { mapOrigins, placeOf } from './recordFormat.js';
import type { ReleaseId, ReleaseRecord } from './release.js';
import { forgetReleases, parseLive } from './switchEdge.js';
import { folderNameOf } from './switchServers.js';

export interface Retention {
  /** The newest releases that are always kept. */
  readonly releases: number;
  /** Nothing is let go before it has been out of use for this many days. */
  readonly days: number;
}

export interface PrunedObject {
  readonly origin: OriginName;
  readonly key: ObjectKey;
  readonly size: number;
  readonly reason: string;
}

export interface PrunePlan {
  readonly objects: readonly PrunedObject[];
  /** Releases whose records and staged bodies go: they cannot be rolled back to any more. */
  readonly releases: readonly ReleaseId[];
  readonly bytes: number;
  /** Folders of releases that servers of the pages keep. */
  readonly folders: readonly string[];
  readonly live: ReleaseRecord | null;
  readonly held: HeldPointer;
}

export const dayMilliseconds = 24 * 60 * 60 * 1000;

/**
 * Plans a prune: objects that none of the last N releases contains and that left the live release more than D days ago.
 * Age is counted from when something went out of use, never from when it was uploaded.
 */
export async function planPrune(world: ReadingWorld, retention: Retention): Promise<PrunePlan> {
  const reader = world.readers.pages;
  const held = await readPointer(reader);
  const { live: liveId, unfinished } = held.pointer;
  if (liveId === null) return { objects: [], releases: [], bytes: 0, folders: [], live: null, held };
  const ids: ReleaseId[] = [];
  for await (const id of listReleases(reader)) ids.push(id);
  const limit = world.clock().getTime() - retention.days * dayMilliseconds;
  // Previews are no releases that anybody would go back to: they go by age alone.
  const previews = await listPreviews(world);
  const newest = new Set(ids.filter((id) => !previews.has(id)).slice(-retention.releases));
  const isKept = (id: ReleaseId) =>
    id === liveId || unfinished.includes(id) || newest.has(id) || timeOfRelease(id) > limit;
  const kept: ReleaseRecord[] = [];
  for (const id of ids.filter(isKept)) kept.push(await readRecord(reader, id));
  const live = kept.find(({ id }) => id === liveId);
  if (live === undefined) throw new PublishError('record-invalid', `the record of the live release ${liveId} is gone`);

  const inUse = new Set(kept.flatMap(placesOf));
  const objects: PrunedObject[] = [];
  for (const origin of originNames)
    for (const { key, size, release, since } of live.retained[origin])
      if (!inUse.has(placeOf(origin, key)) && Date.parse(since) < limit)
        objects.push({
          origin,
          key,
          size,
          reason: `last part of release ${release}, out of use since ${since.slice(0, 10)}`,
        });

  const releases = ids.filter((id) => !isKept(id));
  const keptBodies = new Set(kept.flatMap(bodiesOf));
  const retained = new Set(
    originNames.flatMap((origin) => live.retained[origin].map(({ key }) => placeOf(origin, key))),
  );
  for (const id of releases) {
    const record = await readRecord(reader, id);
    // What only a preview had is in no list of the live release.
    if (record.preview !== undefined)
      for (const origin of originNames)
        for (const { key, size } of record.objects[origin]) {
          const place = placeOf(origin, key);
          if (inUse.has(place) || retained.has(place)) continue;
          retained.add(place);
          objects.push({ origin, key, size, reason: `part of preview ${record.preview}, release ${id}` });
        }
    // Deleting a body that was never staged does no harm.
    for (const place of bodiesOf(record)) {
      if (keptBodies.has(place)) continue;
      keptBodies.add(place);
      const slash = place.indexOf('/');
      objects.push({
        origin: place.slice(0, slash) as OriginName,
        key: place.slice(slash + 1) as ObjectKey,
        size: 0,
        reason: `staged for release ${id}`,
      });
    }
  }
  const folders = kept.flatMap(({ edge }) => folderNameOf(edge) ?? []);
  return { objects, releases, folders, bytes: objects.reduce((sum, { size }) => sum + size, 0), live, held };
}

/**
 * Carries a prune out. First the record says that the objects may be gone, then they go, then it forgets them: a crash
 * in between leaves nothing that is believed to be there and is not, and nothing that is forgotten and still there.
 * @throws PublishError `objects-failed` naming each object that could not be deleted.
 */
export async function applyPrune(plan: PrunePlan, world: World, fence: Fence): Promise<void> {
  const { live, objects, releases } = plan;
  if (live === null || (objects.length === 0 && releases.length === 0)) return;
  const store = world.stores.pages;
  const places = new Set(objects.map(({ origin, key }) => placeOf(origin, key)));
  await writeRecord(store, {
    ...live,
    retained: mapOrigins((origin) =>
      live.retained[origin].map((object) =>
        places.has(placeOf(origin, object.key)) ? { ...object, unsure: true } : object,
      ),
    ),
  });
  const { pointer } = plan.held;
  // Visitors who are pinned to a release that goes are on the live one from now on.
  if (world.edge !== undefined && releases.length > 0) await forgetReleases(world.edge, releases);
  await world.servers?.keepOnly(plan.folders);
  await swapPointer(store, plan.held, { live: pointer.live, root: pointer.root, unfinished: pointer.unfinished });
  const failed = new Map<string, string>();
  const started = performance.now();
  let done = 0;
  world.emit({ type: 'phase-started', phase: 'prune', total: objects.length + releases.length });
  for (const origin of originNames) {
    await fence.assertHeld();
    world.signal.throwIfAborted();
    const keys = objects.filter((object) => object.origin === origin).map(({ key }) => key);
    if (origin === 'pages') keys.push(...releases.map(recordKey));
    if (keys.length === 0) continue;
    for (const { key, message } of await world.stores[origin].delete(keys)) failed.set(placeOf(origin, key), message);
    done += keys.length;
    world.emit({ type: 'phase-progress', phase: 'prune', done });
  }
  world.emit({ type: 'phase-finished', phase: 'prune', done, milliseconds: performance.now() - started });
  // What could not be deleted stays in the record, to be tried again.
  await writeRecord(store, {
    ...live,
    retained: mapOrigins((origin) =>
      live.retained[origin].filter(({ key }) => !places.has(placeOf(origin, key)) || failed.has(placeOf(origin, key))),
    ),
  });
  if (failed.size > 0)
    throw new PublishError('objects-failed', `${failed.size} objects could not be deleted`, {
      items: [...failed].map(([place, message]) => `${place}: ${message}`),
    });
}

function placesOf(record: ReleaseRecord): string[] {
  return originNames.flatMap((origin) => record.objects[origin].map(({ key }) => placeOf(origin, key)));
}

async function listPreviews({ edgeReader }: ReadingWorld): Promise<ReadonlySet<string>> {
  const entries = (await edgeReader?.read())?.entries ?? new Map<string, string>();
  const releases = [...entries].flatMap(([key, value]) => (key.startsWith(releaseKeyPrefix) ? [parseLive(value)] : []));
  return new Set(releases.flatMap((release) => (release?.v === 1 ? [release.i] : [])));
}
