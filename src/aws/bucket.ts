/** One bucket (or a folder in it) as every S3 request sees it. */
import type { ObjectKey } from '../build/build.js';
import type { Aws, S3Access } from './clients.js';
import { toPublishError } from './errors.js';

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
  access(): Promise<S3Access>;
  /** Runs a request; what it throws becomes an error that names the permission and the object. */
  run<T>(action: string, key: string, request: (access: S3Access) => Promise<T>): Promise<T>;
}

export function openBucket(settings: BucketSettings): Bucket {
  const { aws, bucket } = settings;
  const prefix = settings.prefix === undefined || settings.prefix === '' ? '' : `${settings.prefix}/`;
  const access = (): Promise<S3Access> => aws.s3(settings.region);
  return {
    bucket,
    prefix,
    name: `s3://${bucket}${prefix === '' ? '' : `/${prefix.slice(0, -1)}`}`,
    send: aws.signal === undefined ? {} : { abortSignal: aws.signal },
    paced: (work) => aws.pace(bucket).run(work),
    fullKey: (key) => prefix + key,
    access,
    async run(action, key, request) {
      let endpoint: string | undefined;
      try {
        const opened = await access();
        endpoint = opened.endpoint;
        return await request(opened);
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
