/** What the report page shows: plain values, from which `renderReport` makes the page and nothing else. */
import type { OriginName } from '../../build/build.js';
import type { Problem } from '../../problems.js';
import type { Publisher } from '../../release/ports.js';
import type { Cost } from '../../release/release.js';

export interface ReportModel {
  /** What the report is about: a build, what a publish would do or did, or what is live now. */
  readonly kind: 'build' | 'plan' | 'publish' | 'live';
  /** ISO 8601. */
  readonly madeAt: string;
  /** Absent for builds. */
  readonly release?: { readonly id: string; readonly createdAt?: string; readonly publisher?: Publisher };
  readonly urls: Readonly<Record<OriginName, string>>;
  /** Every file of the site once, where visitors load it from. */
  readonly files: readonly ReportFile[];
  readonly stored: { readonly objects: number; readonly bytes: number };
  /** Absent where there is nothing to compare with. */
  readonly changes?: readonly ChangeGroup[];
  /** Longest first; absent where the files were too many to look into. */
  readonly chains?: readonly Chain[];
  /** Most wasted bytes first. */
  readonly duplicates: readonly Duplicate[];
  /** Most to be saved first; absent where the files were not looked into. */
  readonly images?: readonly LargeImage[];
  readonly caching: readonly Caching[];
  /** Absent where nothing is to be invalidated or paid. */
  readonly invalidations?: readonly { readonly origin: OriginName; readonly path: string; readonly reason: string }[];
  readonly cost?: Cost;
  /** Bytes to send. */
  readonly upload?: number;
  readonly problems: readonly Problem[];
}

/** One file with its bytes as written, and as a browser with every encoding loads it. */
export interface ReportFile {
  /** Path in the site; for what is live, the key. */
  readonly name: string;
  readonly origin: OriginName;
  /** Media type without parameters. */
  readonly type: string;
  readonly plain: number;
  readonly loaded: number;
  readonly digest: string;
  readonly url: string;
  readonly isPage: boolean;
}

export interface ChangeGroup {
  readonly kind: 'created' | 'updated' | 'headers' | 'deleted';
  readonly entries: readonly {
    readonly origin: OriginName;
    readonly key: string;
    readonly size?: number;
    readonly reason: string;
  }[];
}

/** Files that a browser can only ask for one after another. */
export interface Chain {
  /** The page first. */
  readonly steps: readonly { readonly name: string; readonly kind: string; readonly bytes: number }[];
  /** How many pages wait for the same files. */
  readonly pages: number;
}

export interface Duplicate {
  readonly names: readonly string[];
  /** Of one of them. */
  readonly bytes: number;
}

export interface LargeImage {
  readonly name: string;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  /** An estimate. */
  readonly saving: number;
  readonly advice: string;
}

export interface Caching {
  readonly cacheControl: string;
  readonly origins: readonly OriginName[];
  readonly count: number;
  readonly example: string;
}
