import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/site/names.js';
import { openStatCache } from '../../src/site/statCache.js';

let cacheDir: string;
beforeEach(() => {
  cacheDir = mkdtempSync(join(tmpdir(), 'twinorigin-stat-'));
});
afterEach(() => {
  rmSync(cacheDir, { recursive: true });
});

const content = { digest: digestOf('a'), mediaType: 'image/png' };

/** Whether the next run believes a file that was changed so many milliseconds before it was read. */
function isBelieved(root: string, age: number): boolean {
  const time = Date.now() - age;
  const stats = { size: 1, mtimeMs: time, ctimeMs: time, ino: 1 };
  const first = openStatCache(cacheDir, root);
  first.remember('/a.png', stats, content);
  first.save();
  return openStatCache(cacheDir, root).recall('/a.png', stats) !== undefined;
}

describe('the stat cache', () => {
  it('believes a file that has been left alone for some time, and none that may have changed in the same moment', () => {
    expect([10_000, 0, -10_000].map((age) => isBelieved(cacheDir, age))).toEqual([true, false, false]);
  });

  // /proc stands for file systems of which it is not known how fine their time stamps are.
  it.runIf(process.platform === 'linux')('believes what a build wrote just before only where stamps are fine', () => {
    const isFine = isBelieved(cacheDir, 500);
    expect(isBelieved('/proc', 500)).toBe(false);
    expect(isBelieved('/proc', 10_000)).toBe(true);
    // The temporary folder of a test lies on a disk or in memory, in all the systems this runs on.
    expect(isFine).toBe(true);
  });
});
