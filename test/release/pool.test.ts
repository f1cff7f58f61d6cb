import { describe, expect, it } from 'vitest';
import { PublishError } from '../../src/errors.js';
import { runPool, type PoolOptions } from '../../src/release/pool.js';
import { openWidth, type Width } from '../../src/release/width.js';
import { virtualTime } from '../virtualTime.js';

const slowDown = () => new PublishError('store-failed', 'slow down', { transient: true });
const never = new AbortController().signal;

interface Task {
  readonly store: string;
  readonly id: number;
}

function tasksOf(store: string, count: number): Task[] {
  return Array.from({ length: count }, (_, id) => ({ store, id }));
}

/** A store in virtual time: every task takes `delay`; more than `capacity` at once are refused. Counts what it sees. */
function simulate(capacity: Readonly<Record<string, number>>, delay = 10) {
  const time = virtualTime();
  const seen: Record<string, { now: number; widest: number; started: number; refused: number; done: number }> = {};
  const task = async ({ store }: Task) => {
    const state = (seen[store] ??= { now: 0, widest: 0, started: 0, refused: 0, done: 0 });
    state.started++;
    state.widest = Math.max(state.widest, ++state.now);
    const refused = state.now > (capacity[store] ?? Infinity);
    await time.pass(delay);
    state.now--;
    if (refused) {
      state.refused++;
      throw slowDown();
    }
    state.done++;
  };
  const run = (tasks: readonly Task[], options: Partial<PoolOptions<Task>> = {}) =>
    time.run(() =>
      runPool(tasks, { most: 128, signal: never, laneOf: ({ store }) => store, clock: time.now, ...options }, task),
    );
  return { time, seen, run };
}

describe('the pool', () => {
  it('begins with 32 at once and goes up to the limit while that gets more done', async () => {
    const { seen, run } = simulate({});
    expect(await run(tasksOf('a', 31))).toEqual([]);
    expect(seen.a!.widest).toBe(31);
    await run(tasksOf('a', 3000), { most: 100 });
    expect(seen.a!.widest).toBe(100);
  });

  it('doubles with every round as long as that gets more done', async () => {
    const { time, seen, run } = simulate({});
    await run(tasksOf('a', 992), { most: 256 });
    expect(seen.a!.widest).toBe(256);
    // 32, 64, 128, then 256 three times and the rest: a fixed width of 32 would take 31 rounds.
    expect(time.now()).toBeLessThanOrEqual(80);
  });

  it('goes on in the next pool with the width that was found, where it is handed on', async () => {
    const widths = new Map<string, Width>();
    const first = simulate({});
    await first.run(tasksOf('a', 2000), { most: 256, widths });
    const second = simulate({});
    await second.run(tasksOf('a', 200), { most: 256, widths, clock: () => first.time.now() + second.time.now() });
    expect(second.seen.a!.widest).toBe(200);
  });

  it('keeps no more than 32 MiB under way, but always one task of each store', async () => {
    const { seen, run } = simulate({});
    const mebibytes = 2 ** 20;
    await run(tasksOf('a', 40), { sizeOf: () => 10 * mebibytes });
    expect(seen.a!.widest).toBe(3);
    await run([...tasksOf('b', 5), ...tasksOf('c', 5)], { sizeOf: () => 100 * mebibytes });
    expect([seen.b!.widest, seen.c!.widest, seen.b!.done, seen.c!.done]).toEqual([1, 1, 5, 5]);
  });

  it('begins lower when it was told to', async () => {
    const { seen, run } = simulate({});
    await run(tasksOf('a', 500), { most: 5 });
    expect(seen.a!.widest).toBe(5);
  });

  it('halves when the store asks to slow down, and gets everything done', async () => {
    const { seen, run } = simulate({ a: 10 });
    expect(await run(tasksOf('a', 400))).toEqual([]);
    expect(seen.a!.done).toBe(400);
    // A fixed width of 32 would be refused most of the time.
    expect(seen.a!.refused).toBeLessThan(150);
  });

  it('does not slow down one store because of another', async () => {
    const alone = simulate({});
    await alone.run(tasksOf('pages', 600));
    const both = simulate({ images: 1 });
    const pages = tasksOf('pages', 600);
    await both.run([...tasksOf('images', 30), ...pages]);
    expect(both.seen.pages!.widest).toBe(alone.seen.pages!.widest);
    expect(both.seen.images!.done).toBeGreaterThan(0);
    expect(both.seen.pages!.done).toBe(600);
  });

  it('tries a task again that met an overloaded store, three times in all, and no other', async () => {
    const tried = new Map<number, number>();
    const failures = await runPool([1, 2, 3], { most: 1, signal: never }, (item) => {
      tried.set(item, (tried.get(item) ?? 0) + 1);
      if (item === 1) return Promise.resolve();
      return Promise.reject(item === 2 ? slowDown() : new Error('no'));
    });
    expect([...tried]).toEqual([
      [1, 1],
      [2, 3],
      [3, 1],
    ]);
    expect(failures.map(({ item }) => item).sort()).toEqual([2, 3]);
  });

  it('gives up on a store that never answers, without asking once for every task', async () => {
    const { seen, run } = simulate({ a: 0 });
    const failures = await run([...tasksOf('a', 5000), ...tasksOf('b', 50)]);
    expect(failures).toHaveLength(5000);
    expect(new Set(failures.map(({ item }) => item.id)).size).toBe(5000);
    expect(seen.a!.started).toBeLessThan(100);
    expect(seen.b!.done).toBe(50);
  });

  it('takes no more work once it is interrupted, lets what is under way end, and says why', async () => {
    const controller = new AbortController();
    let begun = 0;
    let ended = 0;
    const pool = runPool(tasksOf('a', 100), { most: 4, signal: controller.signal }, async ({ id }) => {
      begun++;
      if (id === 5) controller.abort(new PublishError('interrupted', 'stopped'));
      await new Promise((resolve) => setImmediate(resolve));
      ended++;
    });
    await expect(pool).rejects.toMatchObject({ code: 'interrupted' });
    expect(begun).toBeLessThan(12);
    expect(ended).toBe(begun);
  });
});

