/** What a release changed, from its record and the one before. */
import { originNames, type OriginName } from '../build/build.js';
import { isSameContent, isSameHeaders } from './inventory.js';
import { pathInRelease } from './keys.js';
import type { RecordedObject, ReleaseRecord } from './release.js';

export interface ReleaseChanges {
  readonly created: number;
  readonly updated: number;
  /** No longer part of the release; assets stay until retention lets them go. */
  readonly removed: number;
}

/** Counts objects that differ. @param before null for the first release. */
export function compareReleases(
  before: Pick<ReleaseRecord, 'objects'> | null,
  after: Pick<ReleaseRecord, 'objects'>,
): ReleaseChanges {
  const known = new Map<string, RecordedObject>();
  for (const origin of originNames)
    for (const object of before?.objects[origin] ?? []) known.set(addressOf(origin, object), object);
  let created = 0;
  let updated = 0;
  for (const origin of originNames)
    for (const object of new Map(after.objects[origin].map((one) => [addressOf(origin, one), one])).values()) {
      const place = addressOf(origin, object);
      const old = known.get(place);
      known.delete(place);
      if (old === undefined) created++;
      else if (!isSameContent(old, object) || !isSameHeaders(old, object)) updated++;
    }
  return { created, updated, removed: known.size };
}

/** Where visitors find it, whatever folder of a release it lies in. */
function addressOf(origin: OriginName, { key }: RecordedObject): string {
  return `${origin}/${pathInRelease(key)}`;
}
