/** Refuses plans that look like accidents. */
import { PublishError } from '../errors.js';
import { pathInRelease } from './keys.js';
import type { PipelineRun, Publisher } from './ports.js';
import type { Change, Plan, ReleaseRecord } from './release.js';

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
 * Refuses to replace a release that was built from a newer commit, or by a later run of the same pipeline: of two runs
 * the slower one may be the older.
 * @throws PublishError `superseded` (exit code 10).
 */
export function guardOrder(live: ReleaseRecord | null, publisher: Publisher, force: boolean): void {
  if (force || live === null) return;
  refuseOlderCommit(live, publisher.committedAt);
  refuseEarlierRun(live, publisher.run);
}

function refuseOlderCommit({ id, publisher }: ReleaseRecord, own: string | undefined): void {
  const newer = publisher.committedAt;
  if (newer === undefined || own === undefined || Date.parse(own) >= Date.parse(newer)) return;
  const name = publisher.commit?.slice(0, 12) ?? id;
  throw new PublishError('superseded', `release ${id} was built from ${name} of ${newer}, which is newer than ${own}`);
}

function refuseEarlierRun({ id, publisher }: ReleaseRecord, own: PipelineRun | undefined): void {
  const later = publisher.run;
  if (later === undefined || own?.pipeline !== later.pipeline) return;
  if (own.number > later.number || (own.number === later.number && own.attempt >= later.attempt)) return;
  throw new PublishError('superseded', `release ${id} was made by ${nameRun(later)}, and this is ${nameRun(own)}`, {
    hint: 'Start the newest run again, or insist with --force.',
  });
}

function nameRun({ pipeline, number, attempt }: PipelineRun): string {
  return `run ${number}${attempt === 1 ? '' : `, attempt ${attempt},`} of ${pipeline}`;
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
  const isIndex = ({ origin, key, action }: Change) =>
    origin === 'pages' && action !== 'delete' && pathInRelease(key) === 'index.html';
  if (changes.some(isIndex)) return;
  throw new PublishError('guard-refused', 'the site has no index.html at its root', {
    hint: 'Is this the right folder? If it is, set "guard": { "index": false }, or pass --allow-missing-index.',
  });
}

function refuseDeletes({ changes, withdrawn = [], livePages }: Plan, limit: number | string): void {
  // Variants of a page go with it; people count pages.
  const pages = changes.filter(({ origin, key }) => origin === 'pages' && !/\.(br|gz)$/.test(key));
  const gone = [...pages.filter(({ action }) => action === 'delete').map(({ key }) => key), ...withdrawn];
  const live =
    livePages ??
    pages.filter(({ before, object }) => (before ?? object)?.stage === 'page' && before !== undefined).length;
  const most =
    typeof limit === 'number' ? limit : Math.max(unshared, Math.floor((live * Number.parseInt(limit, 10)) / 100));
  if (gone.length <= most) return;
  throw new PublishError('guard-refused', `the plan removes ${gone.length} of ${live} live pages, more than ${most}`, {
    items: gone,
    hint: `If that is what you want, pass --max-deletes ${gone.length}.`,
  });
}
