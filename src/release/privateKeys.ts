/** Which private keys belong to a record. */
import { originNames, type OriginName } from '../build/build.js';
import { bodyKey } from './keys.js';
import { placeOf } from './recordFormat.js';
import type { RecordedObject, ReleaseRecord } from './release.js';

/** Where the bodies of a release's stable names may be staged. */
export function bodiesOf(record: ReleaseRecord): string[] {
  const isStable = ({ immutable }: RecordedObject) => !immutable;
  return originNames.flatMap((origin: OriginName) =>
    record.objects[origin].filter(isStable).map(({ digest, recipe }) => placeOf(origin, bodyKey(digest, recipe))),
  );
}
