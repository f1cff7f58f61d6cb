/**
 * The requests of which a publish sends thousands, and the few that it always sends, apart from how they are sent: by
 * the SDK (`sdkRequests.ts`), or by a client of our own that costs a seventh of it (`lean/`). Both throw errors in the
 * SDK's shape, so that one table (`errors.ts`) reads them, and both try again by the same rules (`retry.ts`).
 */
import type { HeaderInput } from './headers.js';

/** What an answer says of an object, in the SDK's names. */
export interface ObjectFields {
  readonly ETag?: string | undefined;
  readonly ContentLength?: number | undefined;
  readonly ContentType?: string | undefined;
  readonly CacheControl?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ContentDisposition?: string | undefined;
  readonly ContentLanguage?: string | undefined;
  readonly LastModified?: Date | undefined;
  readonly StorageClass?: string | undefined;
  readonly WebsiteRedirectLocation?: string | undefined;
  readonly Metadata?: Record<string, string> | undefined;
}

/** The condition as it is sent. */
export interface ConditionInput {
  readonly IfNoneMatch?: string;
  readonly IfMatch?: string;
}

export interface PutInput {
  readonly bucket: string;
  readonly key: string;
  readonly bytes: Buffer;
  /** SHA-256 of the bytes in hex, where it is known. */
  readonly digest?: string | undefined;
  readonly headers: HeaderInput;
  readonly condition: ConditionInput;
}

export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

/** An upload in parts that was begun. */
export interface PartialUpload extends ObjectAddress {
  readonly id: string;
}

/** A part that is stored, as its upload is told at the end. */
export interface Part {
  /** From 1. */
  readonly number: number;
  readonly etag: string;
  /** SHA-256 in hex. */
  readonly digest: string;
}

export interface PartInput {
  readonly upload: PartialUpload;
  readonly number: number;
  readonly bytes: Buffer;
  /** SHA-256 of the bytes in hex. */
  readonly digest: string;
}

/** One page of a listing. */
export interface ListedPage {
  /** Keys as they are, not encoded. */
  readonly entries: readonly { readonly key: string; readonly size: number; readonly etag: string | undefined }[];
  /** Where the next page begins; undefined after the last one. */
  readonly next: string | undefined;
}

export interface S3Requests {
  head(bucket: string, key: string): Promise<ObjectFields>;
  get(bucket: string, key: string): Promise<{ readonly fields: ObjectFields; readonly bytes: Buffer }>;
  /** The whole body in one request, with its SHA-256. @returns the ETag, where the server tells it. */
  put(input: PutInput): Promise<string | undefined>;
  /**
   * @param source bucket and key, percent-encoded.
   * @param ifMatch ETag that the source must have.
   */
  copy(
    bucket: string,
    source: string,
    key: string,
    headers: HeaderInput,
    ifMatch?: string,
  ): Promise<string | undefined>;
  delete(bucket: string, key: string): Promise<void>;
  /** @returns its id. */
  beginUpload(input: ObjectAddress & { readonly headers: HeaderInput }): Promise<string>;
  putPart(input: PartInput): Promise<Part>;
  /** @returns the ETag, where the server tells it. */
  completeUpload(input: {
    readonly upload: PartialUpload;
    readonly parts: readonly Part[];
    readonly condition: ConditionInput;
  }): Promise<string | undefined>;
  /** Its parts are let go of. */
  abandonUpload(upload: PartialUpload): Promise<void>;
  list(bucket: string, prefix: string, token: string | undefined): Promise<ListedPage>;
}

/** The way to a store. */
export interface S3Route {
  readonly requests: S3Requests;
  /** Host of a custom endpoint, without credentials; undefined for AWS itself. */
  readonly endpoint: string | undefined;
}
