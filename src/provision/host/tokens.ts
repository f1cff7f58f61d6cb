/** Client tokens: the same wish has the same token in every run, on every machine, however often it broke off. */
import { createHash } from 'node:crypto';

/**
 * A token of what is wished for and of what was there before: the successor of a given server is always the same one.
 * EC2 takes up to 64 characters.
 */
export function tokenOf(...parts: readonly (string | number)[]): string {
  return `twinorigin-${createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 40)}`;
}
