/** How good the remaining time was that a migration foretold. */
import { openRemaining } from '../remaining.js';

export interface Estimates {
  /** Foretold total times against the real one, as a mean share: 0.1 is wrong by a tenth. Null when it was too short to tell. */
  error(elapsed: number): number | null;
  tell(share: number, elapsed: number): void;
}

/** Estimates are taken at every twentieth of the work. */
const steps = 20;

export function keepEstimates(): Estimates {
  const remaining = openRemaining();
  const foretold: number[] = [];
  let next = 1;
  return {
    tell(share, elapsed) {
      const left = remaining.estimate(share, elapsed);
      if (share * steps < next || share >= 1) return;
      next = Math.floor(share * steps) + 1;
      if (left !== undefined) foretold.push(elapsed + left);
    },
    error(elapsed) {
      if (foretold.length === 0 || elapsed <= 0) return null;
      const errors = foretold.map((total) => Math.abs(total - elapsed) / elapsed);
      return errors.reduce((sum, error) => sum + error, 0) / errors.length;
    },
  };
}
