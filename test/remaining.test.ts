import { describe, expect, it } from 'vitest';
import { openRemaining } from '../src/remaining.js';

/** What is told at each of these moments, as [seconds, share]. */
function tellAt(moments: readonly (readonly [number, number])[]): readonly (number | undefined)[] {
  const remaining = openRemaining();
  return moments.map(([seconds, share]) => remaining.estimate(share, seconds * 1000));
}

describe('the remaining time', () => {
  it('is right when all goes on as it goes', () => {
    const told = tellAt(Array.from({ length: 9 }, (_, index) => [index + 1, (index + 1) / 10]));
    expect(told.map((left) => Math.round(left! / 100) / 10)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  it('forgets a slow beginning', () => {
    // Three seconds for the first hundredth, then a hundredth each tenth of a second: 9.9 s in all behind the start.
    const moments = [
      [3, 0.01] as const,
      ...Array.from({ length: 98 }, (_, at) => [3.1 + at / 10, 0.02 + at / 100] as const),
    ];
    const told = tellAt(moments);
    const naive = (3.1 + 2.3) / 0.25 - (3.1 + 2.3);
    expect(naive).toBeGreaterThan(16);
    expect(told[50]! / 1000).toBeCloseTo(4.9, 0);
  });

  it('says nothing too early, at the end, or when nothing moves', () => {
    expect(tellAt([[0.5, 0.3]])).toEqual([undefined]);
    expect(tellAt([[5, 1]])).toEqual([undefined]);
    expect(tellAt([[5, 0]])).toEqual([undefined]);
  });
});
