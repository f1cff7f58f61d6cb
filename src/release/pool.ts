/** Runs many tasks with a bounded number under way; one failing does not stop the others. */

export interface Failure<T> {
  readonly item: T;
  readonly error: unknown;
}

/**
 * @param width most tasks under way at once.
 * @returns the failures; empty when all went well. An aborted signal stops taking work and, when the work under way
 * is done, throws its reason.
 */
export async function runPool<T>(
  items: Iterable<T>,
  width: number,
  signal: AbortSignal,
  task: (item: T) => Promise<void>,
): Promise<Failure<T>[]> {
  const failures: Failure<T>[] = [];
  const iterator = items[Symbol.iterator]();
  const work = async () => {
    for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
      if (signal.aborted) return;
      try {
        await task(next.value);
      } catch (error) {
        failures.push({ item: next.value, error });
      }
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  signal.throwIfAborted();
  return failures;
}
