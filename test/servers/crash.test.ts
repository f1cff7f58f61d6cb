import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKiller, type Killer } from '../crash/killedPublisher.js';
import { runMatrix } from '../crash/matrix.js';

let killer: Killer;
beforeAll(async () => {
  killer = await openKiller();
}, 300_000);
afterAll(() => killer.close());

describe('a publisher process that is killed before or after any single operation', () => {
  it('leaves whole pages and converges, on folders', { timeout: 3_600_000 }, async () => {
    const { points, verdicts } = await runMatrix((root) => Promise.resolve({ kind: 'directory', root }), killer, 2);
    process.stdout.write(`crash matrix on folders: ${points.length} points\n`);
    expect(verdicts.filter(({ faults }) => faults.length > 0)).toEqual([]);
    expect(verdicts).toHaveLength(points.length);
    expect(points.length).toBeGreaterThan(50);
  });
});
