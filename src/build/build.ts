/** What will be served: every object of a release, with its headers and how to get its bytes. */
import type { Problem } from '../problems.js';
import type { CleanUrls } from '../edge/event.js';
import type { HeaderRule, RedirectRule } from '../site/rules/rules.js';
import type { Digest, LogicalPath } from '../site/site.js';
import type { Served } from './served.js';

declare const brand: unique symbol;

/** Name of an object in a store: raw (not percent-encoded), no leading slash. Made only by `objectKey()`. */
export type ObjectKey = string & { readonly [brand]: 'ObjectKey' };

export const originNames = ['images', 'resources', 'pages'] as const;
/** The two asset origins and the pages. */
export type OriginName = (typeof originNames)[number];

/** The complete set of headers an object is stored with; what is absent is not sent. */
export interface ObjectHeaders {
  readonly contentType: string;
  readonly cacheControl: string;
  readonly contentEncoding?: string;
  readonly contentDisposition?: string;
  readonly contentLanguage?: string;
  /** Comma-separated names under which CloudFront finds what it has cached of it; in S3 `x-amz-meta-cache-tag`. */
  readonly cacheTags?: string;
}

/**
 * Where an object stands in the order of going live:
 * `asset` fingerprinted, seen by nobody before the pages; `original` an asset at its own path;
 * `page` documents; `last` what describes the site to machines (service worker, manifest, sitemap).
 */
export type Stage = 'asset' | 'original' | 'page' | 'last';

export type Encoding = 'identity' | 'gzip' | 'br';

/** One object to be served from one origin. */
export interface BuiltObject {
  readonly origin: OriginName;
  readonly key: ObjectKey;
  readonly stage: Stage;
  /** The site file it comes from. */
  readonly path: LogicalPath;
  /** SHA-256 of the content as served, before compression. */
  readonly digest: Digest;
  /** Bytes as stored (after compression). */
  readonly size: number;
  /** Codec, level and recipe version of the encoding (`gzip-9-1`); `identity` for none. Never a hash of compressed bytes. */
  readonly recipe: string;
  readonly headers: ObjectHeaders;
  /** A name that never stands for two contents: never overwritten, never invalidated. */
  readonly immutable: boolean;
}

/** How the pages are served by the edge: part of a release as much as its objects. */
export interface EdgeRules {
  /** `atomic`: in a folder of the release, switched to by one write. */
  readonly mode: 'in-place' | 'atomic';
  readonly urls: CleanUrls;
  /** Mode `atomic`: path of the page shown where there is none; null for no page, absent for `404.html`. */
  readonly missingPage?: string | null | undefined;
  /** Web servers of one's own that are told these rules; absent where functions of ours follow them. */
  readonly servers?: readonly string[] | undefined;
  readonly redirects: readonly RedirectRule[];
  readonly headers: readonly HeaderRule[];
}

/** A finished build. Bodies are made again on demand, never all held. */
export interface Build {
  /** In order of origin, then bytewise by key. */
  readonly objects: readonly BuiltObject[];
  /** Digest over every object's origin, key, digest, recipe and headers: the same for the same site on every machine. */
  readonly root: Digest;
  /** Public address of each origin, without a trailing slash. */
  readonly urls: Readonly<Record<OriginName, string>>;
  readonly problems: readonly Problem[];
  /** Bytes of the site as found, and as stored. */
  readonly bytes: { readonly source: number; readonly stored: number };
  /** What the edge is to be told; undefined where no function of ours stands before the pages. */
  readonly rules?: EdgeRules | undefined;
  /** Folder from which it is served already (`ServedBy`); absent for a build that is yet to get one. */
  readonly servedFrom?: string | undefined;
  /** True when the stores already hold the body of an object with a stable name, staged by an earlier release. */
  isStaged(object: BuiltObject): boolean;
  /** The body of an object, as it is to be stored. */
  open(object: BuiltObject): Promise<Body>;
}

/** A build that was made from a site, with the decisions behind it. */
export interface SiteBuild extends Build {
  /** Why a file is where it is, for `--explain`. */
  readonly routes: ReadonlyMap<LogicalPath, Route>;
  /** Public address of a moved asset; undefined for files that stay. */
  addressOf(path: LogicalPath): string | undefined;
  /** A file's content as served, with the edits that were made to it. */
  served(path: LogicalPath): Served | undefined;
}

/** A body: bytes in memory, or a file on disk to be streamed. */
export type Body =
  /** `digest` is that of the bytes, where whoever read them made sure of it. */
  | { readonly bytes: Buffer; readonly digest?: Digest }
  /** `digest` is what the file held when it was read first: a store refuses a file that has changed since. */
  | { readonly file: string; readonly size: number; readonly digest?: Digest };

/** The decision where a file goes, with the rule that made it. */
export interface Route {
  readonly origin: OriginName;
  /**
   * `fingerprint` a name with its digest, immutable; `kept` its own name, which already holds a bundler's hash, immutable;
   * `stable` its own name, may change, revalidated.
   */
  readonly naming: 'fingerprint' | 'kept' | 'stable';
  readonly cacheControl?: string;
  /** One sentence that names the rule, or the reference with its file, that decided; `locateReasons()` adds the line. */
  readonly reason: string;
  /** The reference that decided. */
  readonly at?: { readonly path: LogicalPath; readonly offset: number };
}
