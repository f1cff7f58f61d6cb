import { afterEach, describe, expect, it, vi } from 'vitest';
import { openAws, openCloudFrontCdn, openS3Reader, openS3Store, type Aws } from '../../src/aws/index.js';
import { objectKey } from '../../src/build/keys.js';
import { headers, openBench, putOf } from './bench.js';
import { withCredentials } from './credentials.js';

const loaded = vi.hoisted((): string[] => []);
vi.mock('@aws-sdk/client-s3', async (original) => {
  loaded.push('client-s3');
  return original();
});
vi.mock('@aws-sdk/client-cloudfront', async (original) => {
  loaded.push('client-cloudfront');
  return original();
});

withCredentials();

const opened: Aws[] = [];
afterEach(() => {
  for (const aws of opened.splice(0)) aws.close();
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3']) Reflect.deleteProperty(process.env, name);
  process.env.AWS_REGION = 'us-east-1';
});

function open(...settings: Parameters<typeof openAws>): Aws {
  const aws = openAws(...settings);
  opened.push(aws);
  return aws;
}

it('loads nothing of the SDK for small objects when the environment tells where and as whom', async () => {
  const { aws, store } = await openBench();
  openS3Reader({ bucket: 'bucket', aws });
  openS3Store({ bucket: 'bucket', aws });
  openCloudFrontCdn({ distribution: 'E1', aws });
  await store.put(putOf('a', 'text'));
  await store.head(objectKey('a'));
  await store.copy({ from: objectKey('a'), to: objectKey('b'), headers });
  for await (const { key } of store.list('')) await store.delete([key]);
  expect(loaded).toEqual([]);
  await aws.s3();
  expect(loaded).toEqual(['client-s3']);
});

describe('on AWS itself', () => {
  it('bucket names go into the host name and the checksums stay as the SDK has them', async () => {
    const { client, endpoint } = await open().s3();
    expect(endpoint).toBeUndefined();
    expect(client.config.forcePathStyle).toBe(false);
    expect(await client.config.requestChecksumCalculation()).toBe('WHEN_SUPPORTED');
  });

  it('one client serves every bucket of a region', async () => {
    const aws = open();
    expect(await aws.s3()).toBe(await aws.s3());
    const other = await aws.s3('eu-west-1');
    expect(await other.client.config.region()).toBe('eu-west-1');
  });

  it('the region is that of the settings, else of the environment, else us-east-1', async () => {
    process.env.AWS_REGION = 'eu-north-1';
    expect(await (await open({ region: 'eu-west-2' }).s3()).client.config.region()).toBe('eu-west-2');
    expect(await (await open().s3()).client.config.region()).toBe('eu-north-1');
    Reflect.deleteProperty(process.env, 'AWS_REGION');
    expect(await (await open().s3()).client.config.region()).toBe('us-east-1');
    expect(await (await open().cloudfront()).client.config.region()).toBe('us-east-1');
  });
});

describe('with an endpoint of its own', () => {
  it.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3'])('%s is enough for path-style requests', async (name) => {
    const { fake } = await openBench();
    process.env[name] = fake.url;
    await openS3Store({ bucket: 'bucket', aws: open() }).put(putOf('a', 'text'));
    expect(fake.bucket('bucket').objects.has('a')).toBe(true);
  });

  it('no checksum is sent that other servers do not know', async () => {
    const { client, endpoint } = await open({ endpointUrl: 'http://user:secret@127.0.0.1:1/' }).s3();
    expect(endpoint).toBe('127.0.0.1:1');
    expect(await client.config.requestChecksumCalculation()).toBe('WHEN_REQUIRED');
    expect(await client.config.responseChecksumValidation()).toBe('WHEN_REQUIRED');
  });
});

it('keeps as many connections as requests are under way, and uses them again', async () => {
  const { fake } = await openBench();
  const store = openS3Store({ bucket: 'bucket', aws: open({ endpointUrl: fake.url }) });
  for (let round = 0; round < 5; round++) {
    await Promise.all(Array.from({ length: 16 }, (_, index) => store.put(putOf(`k${index}`, 'text'))));
  }
  expect(fake.connections).toBeLessThanOrEqual(16);
});
