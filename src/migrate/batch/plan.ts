/**
 * The plan of a migration by jobs, on disk: `objects.ndjson` says of every object in the order of the listing which list
 * it is on, `lists.json` names the lists. It is whole when `lists.json` is there; until then it is made anew, because
 * making it changes nothing anywhere.
 */
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ObjectKey } from '../../build/build.js';
import { hasErrnoCode } from '../../errors.js';
import { runPool } from '../../release/pool.js';
import { digestOf } from '../../site/names.js';
import type { BulkWorld } from '../bulk.js';
import { decideBulk, reasonToSkip, type BulkAction } from '../decide.js';
import type { HeldObject, SourceObject } from '../ports.js';
import { groupOf, mostGroups, mostPerJob, type BatchLimits } from './groups.js';
import type { CopyList } from './ports.js';

export interface PlannedList extends CopyList {
  readonly id: number;
  readonly count: number;
}

export interface BatchPlan {
  /** ISO 8601; before the first object was looked at. */
  readonly since: string;
  /** Those that are large enough for a job. */
  readonly lists: readonly PlannedList[];
}

/** A line of `objects.ndjson`. */
export interface PlannedObject {
  readonly k: ObjectKey;
  /** Bytes. */
  readonly s: number;
  /** ETag. */
  readonly e: string;
  readonly a: BulkAction;
  /** Id of its list; absent for what no job does. */
  readonly l?: number;
}

const chunk = 1000;

interface OpenList {
  readonly id: number;
  readonly group: string;
  readonly first: HeldObject;
  readonly headers: CopyList['headers'];
  count: number;
}

export async function readBatchPlan(folder: string): Promise<BatchPlan | null> {
  try {
    return JSON.parse(await readFile(join(folder, 'lists.json'), 'utf8')) as BatchPlan;
  } catch (error) {
    if (hasErrnoCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Looks at every object; writes nothing but the plan. */
export async function makeBatchPlan(
  world: Omit<BulkWorld, 'target'>,
  folder: string,
  limits: BatchLimits,
): Promise<BatchPlan> {
  const { source, rules, emit, signal, concurrency } = world;
  const started = performance.now();
  const since = new Date().toISOString();
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const handle = await open(join(folder, 'objects.ndjson'), 'w');
  const current = new Map<string, OpenList>();
  const all: OpenList[] = [];
  let done = 0;
  emit({ type: 'phase-started', phase: 'sort' });
  try {
    let waiting: SourceObject[] = [];
    const look = async (): Promise<void> => {
      const batch = waiting;
      waiting = [];
      const held = await headAll(batch, world, { concurrency, signal });
      await append(
        handle,
        held.flatMap((object) => (object === null ? [] : [assign(object)])),
      );
      done += batch.length;
      emit({ type: 'phase-progress', phase: 'sort', done });
    };
    for await (const object of source.list(''))
      if (reasonToSkip(object, rules) === undefined && waiting.push(object) >= chunk) await look();
    await look();
    await handle.sync();
  } finally {
    await handle.close();
  }
  emit({ type: 'phase-finished', phase: 'sort', done, milliseconds: performance.now() - started });
  const sizes = new Map<string, number>();
  for (const { group, count } of all) sizes.set(group, (sizes.get(group) ?? 0) + count);
  const lists = all
    .filter(({ group }) => (sizes.get(group) ?? 0) >= limits.smallest)
    .map(({ id, group, first, headers, count }): PlannedList => ({
      id,
      count,
      // A plan that is made anew gets jobs of its own: what those of the last one did may be gone.
      name: `${group}-${id}-${digestOf(since).slice(0, 8)}`,
      headers,
      extras: first.extras,
    }));
  const plan: BatchPlan = { since, lists };
  await writeWhole(join(folder, 'lists.json'), JSON.stringify(plan));
  return plan;

  function assign(held: HeldObject): PlannedObject {
    const decision = decideBulk(held, rules);
    const line = { k: held.key, s: held.size, e: held.etag, a: decision.action };
    const group = groupOf(held, decision);
    if (group === undefined) return line;
    let list = current.get(group);
    if (list === undefined && current.size >= mostGroups) return line;
    if (list === undefined || list.count >= mostPerJob) {
      list = { id: all.length, group, first: held, headers: decision.headers, count: 0 };
      all.push(list);
      current.set(group, list);
    }
    list.count++;
    return { ...line, l: list.id };
  }
}

async function headAll(
  batch: readonly SourceObject[],
  { source }: Pick<BulkWorld, 'source'>,
  { concurrency, signal }: { readonly concurrency: number; readonly signal: AbortSignal },
): Promise<readonly (HeldObject | null)[]> {
  const held: (HeldObject | null)[] = batch.map(() => null);
  const failures = await runPool([...batch.entries()], { most: concurrency, signal }, async ([index, { key }]) => {
    held[index] = await source.head(key);
  });
  const first = failures[0];
  if (first !== undefined) throw first.error instanceof Error ? first.error : new Error(String(first.error));
  return held;
}

async function append(handle: FileHandle, lines: readonly PlannedObject[]): Promise<void> {
  if (lines.length > 0) await handle.appendFile(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

/** The objects of a plan, in the order of the listing. */
export async function* readPlanned(folder: string): AsyncGenerator<PlannedObject> {
  const lines = createInterface({ input: createReadStream(join(folder, 'objects.ndjson')), crlfDelay: Infinity });
  for await (const line of lines) yield JSON.parse(line) as PlannedObject;
}

/** As a whole or not at all. */
export async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.part`, text, { flush: true });
  await rename(`${file}.part`, file);
}
