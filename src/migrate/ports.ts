/** What a bulk migration needs of the bucket it takes objects from, and of the one it brings them to. */
import type { ObjectHeaders, ObjectKey } from '../build/build.js';
import type { ObjectIdentity } from '../release/ports.js';

/** As a listing tells it. */
export interface SourceObject {
  readonly key: ObjectKey;
  readonly size: number;
  readonly etag: string;
}

/** An object with everything that a copy would lose unless it is said again. */
export interface HeldObject extends SourceObject {
  readonly headers: ObjectHeaders;
  readonly extras: Extras;
}

/** "REPLACE: all original metadata is overwritten by the metadata you specify" (API Reference, CopyObject). */
export interface Extras {
  /** User metadata of whoever stored it. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly storageClass?: string;
  readonly websiteRedirect?: string;
}

export interface BulkReader {
  /** `s3://bucket/prefix`. */
  readonly name: string;
  /**
   * In bytewise order, in bounded memory; keys are relative to the prefix.
   * @param after only what comes behind this key; '' for all.
   */
  list(after: string): AsyncIterable<SourceObject>;
  /** Null when there is no such object. */
  head(key: ObjectKey): Promise<HeldObject | null>;
  /** The whole body; null when there is no such object. */
  read(key: ObjectKey): Promise<Buffer | null>;
}

export interface BulkWriter extends Pick<BulkReader, 'name' | 'head' | 'read'> {
  /**
   * Inside the service, also between buckets; objects too large for one copy in parts.
   * @throws PublishError `site-changed` when the source is no longer the version that was looked at.
   */
  copy(from: HeldObject, headers: ObjectHeaders, source: BulkReader): Promise<void>;
  put(key: ObjectKey, bytes: Buffer, headers: ObjectHeaders, extras: Extras, identity: ObjectIdentity): Promise<void>;
}
