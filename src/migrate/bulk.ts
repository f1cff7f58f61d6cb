/**
 * Brings every object of a bucket to where and how it should be served, one by one, with a bounded memory: a listing
 * that is never held, a window of objects under way, and a journal that knows where to go on.
 */
import { createHash } from 'node:crypto';
import type { ObjectHeaders, ObjectKey } from '../build/build.js';
import { PublishError } from '../errors.js';
import type { Event } from '../events.js';
import { charsetOf } from '../site/mediaType.js';
import { compressBulk } from './compress.js';
import { decideBulk, reasonToSkip, uncompressedMark, type BulkAction, type BulkRules } from './decide.js';
import { keepEstimates } from './estimate.js';
import type { Journal, Totals } from './journal.js';
import type { BulkReader, BulkWriter, HeldObject, SourceObject } from './ports.js';

export interface BulkWorld {
  readonly source: BulkReader;
  readonly target: BulkWriter;
  readonly rules: BulkRules;
  readonly emit: (event: Event) => void;
  readonly signal: AbortSignal;
  /** Requests under way at once. */
  readonly concurrency: number;
}

/**
 * What somebody else did already, such as a job of the service. Asked in the order of the listing; undefined: it is to be
 * done from here.
 */
export type SettledElsewhere = (key: ObjectKey) => Promise<Done | undefined>;

export interface Survey {
  readonly objects: number;
  readonly bytes: number;
  /** Reason -> how many. */
  readonly skipped: Readonly<Record<string, number>>;
}

export interface BulkOutcome {
  readonly totals: Totals;
  readonly survey: Survey;
  readonly failed: ReadonlyMap<string, string>;
  readonly milliseconds: number;
  /** Mean error of the remaining time that was told; null when it was too short to tell. */
  readonly estimateError: number | null;
}

/** Counts what there is, by listing alone. */
export async function surveySource({ source, rules, emit, signal }: BulkWorld): Promise<Survey> {
  const started = performance.now();
  emit({ type: 'phase-started', phase: 'survey' });
  let objects = 0;
  let bytes = 0;
  const skipped: Record<string, number> = {};
  for await (const object of source.list('')) {
    signal.throwIfAborted();
    const reason = reasonToSkip(object, rules);
    if (reason !== undefined) {
      skipped[reason] = (skipped[reason] ?? 0) + 1;
      continue;
    }
    objects++;
    bytes += object.size;
    if (objects % 1000 === 0) emit({ type: 'phase-progress', phase: 'survey', done: objects, bytes });
  }
  emit({ type: 'phase-finished', phase: 'survey', done: objects, milliseconds: performance.now() - started });
  return { objects, bytes, skipped };
}

interface Slot {
  readonly key: string;
  settled: boolean;
}

/** Objects that may be done ahead of the first one that is not: bounds the memory, and what a crash repeats. */
const windowSize = 2000;
/** After that many failures something is wrong with all of them. */
const mostFailures = 1000;

