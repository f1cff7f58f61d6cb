/** Which process this is, so that a lock left by one that died can be told from one at work. */
import { createHash } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { hasErrnoCode } from '../errors.js';
import type { ProcessIdentity } from '../release/ports.js';

/** This process. The machine's name goes in as a digest: records may be public. */
export function identifyProcess(): ProcessIdentity {
  const machine = createHash('sha256').update(`${hostname()}\n${readNamespace()}`).digest('hex').slice(0, 16);
  return { machine, pid: process.pid, isAlive };
}

/** Containers on one machine have process ids of their own; so have two containers with the same host name. */
function readNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return ''; // Not Linux: one namespace for all.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasErrnoCode(error, 'ESRCH');
  }
}
