/* Runs in CloudFront Functions too: see negotiate.ts for what the runtime allows. */
import type { CleanUrls, EdgeKeys } from './event.js';

/** What the edge knows of a release: one small value under one key, so that going live is one write. */
export interface LiveRelease {
  /** Its id. */
  readonly i: string;
  /** Folder its pages lie in: `/releases/<id>`, or '' where they lie at their own addresses. */
  readonly p: string;
  readonly u: CleanUrls;
  /** First letters of the keys of its tables. */
  readonly t: string;
  /** Buckets of the table of addresses. */
  readonly n: number;
  /** 1: that table has every object, not pages alone. */
  readonly a: 0 | 1;
  /** Buckets of redirects of single addresses. */
  readonly r: number;
  /** Parts of the list of redirects with patterns. */
  readonly d: number;
  /** Place of the first redirect with a pattern among all redirects. */
  readonly f: number;
  /** Parts of the list of header rules. */
  readonly h: number;
  /** 1: made to be looked at before it goes live. */
  readonly v?: 1;
  /** Maintenance: what visitors read instead of a page; absent while the site is open. */
  readonly m?: string;
}

export const liveKey = 'live';
export const secretKey = 'secret';
export const releaseKeyPrefix = 'r:';
export const previewKeyPrefix = 'preview:';

/** The value of a key; '' where there is none. */
export async function readKey(keys: EdgeKeys, key: string): Promise<string> {
  try {
    return await keys.get(key);
  } catch (_error) {
    return '';
  }
}

/** The release under a key; null where there is none. */
export async function readLive(keys: EdgeKeys, key: string): Promise<LiveRelease | null> {
  const text = await readKey(keys, key);
  return text === '' ? null : (JSON.parse(text) as LiveRelease);
}
