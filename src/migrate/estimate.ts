/** How good the remaining time was that a migration foretold. */

export interface Estimates {
  /** Foretold total times against the real one, as a mean share: 0.1 is wrong by a tenth. Null when it was too short to tell. */
  error(elapsed: number): number | null;
  tell(share: number, elapsed: number): void;
}

/** Estimates are taken at every twentieth of the work. */
const steps = 20;
/** Milliseconds: before that, nothing is foretold. */
const earliest = 1000;

export function keepEstimates(): Estimates {
  const foretold: number[] = [];
  let next = 1;
  return {
    tell(share, elapsed) {
      if (share * steps < next || share >= 1) return;
      next = Math.floor(share * steps) + 1;
      if (elapsed >= earliest) foretold.push(elapsed / share);
    },
    error(elapsed) {
      if (foretold.length === 0 || elapsed <= 0) return null;
      const errors = foretold.map((total) => Math.abs(total - elapsed) / elapsed);
      return errors.reduce((sum, error) => sum + error, 0) / errors.length;
    },
  };
}