/** @throws PublishError what concerns the whole bucket (no access, no bucket); single objects are told in `failed`. */
export async function migrateBulk(
  world: BulkWorld,
  journal: Journal,
  survey: Survey,
  elsewhere: SettledElsewhere = () => Promise.resolve(undefined),
): Promise<BulkOutcome> {
  const { source, signal, emit, concurrency } = world;
  const started = performance.now();
  const { state } = journal;
  const failed = new Map<string, string>();
  const actions: Record<BulkAction, number> = { ...state.totals.actions };
  const estimates = keepEstimates();
  let { objects, bytes } = state.totals;
  const before = objects;
  let fatal: unknown;
  let running = 0;
  let wake: () => void = () => undefined;
  const window: Slot[] = [];

  emit({ type: 'phase-started', phase: 'migrate', total: survey.objects });
  emit({ type: 'phase-progress', phase: 'migrate', done: objects, bytes });
  for (const key of state.failed.keys()) {
    const held = await world.source.head(key as HeldObject['key']);
    if (held !== null) await start(held, { key, settled: false });
  }
  for await (const object of source.list(state.after)) {
    if (signal.aborted || fatal !== undefined || failed.size >= mostFailures) break;
    if (reasonToSkip(object, world.rules) !== undefined || state.failed.has(object.key)) continue;
    const slot = { key: object.key, settled: state.ahead.has(object.key) };
    window.push(slot);
    const settled = slot.settled ? undefined : await elsewhere(object.key);
    if (settled !== undefined) {
      await count(object, settled);
      slot.settled = true;
    }
    if (!slot.settled) await start(object, slot);
    await slide();
  }
  while (running > 0) await pause();
  await slide();
  signal.throwIfAborted();
  if (fatal !== undefined) throw fatal instanceof Error ? fatal : new Error('migration failed');
  const milliseconds = performance.now() - started;
  emit({ type: 'phase-finished', phase: 'migrate', done: objects, milliseconds });
  if (failed.size === 0) await journal.end();
  return {
    totals: { objects, bytes, actions },
    survey,
    failed,
    milliseconds,
    estimateError: estimates.error(milliseconds),
  };

  async function start(object: SourceObject, slot: Slot): Promise<void> {
    while (running >= concurrency || window.length >= windowSize) {
      await pause();
      await slide();
    }
    running++;
    void work(object)
      .catch((error: unknown) => (fatal ??= error))
      .finally(() => {
        running--;
        slot.settled = true;
        wake();
      });
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      wake = resolve;
      if (running === 0) resolve();
    });
  }

  /** Everything before the first unsettled object is done for good. */
  async function slide(): Promise<void> {
    if (fatal !== undefined) return;
    let settled = 0;
    while (window[settled]?.settled === true) settled++;
    // A mark for each object would double the journal.
    if (settled < 100 && settled < window.length) return;
    const last = window[settled - 1];
    window.splice(0, settled);
    if (last !== undefined) await journal.mark(last.key);
  }

  async function count({ key, size }: SourceObject, { action, etag }: Done): Promise<void> {
    await journal.done({ key, action, size, etag });
    objects++;
    bytes += size;
    actions[action]++;
    emit({ type: 'phase-progress', phase: 'migrate', done: objects, bytes });
    if (survey.objects > before)
      estimates.tell((objects - before) / (survey.objects - before), performance.now() - started);
  }

  async function work(object: SourceObject): Promise<void> {
    try {
      await count(object, await migrateObject(object, world));
    } catch (error) {
      if (isCommon(error)) throw error;
      const message = error instanceof Error ? error.message : String(error);
      failed.set(object.key, message);
      await journal.fail(object.key, message);
      emit({ type: 'object-failed', origin: 'pages', key: object.key, message });
    }
  }
}

/** No access, no bucket, no network: it would be the same for every object. */
function isCommon(error: unknown): boolean {
  return error instanceof PublishError && !['store-failed', 'site-changed'].includes(error.code);
}

interface Done {
  readonly action: BulkAction;
  readonly etag: string;
}

async function migrateObject(object: SourceObject, { source, target, rules }: BulkWorld): Promise<Done> {
  const held = await source.head(object.key);
  // Deleted since it was listed: there is nothing to bring over.
  if (held === null) return { action: 'keep', etag: '' };
  const { action, headers } = decideBulk(held, rules);
  if (action === 'keep') return { action, etag: held.etag };
  if (action !== 'compress') {
    await target.copy(held, headers, source);
    return { action, etag: held.etag };
  }
  const bytes = await source.read(object.key);
  if (bytes === null) return { action: 'keep', etag: '' };
  const charset = headers.contentType.includes('charset=') ? undefined : charsetOf(headers.contentType, bytes);
  const typed: ObjectHeaders =
    charset === undefined ? headers : { ...headers, contentType: `${headers.contentType}; charset=${charset}` };
  const packed = await compressBulk(bytes);
  if (packed === null) {
    const extras = { ...held.extras, metadata: { ...held.extras.metadata, [uncompressedMark]: '1' } };
    await target.copy({ ...held, extras }, typed, source);
    return { action: rules.inPlace ? 'headers' : 'copy', etag: held.etag };
  }
  const { body, identity } = packed;
  await target.put(object.key, body, { ...typed, contentEncoding: 'gzip' }, held.extras, identity);
  return { action, etag: `"${createHash('md5').update(body).digest('hex')}"` };
}
