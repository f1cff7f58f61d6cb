/** Time that passes only when everything that could happen now has happened: no test waits, none is flaky. */

export interface VirtualTime {
  /** Milliseconds since the start. */
  readonly now: () => number;
  /** Resolves when so many milliseconds have passed. */
  pass(milliseconds: number): Promise<void>;
  /** Lets time pass until the work is done. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function virtualTime(): VirtualTime {
  let now = 0;
  let count = 0;
  const waiting: { readonly at: number; readonly order: number; readonly wake: () => void }[] = [];
  return {
    now: () => now,
    pass: (milliseconds) =>
      new Promise((wake) => {
        waiting.push({ at: now + milliseconds, order: count++, wake });
      }),
    async run(work) {
      let ended = false;
      const result = work().finally(() => (ended = true));
      while (!ended) {
        await new Promise((resolve) => setImmediate(resolve));
        waiting.sort((a, b) => a.at - b.at || a.order - b.order);
        const { at } = waiting[0] ?? { at: now };
        now = at;
        while (waiting[0]?.at === at) waiting.shift()!.wake();
      }
      return result;
    },
  };
}
