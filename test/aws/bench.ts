import { afterEach } from 'vitest';
import { objectKey } from '../../src/build/keys.js';
import { openAws, openS3Store, type Aws, type AwsSettings } from '../../src/aws/index.js';
import type { ObjectStore, PutRequest } from '../../src/release/ports.js';
import { startFakeS3, type FakeS3, type FakeS3Settings } from '../fakes/fakeS3.js';
import { startFaultProxy, type FaultProxy, type Rule } from '../fakes/faultProxy.js';

export const headers = { contentType: 'text/plain', cacheControl: 'max-age=60' };

export interface Bench {
  readonly fake: FakeS3;
  readonly proxy: FaultProxy;
  readonly aws: Aws;
  readonly store: Required<ObjectStore>;
}

const open: { close(): unknown }[] = [];

/** A store whose requests go through a fault proxy to a fake S3; closed after the test. */
export async function openBench(
  settings: FakeS3Settings & {
    readonly rules?: readonly Rule[];
    readonly seed?: number;
    readonly aws?: AwsSettings;
  } = {},
): Promise<Bench> {
  const fake = await startFakeS3(settings);
  const proxy = await startFaultProxy(fake.url, settings.rules, settings.seed);
  const aws = openAws({ endpointUrl: proxy.url, ...settings.aws });
  open.push(aws, proxy, fake);
  return { fake, proxy, aws, store: openS3Store({ bucket: 'bucket', aws }) };
}

afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close();
});

/** A put of text under plain headers. */
export function putOf(key: string, text: string, more: Partial<PutRequest> = {}): PutRequest {
  return { key: objectKey(key), body: { bytes: Buffer.from(text) }, headers, ...more };
}

/** What a promise is rejected with. */
export async function errorOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it did not fail');
}