describe('a width', () => {
  /** So many tasks, in a store that does `rate(width)` of them in a second. */
  function work(rate: (width: number) => number, most = 256) {
    let now = 0;
    const width = openWidth(most, () => now);
    return {
      width,
      succeed: (count: number): void => {
        for (let task = 0; task < count; task++) {
          now += 1000 / rate(width.now);
          width.tellSuccess();
        }
      },
    };
  }

  it('stays where more at once does not get more done', () => {
    const { width, succeed } = work(() => 100);
    succeed(20_000);
    expect(width.now).toBeLessThanOrEqual(40);
  });

  it('grows as far as it helps', () => {
    const { width, succeed } = work((at) => Math.min(at, 100));
    succeed(20_000);
    expect(width.now).toBeGreaterThanOrEqual(80);
    expect(width.now).toBeLessThanOrEqual(160);
  });

  it('halves once for all that was under way, and recovers', () => {
    const { width, succeed } = work((at) => at, 64);
    succeed(2000);
    expect(width.now).toBe(64);
    const { generation } = width;
    for (let task = 0; task < 64; task++) width.tellTrouble(generation);
    expect(width.now).toBe(32);
    width.tellTrouble(width.generation);
    expect(width.now).toBe(16);
    succeed(3000);
    expect(width.now).toBe(64);
  });

  it('never falls below one, and knows when there is no hope', () => {
    const { width, succeed } = work((at) => at);
    for (let trouble = 0; trouble < 7; trouble++) width.tellTrouble(width.generation);
    expect(width.now).toBe(1);
    expect(width.hopeless).toBe(false);
    succeed(1);
    for (let trouble = 0; trouble < 7; trouble++) width.tellTrouble(width.generation);
    expect(width.hopeless).toBe(false);
    width.tellTrouble(width.generation);
    expect(width.hopeless).toBe(true);
  });
});
