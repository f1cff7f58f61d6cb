/** What a bulk migration would do, looked up object by object. Holds nothing that could write. */
import { runPool } from '../release/pool.js';
import type { BulkWorld, Survey } from './bulk.js';
import { groupOf, mostGroups } from './batch/groups.js';
import { decideBulk, reasonToSkip, type BulkAction } from './decide.js';
import type { SourceObject } from './ports.js';

export interface BulkPlan {
  readonly survey: Survey;
  readonly actions: Readonly<Record<BulkAction, number>>;
  /** How many objects there are of each complete set of headers that a job could copy. */
  readonly groups: readonly number[];
  /** Bytes that have to be downloaded because they are compressed. */
  readonly download: number;
  /** Objects that change, the first ones, with the headers they would get. */
  readonly examples: readonly { readonly key: string; readonly action: BulkAction; readonly headers: object }[];
}

const shownExamples = 20;
const chunk = 1000;

export async function planBulk(world: Omit<BulkWorld, 'target'>): Promise<BulkPlan> {
  const { source, rules, emit, signal, concurrency } = world;
  const started = performance.now();
  const actions: Record<BulkAction, number> = { keep: 0, headers: 0, copy: 0, compress: 0 };
  const examples: BulkPlan['examples'][number][] = [];
  const skipped: Record<string, number> = {};
  const groups = new Map<string, number>();
  let [objects, bytes, download] = [0, 0, 0];
  let waiting: SourceObject[] = [];
  emit({ type: 'phase-started', phase: 'survey' });
  const look = async (): Promise<void> => {
    const batch = waiting;
    waiting = [];
    const failures = await runPool(batch, { most: concurrency, signal }, async ({ key }) => {
      const held = await source.head(key);
      if (held === null) return;
      const decision = decideBulk(held, rules);
      const { action, headers } = decision;
      const group = groupOf(held, decision);
      if (group !== undefined && (groups.has(group) || groups.size < mostGroups))
        groups.set(group, (groups.get(group) ?? 0) + 1);
      objects++;
      bytes += held.size;
      actions[action]++;
      if (action === 'compress') download += held.size;
      if (action !== 'keep' && examples.length < shownExamples) examples.push({ key, action, headers });
    });
    const first = failures[0];
    if (first !== undefined) throw first.error instanceof Error ? first.error : new Error(String(first.error));
    emit({ type: 'phase-progress', phase: 'survey', done: objects, bytes });
  };
  for await (const object of source.list('')) {
    const reason = reasonToSkip(object, rules);
    if (reason !== undefined) skipped[reason] = (skipped[reason] ?? 0) + 1;
    else if (waiting.push(object) >= chunk) await look();
  }
  await look();
  emit({ type: 'phase-finished', phase: 'survey', done: objects, milliseconds: performance.now() - started });
  examples.sort((a, b) => (a.key < b.key ? -1 : 1));
  return { survey: { objects, bytes, skipped }, actions, groups: [...groups.values()], download, examples };
}
