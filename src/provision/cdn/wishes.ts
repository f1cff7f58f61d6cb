/** What the CDN of a site should be, in the words of nobody's API. `src/aws/cdn` turns each wish into requests. */
import type { OriginName } from '../../build/build.js';

/** `twinorigin: <name>` marks what is ours; with the tags of the configuration. */
export type Tags = Readonly<Record<string, string>>;

/** Private, encrypted, no access lists; unfinished uploads are dropped after a week. */
export interface BucketWish {
  readonly bucket: string;
  readonly region: string | undefined;
  readonly tags: Tags;
  /** Any origin may read: S3 then says so on every answer to CloudFront, which always asks with an `Origin`. */
  readonly openToAnyOrigin: boolean;
}

/** How CloudFront signs its requests to the buckets. */
export interface AccessControlWish {
  readonly name: string;
  readonly description: string;
}

/** The cache key is the address alone: the edge function has put the encoding and the release into it. */
export interface CachePolicyWish {
  readonly name: string;
  readonly comment: string;
  /** Let CloudFront compress, and keep what it compressed apart: only where the stores hold plain files. */
  readonly compresses: boolean;
}

export interface HeadersPolicyWish {
  readonly name: string;
  readonly comment: string;
  /** `Access-Control-Allow-Origin: *` and preflights, whatever the origin says. */
  readonly cors: boolean;
  readonly security: SecurityHeaders;
  readonly custom: readonly { readonly name: string; readonly value: string }[];
}

export interface SecurityHeaders {
  readonly hsts: { readonly seconds: number; readonly includeSubdomains: boolean; readonly preload: boolean } | null;
  readonly noSniff: boolean;
  readonly frameOptions: 'DENY' | 'SAMEORIGIN' | null;
  readonly referrerPolicy: string | null;
}

export interface KeyValueStoreWish {
  readonly name: string;
  readonly comment: string;
}

export interface FunctionWish {
  readonly name: string;
  readonly comment: string;
  readonly event: EdgeEvent;
  readonly code: string;
  /** ARN of its store; null where it reads none. */
  readonly keyValueStore: string | null;
}

export type EdgeEvent = 'viewer-request' | 'viewer-response';

export interface CertificateWish {
  /** Every host name it must cover; the first is its own. */
  readonly hosts: readonly string[];
  /** A certificate the user has named. */
  readonly arn: string | undefined;
  /** Makes the request idempotent for an hour. */
  readonly token: string;
  readonly tags: Tags;
}

export interface DistributionWish {
  readonly origin: OriginName;
  /** Of the configuration; else it is found by the bucket in front of which it stands. */
  readonly id: string | undefined;
  /** Makes the request to create it idempotent. */
  readonly reference: string;
  readonly comment: string;
  readonly bucketDomain: string;
  /** `/folder`, or ''. */
  readonly originPath: string;
  /** Sent to the bucket with every request, so that it always answers with CORS headers; null without. */
  readonly originHeader: string | null;
  readonly accessControl: string;
  readonly cachePolicy: string;
  readonly headersPolicy: string;
  readonly functions: readonly { readonly event: EdgeEvent; readonly arn: string }[];
  readonly compresses: boolean;
  /** Preflights are passed on. */
  readonly answersOptions: boolean;
  readonly aliases: readonly string[];
  /** ARN; null for CloudFront's own certificate. */
  readonly certificate: string | null;
  readonly minimumTls: string;
  /** Undefined: as it is, and all edges for a new one. */
  readonly priceClass: string | undefined;
  /** Answers 403 (no such object, as a private bucket says it) and 404: a page with the status 404, or the plain error. */
  readonly notFoundPage: string | null;
  /** Response header that holds cache tags; null without. */
  readonly cacheTagHeader: string | null;
  readonly tags: Tags;
}

export interface BucketPolicyWish {
  readonly bucket: string;
  readonly region: string | undefined;
  readonly readers: readonly BucketReader[];
}

/** A distribution that may read a bucket, or a folder of it. */
export interface BucketReader {
  readonly origin: OriginName;
  /** '' or ends in a slash. */
  readonly prefix: string;
  readonly distributionArn: string;
}

/** A name that should lead to a distribution, where its zone is in Route 53. */
export interface AddressWish {
  readonly host: string;
  /** `d111111abcdef8.cloudfront.net`. */
  readonly target: string;
}
