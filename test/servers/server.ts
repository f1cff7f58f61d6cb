import { inject } from 'vitest';
import { openAws, openS3Store, type Aws } from '../../src/aws/index.js';
import type { ObjectStore } from '../../src/release/ports.js';
import { rgwCredentials } from './servers.js';

export interface Server {
  readonly url: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export function rgw(): Server {
  return { url: inject('servers').rgw, credentials: rgwCredentials };
}

/** Undefined when it was left out on demand. */
export function moto(): Server | undefined {
  const url = inject('servers').moto;
  return url === '' ? undefined : { url, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
}

/** Gives the SDK's standard chain the server's credentials, and keeps it from anybody else's. */
export function useCredentials(server: Server): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: server.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  });
}

let buckets = 0;

/** Makes a bucket of a new name. */
export async function createBucket(aws: Aws): Promise<string> {
  const bucket = `twinorigin-${process.pid}-${Date.now().toString(36)}-${++buckets}`;
  const { client, sdk } = await aws.s3();
  await client.send(new sdk.CreateBucketCommand({ Bucket: bucket }));
  return bucket;
}

/** A store in a new bucket of the server. */
export async function openServerStore(
  server: Server,
): Promise<{ aws: Aws; bucket: string; store: Required<ObjectStore>; close(): Promise<void> }> {
  useCredentials(server);
  const aws = openAws({ endpointUrl: server.url });
  const bucket = await createBucket(aws);
  const store = openS3Store({ bucket, aws });
  return {
    aws,
    bucket,
    store,
    close() {
      aws.close();
      return Promise.resolve();
    },
  };
}
