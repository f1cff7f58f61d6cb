/**
 * How many requests a bucket gets at once: few at first, more with every success, half after trouble.
 * S3 asks for that itself: "reduce your request rate" (503 SlowDown) while it scales a prefix up.
 */
import pLimit from 'p-limit';
import { errnoOf, errorName, statusOf } from './failure.js';

const start = 32;
/** Milliseconds in which further trouble counts as the same: everything that was under way then. */
const sameTrouble = 500;

export interface Pace {
  /** Waits for its turn. May not be called inside itself. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** How an attempt of a request ended. */
  tell(error: unknown): void;
  /** Requests at once, now. */
  readonly width: number;
}

export function openPace(most: number, clock: () => number = Date.now): Pace {
  const limit = pLimit(Math.min(start, most));
  let troubled = false;
  let last = -Infinity;
  let successes = 0;
  return {
    run: (work) => limit(work),
    tell(error) {
      if (isTrouble(error)) {
        troubled = true;
        if (clock() - last < sameTrouble) return;
        last = clock();
        limit.concurrency = Math.max(1, Math.floor(limit.concurrency / 2));
      } else if (error === undefined && limit.concurrency < most) {
        // Doubling per round trip until the first trouble, then one more per round trip.
        successes++;
        if (troubled && successes < limit.concurrency) return;
        successes = 0;
        limit.concurrency++;
      }
    },
    get width() {
      return limit.concurrency;
    },
  };
}

function isTrouble(error: unknown): boolean {
  if (error === undefined) return false;
  const status = statusOf(error);
  return (
    status === 429 ||
    status === 503 ||
    ['SlowDown', 'TimeoutError', 'RequestTimeout'].includes(errorName(error)) ||
    ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT'].includes(errnoOf(error))
  );
}
