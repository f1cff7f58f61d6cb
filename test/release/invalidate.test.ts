import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BuiltObject } from '../../src/build/build.js';
import { objectKey } from '../../src/build/keys.js';
import type { EdgeRequest } from '../../src/edge/event.js';
import { answerPageRequest } from '../../src/edge/pages.js';
import { compileInvalidation } from '../../src/local/invalidationPath.js';
import { planInvalidations } from '../../src/release/invalidate.js';
import type { Change } from '../../src/release/release.js';
import { digestOf, logicalPath } from '../../src/site/names.js';
import { readRules } from '../../src/site/rules/readRules.js';
import { keysOf } from '../edge/releaseKeys.js';

const changeOf = (path: string, action: Change['action']): Change => {
  const object: BuiltObject = {
    origin: 'pages',
    key: objectKey(path),
    stage: 'page',
    path: logicalPath(path),
    digest: digestOf(path),
    size: 1,
    recipe: 'identity',
    headers: { contentType: 'text/html', cacheControl: 'no-cache' },
    immutable: false,
  };
  const reason = 'content changed';
  return {
    origin: 'pages',
    key: object.key,
    action,
    reason,
    ...(action === 'delete' ? { before: object } : { object }),
  };
};

const rewrites = '/app/* /a.html 200\n/start / 200\n/v/:x/y /b/index.html 200\n';
const name = fc.constantFrom('a', 'b', 'c', 'd e', 'é', 'f~g', 'index');
const path = fc
  .tuple(fc.array(name, { maxLength: 2 }), name, fc.constantFrom('.html', '/index.html', '.txt', '.css'))
  .map(([folders, last, end]) => [...folders, last + end].join('/'));
const asked = (uri: string): EdgeRequest => ({ method: 'GET', uri, querystring: {}, headers: {}, cookies: {} });

/** Every way to ask for a path that any of the modes knows, and what rules lead to. */
const formsOf = (one: string) => {
  const stem = `/${one}`.replace(/(\/index)?\.html$/, '');
  return [
    `/${one}`,
    stem,
    `${stem}/`,
    `${stem}.html`,
    `${stem}/index.html`,
    '/',
    '/app/x',
    '/app/',
    '/start',
    '/v/1/y',
  ];
};

describe('invalidations', () => {
  it('cover every address at which a changed object is served, and stay below the limits', async () => {
    let served = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(path, { minLength: 1, maxLength: 25 }),
        fc.constantFrom('none', 'auto', 'drop', 'force'),
        fc.constantFrom('', rewrites),
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.constantFrom<Change['action']>('keep', 'update', 'delete', 'headers'), {
          minLength: 25,
          maxLength: 25,
        }),
        async (paths, urls, redirects, maxPaths, actions) => {
          const { rules } = readRules(new Map([['_redirects', redirects]]));
          const changes = paths.map((one, index) => changeOf(one, actions[index]!));
          const options = {
            cached: new Set(['pages'] as const),
            maxPaths,
            edge: { rules: { mode: 'in-place', urls, ...rules } },
          } as const;
          const planned = planInvalidations(changes, options).pages.map((one) => one.path);
          expect(planned.length).toBeLessThanOrEqual(maxPaths);
          expect(planned.filter((one) => one.endsWith('*')).length).toBeLessThanOrEqual(15);
          const tests = planned.map(compileInvalidation);
          const isCovered = (uri: string) => tests.some((matches) => matches(decodeURIComponent(uri).slice(1)));
          const stale = new Set(changes.filter(({ action }) => action !== 'keep').map(({ key }) => `/${key}`));
          const keys = keysOf(paths, { urls, redirects });
          for (const form of new Set(paths.flatMap(formsOf))) {
            const request = asked(encodeURI(form));
            const answer = await answerPageRequest(
              request,
              { negotiate: false, pin: false, secure: true },
              keys,
              () => '',
            );
            if ('statusCode' in answer || !stale.has(decodeURIComponent(answer.uri))) continue;
            served++;
            expect(isCovered(answer.uri), `${answer.uri} by ${planned.join(' ')}`).toBe(true);
            expect(isCovered(encodeURI(form)), `${form} (${answer.uri}) by ${planned.join(' ')}`).toBe(true);
          }
        },
      ),
      { numRuns: 100 },
    );
    expect(served).toBeGreaterThan(100);
  });

  it('do not touch what is new or kept', () => {
    const changes = [changeOf('a.html', 'create'), changeOf('b.html', 'keep'), changeOf('c.html', 'update')];
    const { pages } = planInvalidations(changes, { cached: new Set(['pages']), maxPaths: 100 });
    expect(pages.map((one) => one.path)).toEqual(['/c.html']);
  });
});
