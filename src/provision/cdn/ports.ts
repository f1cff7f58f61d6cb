/** The port through which the CDN wing reaches an account: one shelf for every kind of thing. */
import type { Difference, Readiness } from '../resource.js';
import type {
  AccessControlWish,
  AddressWish,
  BucketPolicyWish,
  BucketWish,
  CachePolicyWish,
  CertificateWish,
  DistributionWish,
  FunctionWish,
  HeadersPolicyWish,
  KeyValueStoreWish,
} from './wishes.js';

/** Whatever lies on a shelf. */
export interface Live {
  /** As a person knows it. */
  readonly id: string;
  readonly arn?: string;
  readonly readiness?: Readiness;
}

/** The reading half. Wishes may hold ids that are not known yet: only `create` and `update` need them all. */
export interface ShelfReader<Wish, L extends Live = Live> {
  find(wish: Wish): Promise<L | null>;
  compare(live: L, wish: Wish): readonly Difference[];
}

export interface Shelf<Wish, L extends Live = Live> extends ShelfReader<Wish, L> {
  /** @throws AlreadyThere */
  create(wish: Wish): Promise<L>;
  /** @throws ChangedMeanwhile */
  update(live: L, wish: Wish): Promise<L>;
}

export interface LiveBucket extends Live {
  /** `name.s3.region.amazonaws.com`. */
  readonly domain: string;
}
export interface LiveDistribution extends Live {
  readonly arn: string;
  readonly domain: string;
}
export interface LiveNamed extends Live {
  readonly arn: string;
}

interface Shelves {
  buckets: [BucketWish, LiveBucket];
  accessControls: [AccessControlWish, Live];
  cachePolicies: [CachePolicyWish, Live];
  headersPolicies: [HeadersPolicyWish, Live];
  keyValueStores: [KeyValueStoreWish, LiveNamed];
  functions: [FunctionWish, LiveNamed];
  certificates: [CertificateWish, LiveNamed];
  distributions: [DistributionWish, LiveDistribution];
  bucketPolicies: [BucketPolicyWish, Live];
  addresses: [AddressWish, Live];
}

/** All that planning and status get. */
export type CdnAccountReader = { readonly [Kind in keyof Shelves]: ShelfReader<Shelves[Kind][0], Shelves[Kind][1]> };
export type CdnAccount = { readonly [Kind in keyof Shelves]: Shelf<Shelves[Kind][0], Shelves[Kind][1]> };
