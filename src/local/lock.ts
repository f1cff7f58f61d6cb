/** One lock per store folder, for the few system calls in which an object changes. */
import { linkSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasErrnoCode, PublishError } from '../errors.js';
import { removeFile } from './files.js';
import { type Holder, isAlive, nameHolder, newHolder, parseHolder } from './holder.js';
import { lockFileOf, temporaryFolderOf } from './layout.js';

export interface StoreLock {
  /** Prefix for names of temporary files, by which they can be told from those of living processes. */
  readonly prefix: string;
  /** Runs `work`, which must be synchronous, while no other process or store object changes the folder. */
  hold<T>(work: () => T): Promise<T>;
}

/** A lock is held for less than a millisecond, so one of this age has no owner, whoever has its process number now. */
const abandonedMilliseconds = 30_000;
const patienceMilliseconds = 120_000;

/**
 * The lock is a hard link to a file of its holder's: link(2) fails where the name exists, and its content is there from
 * the first moment on. Because holding is synchronous, work inside one process never waits.
 */
export function openLock(directory: string): StoreLock {
  const me = newHolder();
  const lockFile = lockFileOf(directory);
  const claim = join(temporaryFolderOf(directory), `${nameHolder(me)}.claim`);
  removeAtExit(claim);
  return {
    prefix: nameHolder(me),
    async hold(work) {
      const started = Date.now();
      // No `await` between taking the lock and the work: the next caller in this process must find it free.
      for (let wait = 1; !take(lockFile, claim, me); wait = Math.min(wait * 2, 16)) {
        const found = readHolder(lockFile);
        if (found && isAbandoned(found)) breakLock(lockFile, found.holder.token, claim, me);
        else await sleep(Math.random() * wait);
        if (Date.now() - started > patienceMilliseconds)
          throw new PublishError('store-failed', `${lockFile} is held by a process that does not let go of it.`, {
            hint: 'Stop the other process, or remove that file.',
          });
      }
      try {
        return work();
      } finally {
        removeFile(lockFile);
      }
    },
  };
}

let claims: Set<string> | undefined;

/** Only tidiness: what a killed process leaves is removed by the next one. */
function removeAtExit(claim: string): void {
  if (!claims) {
    const all = (claims = new Set<string>());
    process.once('exit', () => all.forEach(removeFile));
  }
  claims.add(claim);
}

/** Creates `name` for this process; false when it exists. */
function take(name: string, claim: string, me: Holder): boolean {
  for (;;) {
    try {
      linkSync(claim, name);
      return true;
    } catch (error) {
      if (hasErrnoCode(error, 'EEXIST')) return false;
      if (hasErrnoCode(error, 'ENOENT')) writeClaim(claim, me);
      else if (hasErrnoCode(error, 'EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'))
        return takeByCreating(name, me);
      else throw error;
    }
  }
}

function writeClaim(claim: string, me: Holder): void {
  mkdirSync(join(claim, '..'), { recursive: true });
  writeFileSync(claim, nameHolder(me));
}

/** For file systems without hard links. */
function takeByCreating(name: string, me: Holder): boolean {
  try {
    writeFileSync(name, nameHolder(me), { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasErrnoCode(error, 'EEXIST')) return false;
    throw error;
  }
}

interface Found {
  readonly holder: Holder;
  readonly ageMilliseconds: number;
}

function readHolder(file: string): Found | undefined {
  try {
    // A new link changes ctime, so this is when the lock was taken.
    const stats = lstatSync(file);
    const holder = parseHolder(readFileSync(file, 'utf8')) ?? { host: '', pid: 0, token: `${stats.ino}` };
    return { holder, ageMilliseconds: Date.now() - stats.ctimeMs };
  } catch (error) {
    if (hasErrnoCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function isAbandoned({ holder, ageMilliseconds }: Found): boolean {
  return isAlive(holder) === false || ageMilliseconds > abandonedMilliseconds;
}

/**
 * Removes an abandoned lock, but never the fresh lock of a process that was quicker. Only the holder of the right
 * `lock.<token>` may remove the lock with that token; that token never comes back, so whoever has the right can look
 * and then remove without a race. A right whose holder died is passed on to `lock.<token>.<its token>`, and so on.
 */
function breakLock(lockFile: string, token: string, claim: string, me: Holder): void {
  const rights = [`${lockFile}.${token}`];
  for (;;) {
    const right = rights.at(-1)!;
    if (take(right, claim, me)) break;
    const other = readHolder(right);
    if (!other || !isAbandoned(other) || rights.length > 8) return;
    rights.push(`${right}.${other.holder.token}`);
  }
  if (readHolder(lockFile)?.holder.token === token) removeFile(lockFile);
  for (const right of rights) removeFile(right);
}
