/**
 * Runs many tasks with a bounded number under way; one failing does not stop the others. Every store has a lane of its
 * own, as wide as it can take (`width.ts`), so that one that is throttled does not slow down the others.
 */
import { PublishError } from '../errors.js';
import { openWidth } from './width.js';

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
}

/**
 * How often a task is tried that met an overloaded or unreachable store, the first time included. Single requests have
 * been tried again by the store before it says so; what helps here is that fewer are under way.
 */
const tries = 3;

/**
 * @returns the failures; empty when all went well. An aborted signal stops taking work and, when the work under way
 * is done, throws its reason.
 */
export async function runPool<T>(
  items: Iterable<T>,
  { most, signal, laneOf = () => '', clock = () => performance.now() }: PoolOptions<T>,
  task: (item: T) => Promise<void>,
): Promise<Failure<T>[]> {
  const lanes = new Map<string, T[]>();
  for (const item of items) {
    const lane = lanes.get(laneOf(item));
    if (lane === undefined) lanes.set(laneOf(item), [item]);
    else lane.push(item);
  }
  const failures: Failure<T>[] = [];
  await Promise.all([...lanes.values()].map(runLane));
  signal.throwIfAborted();
  return failures;

  async function runLane(queue: readonly T[]): Promise<void> {
    const width = openWidth(most, clock);
    const waiting = queue.map((item) => ({ item, tried: 0 }));
    let next = 0;
    let running = 0;
    await new Promise<void>((finish) => {
      const startMore = (): void => {
        while (running < width.now && next < waiting.length && !signal.aborted) {
          running++;
          void run(waiting[next++]!).then(startMore);
        }
        if (running === 0) finish();
      };
      startMore();
    });

    async function run(one: { readonly item: T; tried: number }): Promise<void> {
      const { generation } = width;
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
      }
    }
  }
}
