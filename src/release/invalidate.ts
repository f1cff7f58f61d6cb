/** Which cached addresses must be forgotten: all that visitors may have got in another version, and few others. */
import type { EdgeRules, OriginName } from '../build/build.js';
import { originNames } from '../build/build.js';
import { urlPath } from '../build/keys.js';
import { canonicalAddress, stemOf } from '../edge/addresses.js';
import { coverStale, type StaleObject } from './coverStale.js';
import { mapOrigins } from './recordFormat.js';
import type { Change, Plan, PlannedPath, RecordedObject, ServedBy } from './release.js';

interface Options {
  readonly cached: ReadonlySet<OriginName>;
  readonly maxPaths: number;
  /** What the edge does with addresses; absent where it is not ours. */
  readonly edge?: Pick<ServedBy, 'rules'> | undefined;
  /** Whether tags may be used: the CDN reads them, and all that is cached is as the record of the live release says. */
  readonly tags?: boolean | undefined;
}

/** Plans the invalidations of each distribution from its own changes alone. */
export function planInvalidations(
  changes: readonly Change[],
  { cached, maxPaths, edge, tags = false }: Options,
): Plan['invalidations'] {
  const stale = mapOrigins((): StaleObject[] => []);
  for (const { origin, key, action, reason, drift, object, before } of changes) {
    // A new address was never cached, and a kept one is not stale. Where something was missing, that may be cached.
    if (!cached.has(origin) || action === 'keep' || (action === 'create' && drift === undefined)) continue;
    const forms = [...addressForms(key), ...(origin === 'pages' ? servedForms(key, edge?.rules) : [])];
    // A variant that is wrong by itself is cached under the address that visitors ask for, too.
    if (drift !== undefined && isVariant(key, object?.path)) forms.push(...addressForms(key.replace(/\.[a-z]+$/, '')));
    stale[origin].push({
      paths: [...new Set(forms)],
      tags: tags && drift === undefined ? tagsIn(before) : [],
      reason: action === 'delete' ? 'removed' : reason,
    });
  }
  const plan = mapOrigins((): readonly PlannedPath[] => []);
  for (const origin of originNames) {
    if (stale[origin].length === 0) continue;
    const kept = changes.filter((change) => change.origin === origin && change.action === 'keep');
    const fresh = kept.map(({ key, before, object }) => ({
      path: `/${urlPath(key)}`,
      tags: tags ? tagsIn(before ?? object) : [],
    }));
    plan[origin] = coverStale(stale[origin], fresh, maxPaths);
  }
  return plan;
}

/** Of what is live: with these it is cached. */
function tagsIn(object: Pick<RecordedObject, 'headers'> | undefined): readonly string[] {
  return object?.headers.cacheTags?.split(',') ?? [];
}

function isVariant(key: string, path: string | undefined): boolean {
  const suffix = /\.(br|gz)$/.exec(key)?.[0];
  return suffix !== undefined && path?.endsWith(suffix) === false;
}

/**
 * Every address under which a visitor can have asked for an object: a folder's index is also the folder, with and
 * without slash. A character that clients encode differently (`~`, `(`, `+` …) would miss some of the cached forms
 * (AWS re-encodes none of them), so the path ends there in a wildcard.
 */
export function addressForms(key: string): string[] {
  const forms = [`/${key}`];
  const folder = /^(.*\/)?index\.html$/.exec(key);
  if (folder !== null) {
    const parent = `/${folder[1] ?? ''}`;
    forms.push(parent);
    if (parent !== '/') forms.push(parent.slice(0, -1));
  }
  return [...new Set(forms.map(encodeForm))];
}

/**
 * Addresses at which the edge serves an object that lies elsewhere: the clean one of a page, and those that a rule of
 * status 200 leads to it. AWS wants both the address that was asked for and the one a function made of it ("Changing the
 * URI by using a Lambda function", in "What you need to know when invalidating files").
 */
function servedForms(key: string, rules: EdgeRules | undefined): string[] {
  if (rules === undefined) return [];
  const path = key.replace(/\.(br|gz)$/, '');
  const clean = path.endsWith('.html') ? [encodeForm(canonicalAddress(rules.urls, path))] : [];
  const stem = stemOf(`/${path}`);
  const rewrites = rules.redirects.filter(
    ({ status, to }) => status === 200 && (to.includes('/:') || stemOf(decodeURIComponent(to)) === stem),
  );
  return [...clean, ...rewrites.map(({ from }) => coverPattern(from))];
}

/** A rule's addresses as one path: up to its first variable part. */
function coverPattern(from: string): string {
  const path = from.replace(/\?.*$/, '');
  const variable = path.search(/\/(:[A-Za-z]|\*)/);
  if (variable >= 0) return `${encodeForm(decodeURIComponent(path.slice(0, variable + 1))).replace(/\*$/, '')}*`;
  return encodeForm(decodeURIComponent(path));
}

/** Letters that every client sends the same way: unreserved ones raw, spaces and non-ASCII percent-encoded. */
const ambiguous = /[^A-Za-z0-9._/ \-\u0080-\u{10ffff}-]/u;

function encodeForm(form: string): string {
  const index = form.search(ambiguous);
  const certain = index < 0 ? form : form.slice(0, index);
  return `/${urlPath(certain.slice(1))}${index < 0 ? '' : '*'}`;
}
