/**
 * How publishing tools choose what CloudFront shall forget. A strategy gets the changes of the pages origin, as a plan has
 * them, and gives the items of an invalidation.
 */
import { addressForms, planInvalidations } from '../../dist/release/invalidate.js';

const isStale = ({ action }) => action === 'update' || action === 'headers' || action === 'delete';

function planned(changes, options) {
  return planInvalidations(changes, { cached: new Set(['pages']), maxPaths: 100, ...options }).pages.map(
    ({ path }) => path,
  );
}

export const strategies = {
  'everything: `/*`': (changes) => (changes.some(isStale) ? ['/*'] : []),
  's3deploy (at most 8)': (changes) =>
    s3deploy(
      changes.filter(isStale).map(({ key }) => `/${key}`),
      8,
    ),
  'every address by itself': (changes) => [...new Set(changes.filter(isStale).flatMap(({ key }) => addressForms(key)))],
  'twinorigin, paths': (changes) => planned(changes, {}),
  'twinorigin, tags': (changes) => planned(changes, { tags: true }),
};

/**
 * What s3deploy does (bep/s3deploy, lib/cloudfront.go, normalizeInvalidationPaths, commit 1617a92): whatever ends in
 * `index.html` is its folder; while there are more than `most`, paths of the deepest level become the wildcard of the
 * folder above their own; when that is not enough, everything.
 */
function s3deploy(paths, most) {
  const folderOf = (path) => path.slice(0, path.lastIndexOf('/')) || '/';
  const levels = (path) => path.split('/').length - 1;
  let all = paths.map((path) => (path.endsWith('index.html') ? `${folderOf(path)}/`.replace('//', '/') : path));
  all = [...new Set(all)].sort();
  for (let level = Math.max(0, ...paths.map(levels)); all.length > most && level > 0; level--)
    all = [
      ...new Set(
        all.map((path) => {
          if (levels(path) <= level) return path;
          const parts = folderOf(path).slice(1).split('/');
          return `/${(parts.length > 1 ? parts.slice(0, -1) : parts).join('/')}/*`;
        }),
      ),
    ];
  return all.length > most || all.includes('/*') ? ['/*'] : all;
}
