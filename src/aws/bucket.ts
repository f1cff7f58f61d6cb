/** One bucket (or a folder in it) as every S3 request sees it. */
import type { ObjectKey } from '../build/build.js';
import type { Aws, S3Access } from './clients.js';
import type { KnownConditions } from './conditions.js';
import { toPublishError } from './errors.js';
import type { S3Requests, S3Route } from './requests.js';

export interface BucketSettings {
  readonly bucket: string;
  /** Every key starts with this folder; no leading or trailing slash. */
  readonly prefix?: string | undefined;
  readonly region?: string | undefined;
  readonly aws: Aws;
}

export interface Bucket {
  readonly bucket: string;
  /** `s3://bucket/prefix`. */
  readonly name: string;
  /** '' or ends in a slash. */
  readonly prefix: string;
  /** Waits for its turn; see `pace.ts`. Around whole operations only, never inside another. */
  paced<T>(work: () => Promise<T>): Promise<T>;
  /** The last argument of every `send`. */
  readonly send: { readonly abortSignal?: AbortSignal };
  fullKey(key: ObjectKey): string;
  /** The SDK's client, loaded at its first use: for what `S3Requests` has not. */
  access(): Promise<S3Access>;
  requests(): Promise<S3Requests>;
  /** Host of a custom endpoint; undefined for AWS itself. */
  endpoint(): Promise<string | undefined>;
  /** What is known of the server's conditional writes; one for all buckets of a server. */
  conditions(): Promise<KnownConditions>;
  /** Runs a request; what it throws becomes an error that names the permission and the object. */
  run<T>(action: string, key: string, request: (requests: S3Requests) => Promise<T>): Promise<T>;
}

export function openBucket(settings: BucketSettings): Bucket {
  const { aws, bucket } = settings;
  const prefix = settings.prefix === undefined || settings.prefix === '' ? '' : `${settings.prefix}/`;
  const route = (): Promise<S3Route> => aws.route(bucket, settings.region);
  return {
    bucket,
    prefix,
    name: `s3://${bucket}${prefix === '' ? '' : `/${prefix.slice(0, -1)}`}`,
    send: aws.signal === undefined ? {} : { abortSignal: aws.signal },
    paced: (work) => aws.pace(bucket).run(work),
    fullKey: (key) => prefix + key,
    access: () => aws.s3(settings.region),
    requests: async () => (await route()).requests,
    endpoint: async () => (await route()).endpoint,
    conditions: async () => aws.conditions((await route()).endpoint),
    async run(action, key, request) {
      let endpoint: string | undefined;
      try {
        const opened = await route();
        endpoint = opened.endpoint;
        return await request(opened.requests);
      } catch (error) {
        throw toPublishError(error, {
          action,
          resource: `s3://${bucket}/${prefix}${key}`,
          endpoint,
          profile: aws.profile,
        });
      }
    },
  };
}
