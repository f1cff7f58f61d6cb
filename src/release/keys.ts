/** Where a release keeps its own things: private keys in the pages store, which no edge serves. */
import { objectKey } from '../build/keys.js';
import type { ObjectKey } from '../build/build.js';
import type { Digest } from '../site/site.js';
import type { ReleaseId } from './release.js';

export const privatePrefix = '.twinorigin/';
export const releasesPrefix = `${privatePrefix}releases/`;
export const pointerKey = objectKey(`${privatePrefix}current.json`);

export const lockKey = objectKey(`${privatePrefix}lock.json`);

export function recordKey(id: ReleaseId): ObjectKey {
  return objectKey(`${releasesPrefix}${id}.json`);
}

/** A page's body under its content, before it is copied to its address; kept, so that rolling back needs no rebuild. */
export function bodyKey(digest: Digest, recipe: string): ObjectKey {
  return objectKey(`${privatePrefix}bodies/${digest}.${recipe}`);
}

/** Sorts by time; the digest's start tells releases of the same second apart. */
export function makeReleaseId(time: Date, root: Digest): ReleaseId {
  const stamp = time.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${stamp}-${root.slice(0, 8)}` as ReleaseId;
}
