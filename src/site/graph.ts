/** The asset graph: which file refers to which, and how. (Types; `buildGraph()` is in buildGraph.ts.) */
import type { Problem } from '../problems.js';
import type { Found, Reference } from './references/reference.js';
import type { LogicalPath, Site, SiteFile } from './site.js';

/** Where a reference leads. */
export type Destination =
  | { readonly type: 'file'; readonly path: LogicalPath }
  /** Another site, another scheme, a bare fragment, a template leftover: never touched. */
  | { readonly type: 'external' }
  /** This site, but no such file; `miscased` names a file that differs only in case or Unicode form. */
  | { readonly type: 'missing'; readonly path: string; readonly miscased?: LogicalPath };

export interface Edge {
  readonly reference: Reference;
  readonly destination: Destination;
}

/** A file with what was found in it. */
export interface Asset extends SiteFile {
  readonly found: Found;
  readonly edges: readonly Edge[];
}

export interface AssetGraph {
  readonly site: Site;
  /** In bytewise order of path. */
  readonly assets: ReadonlyMap<LogicalPath, Asset>;
  readonly problems: readonly Problem[];
}
