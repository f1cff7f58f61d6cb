/* Runs in CloudFront Functions too: see negotiate.ts for what the runtime allows. */
import type { EdgeKeys } from './event.js';
import { readKey, type LiveRelease } from './live.js';

/**
 * What stands at an address without its slash or `.html`: `f` a page `x.html`, `d` a folder with an index, `b` both;
 * `x` an object of exactly this name, `X`, `D`, `F`, `B`: that and the other.
 */
export type Place = '' | 'f' | 'd' | 'b' | 'x' | 'F' | 'D' | 'B';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** A number for a text: the same in the build and at the edge. All steps stay below 2^53. */
export function hashText(text: string): number {
  let hash = 7;
  for (let index = 0; index < text.length; index++) hash = (hash * 131 + text.charCodeAt(index)) % 4398042316799;
  return hash;
}

/** Five letters, 30 bits: enough to tell the addresses in one bucket apart. */
export function markOf(hash: number): string {
  let rest = Math.floor(hash / 4093) % 1073741824;
  let mark = '';
  for (let digit = 0; digit < 5; digit++) {
    mark += letters.charAt(rest % 64);
    rest = Math.floor(rest / 64);
  }
  return mark;
}

/** Looks an address up in the table of a release: decoded, with its leading slash. */
export async function lookUp(keys: EdgeKeys, live: LiveRelease, address: string): Promise<Place> {
  if (live.n === 0) return '';
  const hash = hashText(address);
  const bucket = await readKey(keys, `${live.t}t${hash % live.n}`);
  const mark = markOf(hash);
  // Entries have six letters each: where one is found across two of them, the search goes on.
  for (let index = bucket.indexOf(mark); index >= 0; index = bucket.indexOf(mark, index + 1))
    if (index % 6 === 0) return bucket.charAt(index + 5) as Place;
  return '';
}
