/** Finds the invalidations that were made since it last looked. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { invalidationsFolderOf, readInvalidation, trimmedName } from './cdn.js';

/** Time stamps of a folder move in steps of the kernel's clock; within this time two changes may look like one. */
const settledMilliseconds = 2_000;

/**
 * Returns a function that gives the paths invalidated since its last call; `/*` when it cannot know them all. It costs
 * one system call when nothing happened, so it is called before every answer.
 */
export function watchInvalidations(directory: string): () => readonly string[] {
  const folder = invalidationsFolderOf(directory);
  let seen: ReadonlySet<string> = new Set(readNames(folder));
  let trimmed = readTrimmed(folder);
  let settled: bigint | undefined;
  return () => {
    const changed = statSync(folder, { bigint: true, throwIfNoEntry: false })?.mtimeNs;
    if (changed === undefined) {
      const lost = seen.size > 0;
      seen = new Set();
      return lost ? ['/*'] : [];
    }
    if (changed === settled) return [];
    settled = Date.now() - Number(changed / 1_000_000n) > settledMilliseconds ? changed : undefined;
    const names = readNames(folder);
    const added = names.filter((name) => !seen.has(name));
    seen = new Set(names);
    const mark = readTrimmed(folder);
    if (mark !== trimmed) {
      trimmed = mark;
      return ['/*'];
    }
    return added.flatMap((name) => readInvalidation(join(folder, name))?.paths ?? ['/*']);
  };
}

function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}

function readTrimmed(folder: string): string {
  try {
    return readFileSync(join(folder, trimmedName), 'utf8');
  } catch {
    return '';
  }
}
