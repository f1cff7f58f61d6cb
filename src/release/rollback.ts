/**
 * Puts an earlier release live again without a rebuild: its assets are still there, its pages are staged under their
 * content. The result is a release of its own, made by the same plan and the same barriers as any other.
 */
import type { Body, Build, BuiltObject, ObjectKey, OriginName } from '../build/build.js';
import { originNames } from '../build/build.js';
import { PublishError } from '../errors.js';
import { logicalPath } from '../site/names.js';
import { bodyKey, pathInRelease } from './keys.js';
import { runPool } from './pool.js';
import type { ReadingWorld } from './ports.js';
import { placeOf } from './recordFormat.js';
import type { Plan, RecordedObject, ReleaseRecord } from './release.js';

/** A build whose bodies lie in the stores. */
export interface RestoredBuild extends Build {
  /** Where the body of an object is. */
  sourceOf(object: BuiltObject): { readonly origin: OriginName; readonly key: ObjectKey };
  /** Folder from which the edge serves it (`ServedBy`). */
  readonly servedFrom: string;
}

/** The build that a record describes; its bodies come from the stores. */
export function restoreBuild(record: ReleaseRecord, world: ReadingWorld): RestoredBuild {
  const objects = originNames.flatMap((origin) =>
    record.objects[origin].map((object): BuiltObject => ({
      ...object,
      origin,
      path: logicalPath(pathInRelease(object.key)),
    })),
  );
  const twins = new Map<string, BuiltObject>();
  for (const object of objects) if (object.immutable) twins.set(contentOf(object), object);
  const isTwin = (object: BuiltObject) => object.stage === 'original' && twins.has(contentOf(object));
  const sourceOf: RestoredBuild['sourceOf'] = (object) =>
    object.immutable
      ? object
      : (twins.get(contentOf(object)) ?? { origin: object.origin, key: bodyKey(object.digest, object.recipe) });
  const stored = objects.reduce((sum, { size }) => sum + size, 0);
  return {
    objects,
    root: record.root,
    urls: record.urls,
    rules: record.edge?.rules,
    servedFrom: record.edge?.folder ?? '',
    problems: [],
    bytes: { source: stored, stored },
    isStaged: (object) => !object.immutable && !isTwin(object),
    sourceOf,
    open: async (object): Promise<Body> => {
      const source = sourceOf(object);
      const found = await world.readers[source.origin].get(source.key);
      if (found === null)
        throw new PublishError(
          'release-missing',
          `release ${record.id} is not complete any more: ${placeOf(source.origin, source.key)} is gone`,
        );
      return { bytes: found.bytes };
    },
  };
}

/**
 * Looks for everything that going back would need, before anything is changed.
 * @throws PublishError `release-missing` naming what is gone.
 */
export async function refuseIncomplete(
  plan: Plan,
  build: RestoredBuild,
  { readers, signal }: ReadingWorld,
  most: number,
): Promise<void> {
  const needed = new Map<string, { readonly origin: OriginName; readonly key: ObjectKey }>();
  for (const { action, object, before } of plan.changes) {
    // What the live release has too is there as far as anybody knows.
    const isLive = action === 'keep' && !(before !== undefined && 'since' in before);
    if (object === undefined || isLive) continue;
    // An original at a new address comes from its fingerprinted twin, everything else from where it was staged.
    const source = action === 'keep' || action === 'headers' ? object : build.sourceOf(object);
    needed.set(placeOf(source.origin, source.key), source);
  }
  const gone: string[] = [];
  const laneOf = ({ origin }: { readonly origin: OriginName }) => origin;
  const failures = await runPool(needed.values(), { most, signal, laneOf }, async ({ origin, key }) => {
    if ((await readers[origin].head(key)) === null) gone.push(placeOf(origin, key));
  });
  if (failures[0] !== undefined) throw failures[0].error;
  if (gone.length === 0) return;
  const what = gone.length === 1 ? `${gone[0] ?? ''} is gone` : `${gone.length} objects are gone`;
  throw new PublishError('release-missing', `release ${plan.rollbackOf ?? ''} is not complete any more: ${what}`, {
    items: gone.sort(),
    hint: 'Nothing was changed. Choose another release (twinorigin releases), or publish the site again.',
  });
}

function contentOf({ digest, recipe }: Pick<RecordedObject, 'digest' | 'recipe'>): string {
  return `${digest}.${recipe}`;
}
