/** Rules that a site brings along for its host, in the files `_redirects` and `_headers` at its root (types). */

export interface RedirectRule {
  /** Percent-encoded path; segments may be `:name`, the last one `*`; then `?name=:value` where the query counts. */
  readonly from: string;
  /** Percent-encoded path or address, with `:name` and `:splat`. */
  readonly to: string;
  /** 200 serves another page of the site at this address. */
  readonly status: 200 | 301 | 302 | 303 | 307 | 308;
  /** Applies even where the site has something at the address. */
  readonly forced: boolean;
}

export interface HeaderRule {
  /** Percent-encoded path; may hold `:name` segments and one `*`. */
  readonly pattern: string;
  readonly set: readonly { readonly name: string; readonly value: string }[];
  /** Names, lowercase, that earlier rules are not to set here. */
  readonly unset: readonly string[];
}

/** With the line of its file where it begins. */
export type Located<T> = T & { readonly line: number };

export interface SiteRules {
  readonly redirects: readonly RedirectRule[];
  readonly headers: readonly HeaderRule[];
}

/** One thing that is wrong with a rule. */
export interface Mistake {
  readonly line: number;
  readonly message: string;
  readonly hint?: string;
}

/** The files that are rules and no part of what is served. */
export const ruleFiles: ReadonlySet<string> = new Set(['_redirects', '_headers']);

/** One spelling for every path: `/ü` and `/%c3%bc` are one. Undefined for broken escapes. */
export function encodePattern(path: string): string | undefined {
  try {
    return encodeURI(decodeURIComponent(path)).replaceAll('?', '%3F').replaceAll('#', '%23');
  } catch {
    return undefined;
  }
}
