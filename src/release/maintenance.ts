/** Closes the pages to visitors for a while, and opens them again: one write to what the edge looks up. */
import { liveKey, type LiveRelease } from '../edge/live.js';
import { PublishError } from '../errors.js';
import type { EdgeReader, EdgeStore } from './ports.js';
import { changeEdge, parseLive } from './switchEdge.js';

/** The message is part of a value of at most 1 KB (AWS, "Quotas on key value stores"), beside some 200 bytes of ours. */
export const longestMessage = 600;

/** What visitors read instead of a page; null while the site is open. */
export async function readMaintenance(edge: EdgeReader): Promise<string | null> {
  const { entries } = await edge.read();
  return parseLive(entries.get(liveKey))?.m ?? null;
}

/**
 * @param message null opens the site. It stays closed over publishes and rollbacks until then.
 * @returns whether anything was changed.
 * @throws PublishError `release-missing` before the first publish, `usage` for a message that is empty or too long.
 */
export async function setMaintenance(edge: EdgeStore, message: string | null): Promise<boolean> {
  if (message !== null && (message.trim() === '' || Buffer.byteLength(message) > longestMessage))
    throw new PublishError('usage', `a message has 1 to ${longestMessage} bytes`, { hint: 'One sentence is enough.' });
  let isChanged = false;
  await changeEdge(edge, ({ entries }) => {
    const live = parseLive(entries.get(liveKey));
    if (live === undefined)
      throw new PublishError('release-missing', 'nothing is live yet, so there is nothing to close', {
        hint: 'Publish once with the functions before the pages.',
      });
    isChanged = (live.m ?? null) !== message;
    return { put: new Map(isChanged ? [[liveKey, JSON.stringify(withMessage(live, message))]] : []), remove: [] };
  });
  return isChanged;
}

function withMessage({ m: _, ...live }: LiveRelease, message: string | null): LiveRelease {
  return message === null ? live : { ...live, m: message };
}
