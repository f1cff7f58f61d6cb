import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BuiltObject } from '../../src/build/build.js';
import { cacheTagsFor } from '../../src/build/cacheTags.js';
import { objectKey } from '../../src/build/keys.js';
import { compileInvalidation } from '../../src/local/invalidationPath.js';
import { addressForms, planInvalidations } from '../../src/release/invalidate.js';
import type { Change } from '../../src/release/release.js';
import { digestOf, logicalPath } from '../../src/site/names.js';

const objectOf = (path: string, suffix: string, assets: readonly string[], isPage: boolean): BuiltObject => ({
  origin: 'pages',
  key: objectKey(path + suffix),
  stage: isPage ? 'page' : 'original',
  path: logicalPath(path),
  digest: digestOf(path),
  size: 1,
  recipe: suffix,
  headers: {
    contentType: 'text/html',
    cacheControl: 'no-cache',
    cacheTags: cacheTagsFor(logicalPath(path), isPage ? 'page' : 'original', assets.map(logicalPath)),
  },
  immutable: false,
});

const changeOf = (object: BuiltObject, action: Change['action']): Change => ({
  origin: 'pages',
  key: object.key,
  action,
  reason: 'content changed',
  before: object,
  ...(action === 'delete' ? {} : { object }),
});

const untagged = ({ headers: { contentType, cacheControl }, ...object }: BuiltObject): BuiltObject => ({
  ...object,
  headers: { contentType, cacheControl },
});

/** A page or an original, with what it holds, and what becomes of it. */
const file = fc.record({
  path: fc
    .tuple(
      fc.array(fc.constantFrom('a', 'b', 'c~d'), { maxLength: 3 }),
      fc.constantFrom('x', 'y', 'é', 'z(1)', 'index'),
      fc.constantFrom('.html', '/index.html', '.css'),
    )
    .map(([folders, name, end]) => [...folders, name + end].join('/')),
  assets: fc.array(fc.constantFrom('s.css', 't.js', 'i/1.png', 'i/2.png', 'i/3.png'), { maxLength: 4 }),
  action: fc.constantFrom<Change['action']>('keep', 'keep', 'keep', 'update', 'headers', 'delete', 'create'),
  /** Was put live before pages had tags. */
  isOld: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
});

const isWildcard = (item: string) => item.endsWith('*');

describe('invalidations by tag', () => {
  it('leave nothing stale, stay below the limits, and disturb next to nothing while the limit is not reached', () => {
    const used = { tags: 0, wildcards: 0, exact: 0, unlimited: 0 };
    fc.assert(
      fc.property(
        fc.uniqueArray(file, { minLength: 1, maxLength: 60, selector: ({ path }) => path }),
        fc.integer({ min: 1, max: 60 }).map((one) => (one % 2 === 0 ? one : 10 * one)),
        fc.boolean(),
        (files, maxPaths, negotiate) => {
          const changes = files.flatMap(({ path, assets, action, isOld }) =>
            (negotiate ? ['', '.br', '.gz'] : ['']).map((suffix) => {
              const object = objectOf(path, suffix, assets, path.endsWith('.html'));
              return changeOf(isOld ? untagged(object) : object, action);
            }),
          );
          const planned = planInvalidations(changes, { cached: new Set(['pages']), maxPaths, tags: true }).pages.map(
            (one) => one.path,
          );
          expect(planned.length).toBeLessThanOrEqual(maxPaths);
          expect(planned.filter(isWildcard).length).toBeLessThanOrEqual(15);
          const tests = planned.map((item) => ({ item, matches: compileInvalidation(item) }));
          const coveredBy = (path: string, tags: string | undefined) =>
            tests.filter(({ matches }) => matches(decodeURIComponent(path).slice(1), tags)).map(({ item }) => item);
          let exact = 0;
          for (const { key, action, before } of changes) {
            const tags = before!.headers.cacheTags;
            const isStale = action !== 'keep' && action !== 'create';
            // An address is cached with the tags of what is live; every one has to be forgotten.
            for (const form of addressForms(key).map((one) => one.replace(/\*$/, ''))) {
              if (!isStale) continue;
              exact++;
              expect(coveredBy(form, tags), `${form} (${tags}) by ${planned.join(' ')}`).not.toEqual([]);
            }
          }
          if (exact <= maxPaths && !planned.some(isWildcard)) {
            used.unlimited++;
            const vain = changes.filter(
              ({ key, action, before }) =>
                action === 'keep' && coveredBy(`/${encodeURIComponent(key)}`, before!.headers.cacheTags).length > 0,
            );
            expect(vain.length, planned.join(' ')).toBeLessThanOrEqual((exact - planned.length) / 10);
          }
          used.tags += planned.filter((item) => item.startsWith('#')).length;
          used.wildcards += planned.filter(isWildcard).length;
          used.exact += planned.filter((item) => item.startsWith('/') && !isWildcard(item)).length;
        },
      ),
      { numRuns: 300 },
    );
    expect(Math.min(used.tags, used.wildcards, used.exact, used.unlimited)).toBeGreaterThan(30);
  });

  it('need one item for a file in all its encodings and addresses, and one for all that hold a changed image', () => {
    const page = (path: string, assets: readonly string[], action: Change['action']) =>
      ['', '.br', '.gz'].map((suffix) => changeOf(objectOf(path, suffix, assets, true), action));
    const options = { cached: new Set(['pages'] as const), maxPaths: 100, tags: true };
    const tagsOf = (path: string) => cacheTagsFor(logicalPath(path), 'page', []).split(',');

    const one = planInvalidations([...page('a/index.html', [], 'update'), ...page('b.html', [], 'keep')], options);
    expect(one.pages.map(({ path }) => path)).toEqual([`#${tagsOf('a/index.html')[2]}`]);
    const [own] = tagsOf('b.html');
    const other = planInvalidations([...page('a.html', [], 'keep'), ...page('b.html', [], 'update')], options);
    expect(other.pages).toEqual([{ path: `#${own}`, reason: 'content changed' }]);

    const holders = ['a.html', 'b/c.html', 'd/e/f.html'].flatMap((path) => page(path, ['i/1.png'], 'update'));
    const others = ['b/x.html', 'd/e/y.html', 'z.html'].flatMap((path) => page(path, ['i/2.png'], 'keep'));
    const [tag] = cacheTagsFor(logicalPath('a.html'), 'page', [logicalPath('i/1.png')])
      .split(',')
      .slice(-1);
    expect(planInvalidations([...holders, ...others], options).pages).toEqual([
      { path: `#${tag}`, reason: 'covers 3 stale objects' },
    ]);
    // Without certainty about what is cached they are not used.
    expect(planInvalidations([...holders, ...others], { ...options, tags: false }).pages).toHaveLength(9);
  });
});

describe('the tags of an object', () => {
  it('are within the limits of CloudFront, whatever it holds, and the same whatever else there is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 1, maxLength: 20 }),
        fc.array(fc.string({ minLength: 1 }), { maxLength: 80 }),
        (folders, assets) => {
          const paths = assets.map((asset) => asset as ReturnType<typeof logicalPath>);
          const path = folders.join('/') as ReturnType<typeof logicalPath>;
          const tags = cacheTagsFor(path, 'page', paths).split(',');
          expect(tags.length).toBeLessThanOrEqual(50);
          for (const tag of tags) expect(tag).toMatch(/^[\x21-\x2b\x2d-\x7e]{1,256}$/);
          expect(cacheTagsFor(path, 'page', [...paths].reverse())).toBe(tags.join(','));
        },
      ),
    );
  });
});
