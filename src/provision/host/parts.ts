/** What the resources of a host have in common. */
import { PublishError } from '../../errors.js';
import type { HostSettings } from './settings.js';
import type { HostReadingWorld, HostWriters } from './world.js';

/** How resources are made: for planning there are no writers, so nothing in them can write. */
export interface HostParts {
  readonly host: HostSettings;
  readonly world: HostReadingWorld;
  readonly writers?: HostWriters | undefined;
  /** Set when the host is to go: why. */
  readonly unwanted?: string | undefined;
}

export function unwantedOf({ unwanted }: HostParts): { readonly unwanted?: string } {
  return unwanted === undefined ? {} : { unwanted };
}

export function writersOf({ writers }: HostParts): HostWriters {
  if (writers === undefined) throw new Error('a plan cannot write');
  return writers;
}

/** Milliseconds between two looks. */
const delay = 2_000;

/**
 * Looks again and again until something is as it should be.
 * @throws PublishError `not-ready` when it takes longer than `patience` milliseconds.
 */
export async function awaitState(
  what: string,
  { sleep }: HostWriters,
  isThere: () => Promise<boolean>,
  patience = 300_000,
): Promise<void> {
  for (let waited = 0; !(await isThere()); waited += delay) {
    if (waited >= patience)
      throw new PublishError('not-ready', `${what}: not after ${Math.round(patience / 60_000)} minutes`);
    await sleep(delay);
  }
}
