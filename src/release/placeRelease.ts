/** Mode `atomic`: what the pages origin serves lies in a folder of its release, where nothing is ever changed. */
import type { Build, BuiltObject } from '../build/build.js';
import { objectKey } from '../build/keys.js';
import { folderOf, pathInRelease, placedPrefix } from './keys.js';
import type { ReleaseId, ServedBy } from './release.js';

/** The page for what is missing, where nothing else is configured. */
export const usualMissingPage = '404.html';

/**
 * The build with its pages in the folder of the release; its root stays as it is. The page for what is missing stays at
 * its own address too: CloudFront gets it from there, whatever release is live.
 */
export function placeRelease(build: Build, id: ReleaseId, isPreview = false): Build {
  const sources = new Map<BuiltObject, BuiltObject>();
  const missingPage = build.rules?.missingPage === undefined ? usualMissingPage : build.rules.missingPage;
  const objects = build.objects.flatMap((object) => {
    if (object.origin !== 'pages') return [object];
    const placed: BuiltObject = { ...object, key: objectKey(folderOf(id) + object.key), immutable: true };
    sources.set(placed, object);
    return object.key === missingPage && !isPreview ? [object, placed] : [placed];
  });
  const original = (object: BuiltObject) => sources.get(object) ?? object;
  return {
    ...build,
    objects,
    rules: build.rules && { ...build.rules, mode: 'atomic' },
    isStaged: (object) => build.isStaged(original(object)),
    open: (object) => build.open(original(object)),
  };
}

/** True for keys in the folder of a release. */
export function isPlaced(key: string): boolean {
  return key.startsWith(placedPrefix) && pathInRelease(key) !== key;
}

/** What the edge is to be told of a build that will be this release. */
export function describeServing(build: Build, id: ReleaseId): ServedBy | undefined {
  if (build.rules === undefined) return undefined;
  if (build.servedFrom !== undefined) return { rules: build.rules, folder: build.servedFrom };
  return { rules: build.rules, folder: build.rules.mode === 'atomic' ? `/${folderOf(id).slice(0, -1)}` : '' };
}
