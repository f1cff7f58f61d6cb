/**
 * Waits until what was made can be read. "A Describe may not show it for a while" (EC2 API Reference, "Eventual
 * consistency"): whoever made something must not look away before it is there, or the next look makes a second one.
 */
import { PublishError } from '../../errors.js';

export type Sleep = (milliseconds: number) => Promise<void>;

const delay = 1_000;
/** Documented are "a few minutes" at worst. */
const most = 180;

/** @param look throws or answers undefined while there is nothing to see. */
export async function awaitVisible<T>(what: string, sleep: Sleep, look: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < most; attempt++) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(delay);
  }
  throw new PublishError('host-failed', `${what} was made, and cannot be seen after minutes`);
}
