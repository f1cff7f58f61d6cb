/** Who holds the lock. */
import type { LockContent } from '../release/lock.js';
import { formatDuration } from './amounts.js';
import type { LockDocument } from './operationDocuments.js';
import { paint, showSafely, type Look } from './text.js';

/** `unlock --json`. @param content undefined when there is no lock, null when it cannot be understood. */
export function describeLock(
  content: LockContent | null | undefined,
  { held, removed }: { readonly held: boolean; readonly removed: boolean },
): LockDocument {
  const holder = content && { user: content.user, host: content.host, since: content.startedAt };
  return { version: 1, held, removed, holder: holder ?? null };
}

/** One line: who, where, since when. */
export function renderLock(content: LockContent | null, look: Look, now: Date): string {
  if (content === null) return 'There is a lock, but it cannot be read: damaged, or of a newer twinorigin.';
  const { user, host, startedAt } = content;
  const age = now.getTime() - Date.parse(startedAt);
  const since = age >= 0 ? `${startedAt} (${formatDuration(age)} ago)` : startedAt;
  return `${paint(look, 'bold', showSafely(`${user} on ${host}`))} holds the lock since ${showSafely(since)}`;
}

export function renderUnlocked(removed: boolean, look: Look): string {
  return `${paint(look, 'green', '✓')} ${removed ? 'The lock is removed' : 'There is no lock'}`;
}
