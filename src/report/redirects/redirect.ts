/** An address that changed, and the formats in which servers want to be told. */
import { urlPath } from '../../build/keys.js';

export interface Redirect {
  /** Path as asked for: decoded, begins with `/`, without query. */
  readonly from: string;
  /** Query that is part of the old address, as it was written, without `?`; any query when absent. */
  readonly query?: string;
  /** Path or absolute address, percent-encoded: printable ASCII without spaces and quotes. */
  readonly to: string;
  readonly status: 301 | 302 | 307 | 308;
}

/**
 * Makes a redirect that is safe to write into any format.
 * @throws RangeError when an address has line breaks or other control characters.
 */
export function redirectOf(from: string, to: string, more: Partial<Redirect> = {}): Redirect {
  const { query, status = 301 } = more;
  if (!from.startsWith('/') || /[\0-\x1f\x7f]/.test(`${from}${query ?? ''}`))
    throw new RangeError(`not a path to redirect from: ${JSON.stringify(from)}`);
  return { from, to: encodeTarget(to), status, ...(query === undefined ? {} : { query: encodeQuery(query) }) };
}

/** The old path, percent-encoded. */
export function encodedFrom({ from }: Redirect): string {
  return `/${urlPath(from.slice(1))}`;
}

/** Redirects from a path with a query come first: the more special wins. */
export function sortRedirects(redirects: Iterable<Redirect>): readonly Redirect[] {
  const unique = new Map<string, Redirect>();
  for (const redirect of redirects) {
    const key = `${redirect.from}?${redirect.query ?? ''}`;
    // The first that is said of an address holds; one that leads to itself would never end.
    if (!unique.has(key) && redirect.to !== encodedFrom(redirect)) unique.set(key, redirect);
  }
  return [...unique.values()].sort(
    (a, b) => Number(a.query === undefined) - Number(b.query === undefined) || (a.from < b.from ? -1 : 1),
  );
}

/** Keeps what is encoded already. */
function encodeTarget(to: string): string {
  return to.replace(/[^\x21-\x7e]|["'<>\\^`{|}$]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

function encodeQuery(query: string): string {
  return encodeTarget(query);
}
