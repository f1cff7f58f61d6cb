/**
 * Runs many tasks with a bounded number under way; one failing does not stop the others. Every store has a lane of its
 * own, as wide as it can take (`width.ts`), so that one that is throttled does not slow down the others.
 */
import { PublishError } from '../errors.js';
import { openWidth, type Width } from './width.js';

export interface Failure<T> {
  readonly item: T;
  readonly error: unknown;
}

export interface PoolOptions<T> {
  /** Most tasks under way at once in a lane. */
  readonly most: number;
  /** Stops taking work. */
  readonly signal: AbortSignal;
  /** Items of different lanes do not wait for each other; without it there is one lane. */
  readonly laneOf?: (item: T) => string;
  /** Milliseconds, to see what a width is worth. */
  readonly clock?: () => number;
  /** Bytes that an item keeps in memory while it is under way; see `mostBytes`. */
  readonly sizeOf?: (item: T) => number;
  /** What was learned of each lane, for pools that run one after the other. */
  readonly widths?: Map<string, Width>;
}

/**
 * How often a task is tried that met an overloaded or unreachable store, the first time included. Single requests have
 * been tried again by the store before it says so; what helps here is that fewer are under way.
 */
const tries = 3;

/** Bytes under way at once in all lanes, as far as single items allow: more would fill the memory, not the line. */
const mostBytes = 32 * 1024 * 1024;

/**
 * @returns the failures; empty when all went well. An aborted signal stops taking work and, when the work under way
 * is done, throws its reason.
 */
export async function runPool<T>(
  items: Iterable<T>,
  { most, signal, laneOf = () => '', clock = () => performance.now(), sizeOf = () => 0, widths }: PoolOptions<T>,
  task: (item: T) => Promise<void>,
): Promise<Failure<T>[]> {
  const lanes = new Map<string, T[]>();
  for (const item of items) {
    const lane = lanes.get(laneOf(item));
    if (lane === undefined) lanes.set(laneOf(item), [item]);
    else lane.push(item);
  }
  const failures: Failure<T>[] = [];
  /** Of all lanes together. */
  let bytes = 0;
  await Promise.all([...lanes].map(([name, queue]) => runLane(name, queue)));
  signal.throwIfAborted();
  return failures;

  async function runLane(name: string, queue: readonly T[]): Promise<void> {
    const width = widths?.get(name) ?? openWidth(most, clock);
    widths?.set(name, width);
    const waiting = queue.map((item) => ({ item, tried: 0 }));
    let next = 0;
    let running = 0;
    await new Promise<void>((finish) => {
      const startMore = (): void => {
        while (running < width.now && next < waiting.length && !signal.aborted) {
          if (running > 0 && bytes + sizeOf(waiting[next]!.item) > mostBytes) break;
          running++;
          void run(waiting[next++]!).then(startMore);
        }
        if (running === 0) finish();
      };
      startMore();
    });

    async function run(one: { readonly item: T; tried: number }): Promise<void> {
      const { generation } = width;
      const size = sizeOf(one.item);
      bytes += size;
      try {
        await task(one.item);
        width.tellSuccess();
      } catch (error) {
        one.tried++;
        const isTransient = error instanceof PublishError && error.transient;
        if (isTransient) width.tellTrouble(generation);
        if (isTransient && one.tried < tries && !signal.aborted && !width.hopeless) waiting.push(one);
        else failures.push({ item: one.item, error });
        if (width.hopeless) for (const { item } of waiting.splice(next)) failures.push({ item, error });
      } finally {
        running--;
        bytes -= size;
      }
    }
  }
}
