/** Refuses plans that look like accidents. */
import { PublishError } from '../errors.js';
import type { Publisher } from './ports.js';
import type { Plan, ReleaseRecord } from './release.js';

export interface GuardOptions {
  /** Most pages a publish may remove: a number, or a share of the live ones such as `25%`. */
  readonly deletes: number | string;
  /** Refuse a site without index.html. */
  readonly index: boolean;
  /** Let an older commit replace a newer one. */
  readonly force?: boolean;
}

/** Below this many deleted pages a share means nothing: one of three pages may go. */
const unshared = 10;

/** @throws PublishError `guard-refused`, `immutable-conflict`. Nothing has been written then. */
export function guardPlan(plan: Plan, options: GuardOptions): void {
  refuseOverwrites(plan);
  if (options.index) refuseMissingIndex(plan);
  refuseDeletes(plan, options.deletes);
}

/**
 * Refuses to replace a release that was built from a newer commit: of two pipelines the slower one may be the older.
 * @throws PublishError `superseded` (exit code 10).
 */
export function guardOrder(live: ReleaseRecord | null, publisher: Publisher, force: boolean): void {
  const newer = live?.publisher.committedAt;
  const own = publisher.committedAt;
  if (force || live === null || newer === undefined || own === undefined || Date.parse(own) >= Date.parse(newer))
    return;
  const name = live.publisher.commit?.slice(0, 12) ?? live.id;
  throw new PublishError(
    'superseded',
    `release ${live.id} was built from ${name} of ${newer}, which is newer than ${own}`,
  );
}

/** A name that was promised never to change would get other bytes: two builds by a tool that reuses its own hashes. */
function refuseOverwrites({ changes }: Plan): void {
  const broken = changes.filter(
    ({ object, before }) => object?.immutable && before?.immutable && before.digest !== object.digest,
  );
  const first = broken[0];
  if (first === undefined) return;
  throw new PublishError(
    'immutable-conflict',
    `${first.origin}/${first.key} is live with other content under the same name`,
    {
      file: first.object?.path ?? first.key,
      items: broken.map(({ origin, key }) => `${origin}/${key}`),
      hint: 'The build tool reused a hashed name. Give it a name of ours: { "match": "<that file>", "fingerprint": true } in rules.',
    },
  );
}

function refuseMissingIndex({ changes }: Plan): void {
  if (changes.some(({ origin, key, action }) => origin === 'pages' && key === 'index.html' && action !== 'delete'))
    return;
  throw new PublishError('guard-refused', 'the site has no index.html at its root', {
    hint: 'Is this the right folder? If it is, set "guard": { "index": false }, or pass --allow-missing-index.',
  });
}

function refuseDeletes({ changes }: Plan, limit: number | string): void {
  // Variants of a page go with it; people count pages.
  const pages = changes.filter(({ origin, key }) => origin === 'pages' && !/\.(br|gz)$/.test(key));
  const deleted = pages.filter(({ action }) => action === 'delete');
  const live = pages.filter(
    ({ before, object }) => (before ?? object)?.stage === 'page' && before !== undefined,
  ).length;
  const most =
    typeof limit === 'number' ? limit : Math.max(unshared, Math.floor((live * Number.parseInt(limit, 10)) / 100));
  if (deleted.length <= most) return;
  throw new PublishError(
    'guard-refused',
    `the plan removes ${deleted.length} of ${live} live pages, more than ${most}`,
    {
      items: deleted.map(({ key }) => key),
      hint: `If that is what you want, pass --max-deletes ${deleted.length}.`,
    },
  );
}
