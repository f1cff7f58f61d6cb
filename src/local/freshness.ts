/** How long the edge may answer from its memory. */

/** CloudFront's default TTL, for objects without a lifetime (AWS, "Manage how long content stays in the cache"). */
const defaultSeconds = 24 * 60 * 60;

/**
 * Seconds an object stays fresh by its Cache-Control: `s-maxage` before `max-age`; 0 means ask the store every time;
 * undefined means do not keep it at all.
 */
export function freshSeconds(cacheControl: string): number | undefined {
  const directives = new Map<string, string>();
  for (const part of cacheControl.toLowerCase().split(',')) {
    const [name = '', value = ''] = part.trim().split('=');
    if (!directives.has(name)) directives.set(name, value.replaceAll('"', ''));
  }
  if (directives.has('no-store') || directives.has('private')) return undefined;
  if (directives.has('no-cache')) return 0;
  const lifetime = directives.get('s-maxage') ?? directives.get('max-age');
  if (lifetime === undefined) return defaultSeconds;
  // RFC 9111 4.2.1: a lifetime that is not a number counts as stale.
  return /^\d+$/.test(lifetime) ? Math.min(Number(lifetime), 2 ** 31) : 0;
}
