/**
 * Puts an earlier release live again without a rebuild: its assets are still there, its pages are staged under their
 * content. The result is a release of its own, made by the same plan and the same barriers as any other.
 */
import type { Body, Build, BuiltObject } from '../build/build.js';
import { originNames } from '../build/build.js';
import { PublishError } from '../errors.js';
import { logicalPath } from '../site/names.js';
import { bodyKey } from './keys.js';
import type { ReadingWorld } from './ports.js';
import { placeOf } from './recordFormat.js';
import type { RecordedObject, ReleaseRecord } from './release.js';

/** The build that a record describes; its bodies come from the stores. */
export function restoreBuild(record: ReleaseRecord, world: ReadingWorld): Build {
  const objects = originNames.flatMap((origin) =>
    record.objects[origin].map((object): BuiltObject => ({ ...object, origin, path: logicalPath(object.key) })),
  );
  const twins = new Map<string, BuiltObject>();
  for (const object of objects) if (object.immutable) twins.set(contentOf(object), object);
  const isTwin = (object: BuiltObject) => object.stage === 'original' && twins.has(contentOf(object));
  const stored = objects.reduce((sum, { size }) => sum + size, 0);
  return {
    objects,
    root: record.root,
    urls: record.urls,
    problems: [],
    bytes: { source: stored, stored },
    isStaged: (object) => !object.immutable && !isTwin(object),
    open: async (object): Promise<Body> => {
      const source = object.immutable
        ? object
        : (twins.get(contentOf(object)) ?? { ...object, key: bodyKey(object.digest, object.recipe) });
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

function contentOf({ digest, recipe }: Pick<RecordedObject, 'digest' | 'recipe'>): string {
  return `${digest}.${recipe}`;
}
