/** What the user has: the files of a finished web site, before anything is decided about them. */
import type { Problem } from '../problems.js';
import type { SiteRules } from './rules/rules.js';

declare const brand: unique symbol;

/**
 * Path of a file inside the site: segments joined by `/`, no leading slash, exactly the names on disk
 * (never percent-encoded, never normalised). Made only by `logicalPath()`.
 */
export type LogicalPath = string & { readonly [brand]: 'LogicalPath' };

/** SHA-256 as 64 lowercase hex digits. Made only by `digestOf()` and by the record reader. */
export type Digest = string & { readonly [brand]: 'Digest' };

/** A media type without parameters, lowercase: `text/css`. */
export type MediaType = string;

/** One file, or one element of an in-memory site. */
export interface SiteFile {
  readonly path: LogicalPath;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the content. */
  readonly digest: Digest;
  /** By extension; sniffed from the bytes only where a name has no extension. */
  readonly mediaType: MediaType;
  /** Set on text whose bytes are valid UTF-8 and that does not declare another encoding itself. */
  readonly charset?: 'utf-8';
}

/** The scanned folder. Contents are read again when they are needed, never kept. */
export interface Site {
  /** The folder as the user named it; for messages only. */
  readonly root: string;
  /** In bytewise order of path. */
  readonly files: ReadonlyMap<LogicalPath, SiteFile>;
  /** Notes from scanning: skipped dotfiles, names that differ only in case or normalisation. */
  readonly problems: readonly Problem[];
  /** From `_redirects` and `_headers`, which are no files of the site. */
  readonly rules?: SiteRules;
  /**
   * The content of a file.
   * @throws PublishError `site-changed` when its size or digest is no longer what the scan saw.
   */
  read(file: SiteFile): Promise<Buffer>;
  /** Where a file lies on disk, for streaming; undefined for in-memory sites. */
  locate(file: SiteFile): string | undefined;
}
