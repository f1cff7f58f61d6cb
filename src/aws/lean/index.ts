/** The lean way to a store, where it can go. */
import type { Aws } from '../clients.js';
import { openLeanClient } from './client.js';
import type { Credentials } from './signature.js';
import { openLeanRequests } from './requests.js';
import type { Transport } from './transport.js';

interface Facts {
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly credentials: () => Promise<Credentials>;
  readonly attempts: number;
}

/** Undefined where the SDK has to send: it knows addresses that this does not. */
export function openLean({ region, endpoint, credentials, attempts }: Facts, transport: Transport, aws: Aws) {
  const url = endpoint === undefined ? undefined : URL.canParse(endpoint) ? new URL(endpoint) : null;
  if (url === null || (url !== undefined && (url.username !== '' || !/^https?:$/.test(url.protocol)))) return undefined;
  // The partitions whose hosts end in amazonaws.com (AWS General Reference, "Regional endpoints").
  if (url === undefined && !/^(us|eu|ap|sa|ca|me|af|il|mx|cn|us-gov)-[a-z]+-\d$/.test(region)) return undefined;
  const client = openLeanClient(
    { region, endpoint: url, credentials, attempts, pace: (bucket) => aws.pace(bucket), signal: aws.signal },
    transport,
  );
  return openLeanRequests(client);
}

/** Buckets that are addressed by their name alone: no ARN, no directory bucket, which takes sessions. */
export function isPlainBucket(bucket: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) && !bucket.endsWith('--x-s3');
}
