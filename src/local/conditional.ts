/** Conditional requests, in the order of RFC 9110 13.2.2. */
import type { IncomingHttpHeaders } from 'node:http';

export interface Validators {
  readonly etag: string;
  /** Whole seconds since 1970. */
  readonly modified?: number | undefined;
}

/** `send`: answer normally; `whole`: normally, but the Range header does not count. */
export type Verdict = 'send' | 'whole' | 'not-modified' | 'failed';

/** Decides what the conditions in a GET or HEAD request lead to. */
export function evaluateConditions(headers: IncomingHttpHeaders, { etag, modified }: Validators): Verdict {
  const unmodifiedSince = readDate(headers['if-unmodified-since']);
  if (headers['if-match'] !== undefined) {
    if (!matches(headers['if-match'], (other) => isStrong(etag) && other === etag)) return 'failed';
  } else if (unmodifiedSince !== undefined && modified !== undefined && modified > unmodifiedSince) return 'failed';

  const modifiedSince = readDate(headers['if-modified-since']);
  if (headers['if-none-match'] !== undefined) {
    if (matches(headers['if-none-match'], (other) => weaken(other) === weaken(etag))) return 'not-modified';
  } else if (modifiedSince !== undefined && modified !== undefined && modified <= modifiedSince) return 'not-modified';

  const ifRange = typeof headers['if-range'] === 'string' ? headers['if-range'].trim() : undefined;
  if (ifRange === undefined) return 'send';
  if (ifRange.startsWith('"')) return isStrong(etag) && ifRange === etag ? 'send' : 'whole';
  // Weak tags never match here; a date does only if it is exactly that of the object (RFC 9110 13.1.5).
  return modified !== undefined && readDate(ifRange) === modified ? 'send' : 'whole';
}

function matches(list: string, isSame: (etag: string) => boolean): boolean {
  if (list.trim() === '*') return true;
  return (list.match(/(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g) ?? []).some(isSame);
}

function isStrong(etag: string): boolean {
  return etag.startsWith('"');
}

function weaken(etag: string): string {
  return etag.replace(/^W\//, '');
}

/** Seconds since 1970; undefined for what is no HTTP date (then the header does not count). */
function readDate(text: string | undefined): number | undefined {
  if (text === undefined || !/^[A-Z][a-z]{2,8},? /.test(text)) return undefined;
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}
