/** Something worth telling about a site that does not stop a publish. */

export type Severity = 'error' | 'warning' | 'note';

export interface Problem {
  /** Stable machine name, for example `dangling-reference`. */
  readonly code: string;
  readonly severity: Severity;
  /** One sentence: what is wrong. */
  readonly message: string;
  /** Logical path of the file the problem is in. */
  readonly file?: string;
  /** 1-based line and column (columns count bytes). */
  readonly line?: number;
  readonly column?: number;
  /** What to do. */
  readonly hint?: string;
}
