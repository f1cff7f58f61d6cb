/** What a request asks for, read strictly: whatever could name something else than it seems to is refused. */

export interface Target {
  /** Decoded path with its leading slash: `/docs/` or `/a b.png`. */
  readonly path: string;
  /** With its question mark; '' when there is none. */
  readonly query: string;
  /** Of a target in absolute form, which counts instead of the Host header (RFC 9112 3.2.2). */
  readonly authority?: string;
}

export interface Refusal {
  readonly status: 400 | 414;
  readonly reason: string;
}

/** CloudFront's limit of a URL, in bytes (AWS, "Quotas: general quotas on distributions"). */
const longestTarget = 8192;

/** Reads a request target as Node gives it: one character per byte. */
export function readTarget(raw: string): Target | Refusal {
  if (raw.length > longestTarget) return { status: 414, reason: 'the address is too long' };
  const absolute = /^https?:\/\/([^/?#]*)(.*)$/is.exec(raw);
  const local = absolute ? absolute[2]! : raw;
  const mark = local.indexOf('?');
  const encoded = mark === -1 ? local : local.slice(0, mark);
  const path = decodePath(absolute && encoded === '' ? '/' : encoded);
  if (path === undefined) return { status: 400, reason: 'the address is malformed' };
  return {
    path,
    query: mark === -1 ? '' : local.slice(mark),
    ...(absolute ? { authority: absolute[1]! } : {}),
  };
}

/**
 * Percent-decodes a path once. Undefined for: no leading slash, a fragment, broken or overlong escapes, what is no UTF-8,
 * control characters, an encoded slash, and `.` or `..` as a segment, encoded or not.
 */
export function decodePath(encoded: string): string | undefined {
  if (!encoded.startsWith('/') || /[#\\]/.test(encoded) || /%(?![0-9a-f]{2})/i.test(encoded)) return undefined;
  if (/%2f/i.test(encoded)) return undefined;
  const bytes = Buffer.from(
    encoded.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  );
  let path: string;
  try {
    // `fatal` refuses overlong forms and surrogates; a byte order mark is part of the name.
    path = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
  if (/[\0-\x1f\x7f]/.test(path)) return undefined;
  return path.split('/').some((segment) => segment === '.' || segment === '..') ? undefined : path;
}
