/**
 * Compares what the live record says with what the stores hold, because other hands reach them too. Reads only.
 * The listing tells what is there; headers and identity take a HEAD each; a body is read only where nothing else tells.
 */
import { originNames, type OriginName } from '../build/build.js';
import { compareBytewise } from '../site/names.js';
import { compareObject } from './compareObject.js';
import { createLookup, type Inventory } from './inventory.js';
import { privatePrefix } from './keys.js';
import { runPool } from './pool.js';
import type { ListedObject, ReadingWorld } from './ports.js';
import { mapOrigins, placeOf } from './recordFormat.js';
import type { DriftKind, RecordedObject, ReleaseId } from './release.js';

export interface DriftedObject {
  readonly origin: OriginName;
  readonly kind: DriftKind;
  /** What belongs there. */
  readonly object: RecordedObject;
  /** Part of earlier releases only. */
  readonly retained: boolean;
  /** What is there instead, in a few words. */
  readonly detail: string;
}

/** Objects that are none of the live record's. */
export interface Strays {
  readonly count: number;
  readonly bytes: number;
  /** The first ones, in order. */
  readonly keys: readonly string[];
}

export interface Drift {
  /** Null when nothing is live. */
  readonly release: ReleaseId | null;
  /** In order of origin, then bytewise by key. */
  readonly objects: readonly DriftedObject[];
  /** Objects that no record names: somebody else's, never touched. */
  readonly foreign: Readonly<Record<OriginName, Strays>>;
  /** Private keys that no record names: what runs left that were killed. */
  readonly leftovers: Readonly<Record<OriginName, Strays>>;
  readonly compared: number;
  /** Left out because an unfinished release may have changed them. */
  readonly uncertain: number;
}

export interface DriftOptions {
  /** Requests under way at once, to each store. */
  readonly concurrency: number;
  /** Read and digest every body, also where size and metadata are right. */
  readonly readBodies?: boolean;
  /** Private keys that records name (`listPrivateKeys`); without it, leftovers are not looked for. */
  readonly privateKeys?: ReadonlySet<string>;
}

interface Expected {
  readonly origin: OriginName;
  readonly object: RecordedObject;
  readonly retained: boolean;
}

const shownStrays = 1000;

/** Finds every object that is not what the live record says. @param inventory with its records read (`whole`). */
export async function findDrift(world: ReadingWorld, inventory: Inventory, options: DriftOptions): Promise<Drift> {
  const { emit, signal } = world;
  const started = performance.now();
  const { expected, uncertain, named } = listExpected(inventory);
  emit({
    type: 'phase-started',
    phase: 'compare',
    total: originNames.reduce((n, name) => n + expected[name].length, 0),
  });
  const objects: DriftedObject[] = [];
  const present: (Expected & { readonly listed: ListedObject })[] = [];
  const foreign = mapOrigins(collectStrays);
  const leftovers = mapOrigins(collectStrays);
  let done = 0;
  const tell = (one: Expected, kind: DriftKind, detail: string) => objects.push({ ...one, kind, detail });
  const progress = () => emit({ type: 'phase-progress', phase: 'compare', done: ++done });

  await Promise.all(
    originNames.map(async (origin) => {
      // Both are in bytewise order, so one look at each is enough, however many objects the store holds.
      const wanted = expected[origin];
      let next = 0;
      const passTo = (key: string | null) => {
        for (
          let one = wanted[next];
          one && (key === null || compareBytewise(one.object.key, key) < 0);
          one = wanted[next]
        ) {
          next++;
          tell(one, 'missing', 'it is not there');
          progress();
        }
      };
      for await (const listed of world.readers[origin].list('')) {
        signal.throwIfAborted();
        passTo(listed.key);
        const one = wanted[next];
        if (one?.object.key === listed.key) {
          next++;
          present.push({ ...one, listed });
        } else if (listed.key.startsWith(privatePrefix)) {
          if (options.privateKeys?.has(placeOf(origin, listed.key)) === false) leftovers[origin].add(listed);
        } else if (!named.has(placeOf(origin, listed.key))) foreign[origin].add(listed);
      }
      passTo(null);
    }),
  );

  const pool = { most: options.concurrency, signal, laneOf: ({ origin }: Expected) => origin };
  const failures = await runPool(present, pool, async (one) => {
    const { listed, ...expectation } = one;
    const found = await compareObject(world.readers[one.origin], one.object, listed, options.readBodies ?? false);
    if (found !== null) tell(expectation, found.kind, found.detail);
    progress();
  });
  if (failures[0] !== undefined) throw failures[0].error;
  emit({ type: 'phase-finished', phase: 'compare', done, milliseconds: performance.now() - started });
  objects.sort(
    (a, b) =>
      originNames.indexOf(a.origin) - originNames.indexOf(b.origin) || compareBytewise(a.object.key, b.object.key),
  );
  return {
    release: inventory.live?.id ?? null,
    objects,
    foreign: mapOrigins((origin) => foreign[origin].sum()),
    leftovers: mapOrigins((origin) => leftovers[origin].sum()),
    compared: done,
    uncertain,
  };
}

/** What must be where, in the order of listings; and every place that any of the records names. */
function listExpected(inventory: Inventory) {
  const lookup = createLookup(inventory);
  const expected = mapOrigins((): Expected[] => []);
  let uncertain = 0;
  for (const { origin, object } of lookup.places.values()) {
    const { live, certain } = lookup.holdingOf(origin, object.key);
    if (live === undefined) continue;
    if (!certain) uncertain++;
    else expected[origin].push({ origin, object: live, retained: 'since' in live });
  }
  for (const origin of originNames) expected[origin].sort((a, b) => compareBytewise(a.object.key, b.object.key));
  return { expected, uncertain, named: lookup.places };
}

function collectStrays() {
  let count = 0;
  let bytes = 0;
  const keys: string[] = [];
  return {
    add({ key, size }: ListedObject): void {
      count++;
      bytes += size;
      if (keys.length < shownStrays) keys.push(key);
    },
    sum: (): Strays => ({ count, bytes, keys }),
  };
}
