/**
 * How much time is left of something whose share that is done is known. The rate is that of the last half of the time:
 * the first second, in which connections are opened and code is warmed up, would be wrong for long.
 */
export interface Remaining {
  /**
   * @param share done so far, 0 to 1.
   * @param elapsed milliseconds since the beginning.
   * @returns milliseconds left; undefined in the first second, and when nothing can be said.
   */
  estimate(share: number, elapsed: number): number | undefined;
}

interface Checkpoint {
  readonly share: number;
  readonly elapsed: number;
}

/** Milliseconds: before that, estimates only jump. */
const earliest = 1000;

export function openRemaining(): Remaining {
  /** Between a quarter and half of the time ago. */
  let from: Checkpoint = { share: 0, elapsed: 0 };
  let next: Checkpoint = from;
  return {
    estimate(share, elapsed) {
      if (elapsed >= 2 * next.elapsed && elapsed > earliest / 4) {
        from = next;
        next = { share, elapsed };
      }
      if (elapsed < earliest || share <= 0 || share >= 1) return undefined;
      const done = share - from.share;
      return done <= 0 ? undefined : ((elapsed - from.elapsed) / done) * (1 - share);
    },
  };
}
