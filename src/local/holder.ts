/** Who holds a lock or left a temporary file, and whether that process still lives. */
import { createHash, randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export interface Holder {
  /** Machine and process namespace, as a digest: the folder may be public. */
  readonly host: string;
  readonly pid: number;
  /** Never used twice. */
  readonly token: string;
}

const tokens = new Set<string>();

/** A holder for this process. */
export function newHolder(): Holder {
  const token = randomBytes(8).toString('hex');
  tokens.add(token);
  return { host: thisHost(), pid: process.pid, token };
}

/** As a file name; `parseHolder` reads it back. */
export function nameHolder({ host, pid, token }: Holder): string {
  return `${host}-${pid}-${token}`;
}

export function parseHolder(text: string): Holder | undefined {
  const match = /^([0-9a-f]{16})-(\d+)-([0-9a-f]{16})/.exec(text);
  return match ? { host: match[1]!, pid: Number(match[2]), token: match[3]! } : undefined;
}

/** `unknown` on other machines and in other containers: only age can tell there. */
export function isAlive(holder: Holder): boolean | 'unknown' {
  if (holder.host !== thisHost()) return 'unknown';
  // A container's first process has the same number after every start.
  if (holder.pid === process.pid) return tokens.has(holder.token);
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

let host: string | undefined;

function thisHost(): string {
  if (host === undefined) {
    let namespace = '';
    try {
      namespace = readlinkSync('/proc/self/ns/pid');
    } catch {
      // Not Linux: one namespace for all processes.
    }
    host = createHash('sha256').update(`${hostname()}\n${namespace}`).digest('hex').slice(0, 16);
  }
  return host;
}
