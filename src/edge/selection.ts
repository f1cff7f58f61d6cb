/* Runs in CloudFront Functions too: see negotiate.ts for what the runtime allows. */
import type { EdgeKeys, EdgeRequest, SignRelease } from './event.js';
import { liveKey, previewKeyPrefix, readKey, readLive, releaseKeyPrefix, secretKey, type LiveRelease } from './live.js';

/** Cookie and query parameter with which a visitor is on a release that need not be the live one. */
export const selectionName = 'twinorigin';

/** What a request is to be answered from. */
export interface Selection {
  /** Null: nothing was ever made live, or there is no such preview. */
  readonly release: LiveRelease | null;
  /** A preview, by host name or by cookie. */
  readonly isPreview: boolean;
  /** The host name asks for a preview that is not there. */
  readonly isUnknown: boolean;
}

/** The name of a preview in a host such as `name--www.example.com`; '' for others. */
export function previewOf(host: string): string {
  const label = String(host.split('.')[0]).toLowerCase();
  const dashes = label.lastIndexOf('--');
  return dashes > 0 && /^[a-z0-9-]+$/.test(label) && !label.startsWith('xn--') ? label.slice(0, dashes) : '';
}

/** The release that a signed selection names; '' when there is none or its signature is wrong. */
export async function readSelection(keys: EdgeKeys, text: string, sign: SignRelease): Promise<string> {
  const dot = text.lastIndexOf('.');
  if (dot < 1) return '';
  const secret = await readKey(keys, secretKey);
  const release = text.slice(0, dot);
  // Signatures of the two signatures are compared: the time that takes tells nothing.
  const wanted = sign(secret, sign(secret, release));
  return secret !== '' && wanted === sign(secret, text.slice(dot + 1)) ? release : '';
}

export async function selectRelease(keys: EdgeKeys, request: EdgeRequest, sign: SignRelease): Promise<Selection> {
  const host = request.headers.host;
  const preview = host === undefined ? '' : previewOf(host.value);
  if (preview !== '') {
    const found = await readLive(keys, previewKeyPrefix + preview);
    return { release: found, isPreview: true, isUnknown: found === null };
  }
  const live = await readLive(keys, liveKey);
  const cookie = request.cookies[selectionName];
  if (cookie !== undefined && live !== null) {
    const id = await readSelection(keys, cookie.value, sign);
    if (id !== '' && id !== live.i) {
      // A release that retention let go of is followed by the live one.
      const found = await readLive(keys, releaseKeyPrefix + id);
      if (found !== null)
        return {
          release: live.m === undefined || isPreviewRelease(found) ? found : live,
          isPreview: isPreviewRelease(found),
          isUnknown: false,
        };
    }
  }
  return { release: live, isPreview: false, isUnknown: false };
}

function isPreviewRelease(release: LiveRelease): boolean {
  return release.v === 1;
}
