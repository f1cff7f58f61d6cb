/**
 * How many tasks a store gets at once: more while more get done, half when the store asks for less.
 * Slow start (twice as many with every round, until that is not faster), then additive increase with proof and
 * multiplicative decrease, as congestion control does it (RFC 5681, section 3.1).
 */

const start = 32;
/** The part of its widening by which a wider epoch has to be faster to count as faster. */
const worthwhile = 0.2;
/** Epochs before a width that did not help is tried again: the network may be another by then. */
const patience = 8;
/** So many halvings without one success in between: nobody is there any more. */
const hopeless = 8;

export interface Width {
  /** Tasks that may be under way now. */
  readonly now: number;
  /** Counts halvings; a task remembers it from when it began. */
  readonly generation: number;
  /** Trouble came again and again and nothing succeeded. */
  readonly hopeless: boolean;
  tellSuccess(): void;
  /** A task that began in `generation` met an overloaded store. What was under way together is one trouble. */
  tellTrouble(generation: number): void;
}

/** @param clock milliseconds; only differences count. */
export function openWidth(most: number, clock: () => number): Width {
  let now = Math.min(start, most);
  /** The widest that is known to help. */
  let proven = now;
  let trial = false;
  /** Nothing spoke against more so far. */
  let isOpening = true;
  let hold = 0;
  let lastRate = 0;
  let generation = 0;
  let halvings = 0;
  let done = 0;
  let began = clock();

  function beginEpoch(): void {
    done = 0;
    began = clock();
  }

  /** After a round of tasks, or two when the opening is over: were they faster than the epoch before? */
  function endEpoch(): void {
    const rate = done / Math.max(clock() - began, 1e-3);
    const step = isOpening ? now : Math.ceil(now / 4);
    if (now < proven) now = Math.min(proven, now + Math.ceil(now / 4));
    else if (trial && rate < lastRate * (1 + (now / proven - 1) * worthwhile)) {
      now = proven;
      trial = false;
      isOpening = false;
      hold = patience;
    } else if (hold > 0) hold--;
    else {
      proven = now;
      trial = now < most;
      lastRate = rate;
      now = Math.min(most, now + step);
    }
    beginEpoch();
  }

  return {
    get now() {
      return now;
    },
    get generation() {
      return generation;
    },
    get hopeless() {
      return halvings >= hopeless;
    },
    tellSuccess() {
      halvings = 0;
      if (++done >= (isOpening ? now : 2 * now)) endEpoch();
    },
    tellTrouble(begunIn) {
      if (begunIn !== generation) return;
      generation++;
      halvings++;
      proven = Math.max(1, Math.ceil(now * 0.75));
      now = Math.max(1, Math.floor(now / 2));
      trial = false;
      isOpening = false;
      hold = 0;
      beginEpoch();
    },
  };
}
