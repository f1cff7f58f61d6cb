/* Runs in CloudFront Functions too: see negotiate.ts for what the runtime allows. */

/**
 * Percent-decodes a path as a viewer sent it; '' for what could name something else than it seems to: broken escapes,
 * an encoded slash, control characters, and `.` or `..` as a segment.
 */
export function decodeUri(uri: string): string {
  if (!uri.startsWith('/') || /%2f|%00/i.test(uri)) return '';
  let path: string;
  try {
    path = decodeURIComponent(uri);
  } catch (_error) {
    return '';
  }
  return /[\x00-\x1f\x7f]|\/\.\.?(\/|$)/.test(path) ? '' : path;
}

/** One spelling for every address: redirects are compared and made in it. Nothing in it leaves the host or the line. */
export function encodePath(path: string): string {
  return encodeURI(path).replace(/\?/g, '%3F').replace(/#/g, '%23');
}

/** A target on this host begins with one slash: two, or a backslash, would name another host. */
export function keepOnHost(target: string): string {
  return target.startsWith('/') ? target.replace(/^[/\\]+/, '/') : target;
}
