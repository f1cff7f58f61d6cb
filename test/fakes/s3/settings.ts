/** Settings of a bucket: each is a document under a name, written by the model of the SDK and given back as it was. */
import { createRequire } from 'node:module';
import type * as S3 from '@aws-sdk/client-s3';
import { readXmlInput, ServiceError } from '../account/codec.js';
import { listOperations, matchOperation } from '../account/model.js';
import type { Call } from './call.js';
import { S3Error, type Reply } from './reply.js';
import type { FakeBucket } from './state.js';

/** Required, not imported: tests watch what the program imports. */
const s3 = createRequire(import.meta.url)('@aws-sdk/client-s3') as typeof S3;

/** The answer where a setting was never made (API Reference, "Error responses"). */
const missing: Readonly<Record<string, string>> = {
  publicAccessBlock: 'NoSuchPublicAccessBlockConfiguration',
  ownershipControls: 'OwnershipControlsNotFoundError',
  encryption: 'ServerSideEncryptionConfigurationNotFoundError',
  lifecycle: 'NoSuchLifecycleConfiguration',
  cors: 'NoSuchCORSConfiguration',
  tagging: 'NoSuchTagSet',
  policy: 'NoSuchBucketPolicy',
};

const xml = (content: string) => `<?xml version="1.0"?>\n${content}`;

/** What every new bucket has since 2023 (User Guide, "Default settings for new buckets"). */
export const newBucketSettings: ReadonlyMap<string, string> = new Map([
  [
    'publicAccessBlock',
    xml(
      `<PublicAccessBlockConfiguration>${['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'].map((name) => `<${name}>true</${name}>`).join('')}</PublicAccessBlockConfiguration>`,
    ),
  ],
  [
    'ownershipControls',
    xml('<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>'),
  ],
  [
    'encryption',
    xml(
      '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>',
    ),
  ],
]);

export function subresourceOf({ query, key }: Pick<Call, 'query' | 'key'>): string | undefined {
  return key === '' ? Object.keys(missing).find((name) => query.has(name)) : undefined;
}

const operations = listOperations(s3);

/** `PutBucketPolicy`; undefined where the request is about something else. */
export function settingOperation(method: string, query: URLSearchParams): string | undefined {
  if (subresourceOf({ query, key: '' }) === undefined) return undefined;
  return matchOperation(operations, method, new URL(`http://fake/?${query}`))?.operation.name;
}

export function changeSetting(call: Call, bucket: FakeBucket, subresource: string): Reply {
  const match = operations.find(({ name }) => name === call.operation);
  if (match === undefined) throw new S3Error(405, 'MethodNotAllowed', call.operation);
  if (match.method === 'GET') {
    const document = bucket.settings.get(subresource);
    if (document === undefined) throw new S3Error(404, missing[subresource] ?? '', 'The configuration does not exist');
    return { status: 200, headers: { 'content-type': 'application/xml' }, body: document };
  }
  if (match.method === 'DELETE') {
    bucket.settings.delete(subresource);
    return { status: 204 };
  }
  const url = new URL(`http://fake/?${call.query}`);
  try {
    readXmlInput(match, { url, headers: call.headers, labels: { Bucket: call.bucket }, body: call.body }, s3);
  } catch (error) {
    if (error instanceof ServiceError) throw new S3Error(400, 'MalformedXML', error.message);
    throw error;
  }
  if (subresource === 'policy') checkPolicy(call.body.toString(), bucket);
  bucket.settings.set(subresource, call.body.toString());
  return { status: subresource === 'policy' ? 204 : 200 };
}

/** Resources must be in the bucket; names of statements are unique (User Guide, "Bucket policies"). */
function checkPolicy(text: string, bucket: FakeBucket): void {
  const { Statement } = JSON.parse(text) as { Statement: { Sid?: string; Resource: string | string[] }[] };
  const arn = `arn:aws:s3:::${bucket.name}`;
  const isInside = (resource: string) => resource === arn || resource.startsWith(`${arn}/`);
  if (!Statement.every(({ Resource }) => [Resource].flat().every(isInside)))
    throw new S3Error(400, 'MalformedPolicy', 'Policy has invalid resource');
  const names = Statement.flatMap(({ Sid }) => Sid ?? []);
  if (new Set(names).size !== names.length || names.some((name) => !/^[A-Za-z0-9]*$/.test(name)))
    throw new S3Error(400, 'MalformedPolicy', 'Statement IDs (SID) must be alpha-numeric and unique.');
}
