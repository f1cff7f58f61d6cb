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

/**
 * Sorts by time; the digest's start tells releases of the same second apart.
 * @param after a release that went live before: ids sort in that order, whatever the clocks of two machines say, and
 * the same content twice within a second has two ids.
 */
export function makeReleaseId(time: Date, root: Digest, after: ReleaseId | null = null): ReleaseId {
  const earliest = after === null ? 0 : timeOfRelease(after) + 1000;
  const stamp = new Date(Math.max(time.getTime(), earliest)).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${stamp}-${root.slice(0, 8)}` as ReleaseId;
}

/** When a release began, in milliseconds since 1970, to the second. */
export function timeOfRelease(id: ReleaseId): number {
  const [, year, month, date, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(id) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(date), Number(hour), Number(minute), Number(second));
}

/** Folders of releases on the pages origin, in mode `atomic`. */
export const placedPrefix = 'releases/';

export function folderOf(id: ReleaseId): string {
  return `${placedPrefix}${id}/`;
}

/** The path inside the site of a key in the folder of a release; the key itself for all others. */
export function pathInRelease(key: string): string {
  return key.replace(/^releases\/\d{8}T\d{6}Z-[0-9a-f]{8}\//, '');
}
