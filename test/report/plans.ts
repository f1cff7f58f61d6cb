/** Plans written inline. */
import type { BuiltObject, OriginName } from '../../src/build/build.js';
import { objectKey } from '../../src/build/keys.js';
import type { Action, Change, Outcome, Plan, ReleaseId } from '../../src/release/release.js';
import { digestOf, logicalPath } from '../../src/site/names.js';

export function change(action: Action, origin: OriginName, key: string, reason: string, size = 1000): Change {
  const object: BuiltObject = {
    origin,
    key: objectKey(key),
    stage: origin === 'pages' ? 'page' : 'asset',
    path: logicalPath(key.replace(/\.(br|gz)$/, '')),
    digest: digestOf(key),
    size,
    recipe: 'identity',
    headers: { contentType: 'text/html; charset=utf-8', cacheControl: 'public, max-age=0' },
    immutable: origin !== 'pages',
  };
  const before = {
    key: object.key,
    stage: object.stage,
    digest: object.digest,
    recipe: object.recipe,
    size,
    headers: object.headers,
    immutable: false,
  };
  return { origin, key: object.key, action, reason, ...(action === 'delete' ? { before } : { object }) };
}

export function planOf(changes: readonly Change[], more: Partial<Plan> = {}): Plan {
  const count = (...actions: Action[]) => changes.filter(({ action }) => actions.includes(action)).length;
  return {
    release: '20261123T231500Z-1a2b3c4d' as ReleaseId,
    resumes: false,
    previous: '20261122T080000Z-00000000' as ReleaseId,
    changes,
    invalidations: { images: [], resources: [], pages: [{ path: '/', reason: 'content changed' }] },
    totals: {
      created: count('create'),
      updated: count('update', 'headers'),
      kept: count('keep'),
      deleted: count('delete'),
    },
    bytes: { source: 5000, stored: 4000, upload: 1000 },
    retained: { images: [], resources: [], pages: [] },
    cost: { puts: 5, gets: 2, invalidationPaths: 1, usd: 0.000026, usdBeyondFreePaths: 0.005 },
    urls: { images: 'https://images.acme.com', resources: 'https://static.acme.com', pages: 'https://www.acme.com' },
    root: digestOf('root'),
    problems: [],
    empty: false,
    ...more,
  };
}

export function outcomeOf(plan: Plan, more: Partial<Outcome> = {}): Outcome {
  return { plan, release: plan.release, invalidations: [], verified: 3, problems: [], milliseconds: 1234, ...more };
}
