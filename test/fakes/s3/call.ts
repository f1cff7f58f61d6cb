/** One request to the fake S3, as hooks and the log see it. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Deviations, FakeBucket } from './state.js';

export interface Call {
  /** The name that the API gives it: `PutObject`. */
  readonly operation: string;
  readonly bucket: string;
  /** Decoded; '' for requests to a bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The server, for its settings. */
  readonly fake: FakeState;
}

export interface FakeState {
  readonly deviations: Deviations;
  /** Keys that refuse to be deleted, with the error code. */
  readonly undeletable: Map<string, string>;
  /** Bytes that one copy may have, instead of 5 GB. */
  copyLimit?: number;
  now(): Date;
  /** @throws S3Error NoSuchBucket */
  bucket(name: string): FakeBucket;
}
