import { setTimeout as sleep } from 'node:timers/promises';
import { hasErrnoCode } from '../errors.js';

/** Milliseconds of the longest wait before it is given up; with the ones before it, twice that. */
const longestWait = 4_000;

/**
 * Does what opens a file, and waits for others to be closed where the system allows no more of them (`ulimit -n`):
 * EMFILE of this process, ENFILE of the machine. Everything else is thrown at once.
 */
export async function whenFilesAllow<T>(work: () => T | Promise<T>): Promise<T> {
  for (let wait = 4; ; wait *= 2) {
    try {
      return await work();
    } catch (error) {
      if (!hasErrnoCode(error, 'EMFILE', 'ENFILE') || wait > longestWait) throw error;
      await sleep(wait * (0.5 + Math.random()));
    }
  }
}
