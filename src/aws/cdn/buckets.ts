/** Private buckets: no public access, no access lists, encrypted, and nothing expires but uploads that broke off. */
import type {
  CORSRule,
  LifecycleRule,
  PublicAccessBlockConfiguration,
  ServerSideEncryptionConfiguration,
} from '@aws-sdk/client-s3';
import { PublishError } from '../../errors.js';
import type { LiveBucket, Shelf, ShelfReader } from '../../provision/cdn/ports.js';
import type { BucketWish, Tags } from '../../provision/cdn/wishes.js';
import type { Difference } from '../../provision/resource.js';
import type { S3Access } from '../clients.js';
import { errorName, statusOf } from '../failure.js';
import { compareDocuments, foreign } from './facts.js';
import { orNull, type Services } from './services.js';

/** Everything of a bucket that is looked at, as one document. */
export interface BucketDocument {
  readonly access: PublicAccessBlockConfiguration;
  readonly ownership: string | undefined;
  readonly encryption: ServerSideEncryptionConfiguration | undefined;
  readonly lifecycle: readonly LifecycleRule[];
  readonly cors: readonly CORSRule[];
  readonly tags: Tags;
}

interface LiveDocument extends LiveBucket {
  readonly document: BucketDocument;
  readonly region: string;
}

const noPublicAccess: PublicAccessBlockConfiguration = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};
const managedKey: ServerSideEncryptionConfiguration = {
  Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
};
const dropUploads: LifecycleRule = {
  ID: 'twinorigin-unfinished-uploads',
  Status: 'Enabled',
  Filter: { Prefix: '' },
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
};
/**
 * In a bucket with versions, pruning leaves a delete marker on each key. One that has no version below it any more
 * marks nothing and goes; the versions themselves are left to the owner's own rules (S3 User Guide, "Removing expired
 * object delete markers").
 */
const dropMarkers: LifecycleRule = {
  ID: 'twinorigin-delete-markers',
  Status: 'Enabled',
  Filter: { Prefix: '' },
  Expiration: { ExpiredObjectDeleteMarker: true },
};
const ownRules = [dropUploads, dropMarkers];
const anyOrigin: CORSRule = {
  ID: 'twinorigin-any-origin',
  AllowedMethods: ['GET', 'HEAD'],
  AllowedOrigins: ['*'],
  AllowedHeaders: ['*'],
  MaxAgeSeconds: 86_400,
};

/** What is ours is set, the rest stays: other rules, other tags, a key of one's own. */
export function mergeBucket(wish: BucketWish, now: BucketDocument | null): BucketDocument {
  const others = <Rule extends { ID?: string | undefined }>(rules: readonly Rule[] = [], own: readonly Rule[]) =>
    rules.filter(({ ID }) => own.every((rule) => rule.ID !== ID));
  return {
    access: noPublicAccess,
    ownership: 'BucketOwnerEnforced',
    encryption: now?.encryption ?? managedKey,
    lifecycle: [...others(now?.lifecycle, ownRules), ...ownRules],
    cors: [...others(now?.cors, [anyOrigin]), ...(wish.openToAnyOrigin ? [anyOrigin] : [])],
    tags: { ...now?.tags, ...wish.tags },
  };
}

function listForeign({ lifecycle, cors, encryption }: BucketDocument): readonly Difference[] {
  const algorithm = encryption?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm;
  return [
    ...lifecycle
      .filter(({ ID }) => ownRules.every((rule) => rule.ID !== ID))
      .map(({ ID, Status }) => foreign(`lifecycle rule ${ID}`, Status ?? '')),
    ...cors
      .filter(({ ID }) => ID !== anyOrigin.ID)
      .map(({ ID, AllowedOrigins }) => foreign(`CORS rule ${ID ?? ''}`, AllowedOrigins?.join(' ') ?? '')),
    ...(algorithm === undefined || algorithm === 'AES256' ? [] : [foreign('encryption', algorithm)]),
  ];
}

export function readBuckets(services: Services): ShelfReader<BucketWish, LiveDocument> {
  const { s3, send } = services;
  return {
    async find({ bucket, region: wanted }) {
      return s3('GetBucket', bucket, wanted, async (access) => {
        const { client, sdk } = access;
        const Bucket = bucket;
        let region: string;
        try {
          const head = await client.send(new sdk.HeadBucketCommand({ Bucket }), send);
          region = head.BucketRegion ?? wanted ?? (await client.config.region());
        } catch (error) {
          if (statusOf(error) === 404) return null;
          if (statusOf(error) === 403) throw taken(bucket);
          throw error;
        }
        return {
          id: bucket,
          arn: `arn:aws:s3:::${bucket}`,
          region,
          domain: `${bucket}.s3.${region}.amazonaws.com`,
          document: await readDocument(access, bucket, send),
        };
      });
    },
    compare: ({ document }, wish) => [
      ...compareDocuments(document, mergeBucket(wish, document)),
      ...listForeign(document),
    ],
  };
}

async function readDocument(
  { client, sdk }: S3Access,
  Bucket: string,
  send: Services['send'],
): Promise<BucketDocument> {
  const [access, ownership, encryption, lifecycle, cors, tagging] = await Promise.all([
    orNull(client.send(new sdk.GetPublicAccessBlockCommand({ Bucket }), send), 'NoSuchPublicAccessBlockConfiguration'),
    orNull(client.send(new sdk.GetBucketOwnershipControlsCommand({ Bucket }), send), 'OwnershipControlsNotFoundError'),
    orNull(
      client.send(new sdk.GetBucketEncryptionCommand({ Bucket }), send),
      'ServerSideEncryptionConfigurationNotFoundError',
    ),
    orNull(
      client.send(new sdk.GetBucketLifecycleConfigurationCommand({ Bucket }), send),
      'NoSuchLifecycleConfiguration',
    ),
    orNull(client.send(new sdk.GetBucketCorsCommand({ Bucket }), send), 'NoSuchCORSConfiguration'),
    orNull(client.send(new sdk.GetBucketTaggingCommand({ Bucket }), send), 'NoSuchTagSet'),
  ]);
  return {
    access: access?.PublicAccessBlockConfiguration ?? {},
    ownership: ownership?.OwnershipControls?.Rules?.[0]?.ObjectOwnership,
    encryption: encryption?.ServerSideEncryptionConfiguration,
    lifecycle: lifecycle?.Rules ?? [],
    cors: cors?.CORSRules ?? [],
    tags: Object.fromEntries((tagging?.TagSet ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
  };
}

export function openBuckets(services: Services): Shelf<BucketWish, LiveDocument> {
  const { s3, send } = services;
  const reader = readBuckets(services);
  const reload = async (wish: BucketWish): Promise<LiveDocument> => {
    const live = await reader.find(wish);
    if (live === null) throw new Error(`${wish.bucket} is gone after it was written`);
    return live;
  };

  /** Only what differs is written: each of these has a permission of its own. */
  async function write(now: BucketDocument, wish: BucketWish): Promise<void> {
    const then = mergeBucket(wish, now);
    const Bucket = wish.bucket;
    const differs = (part: keyof BucketDocument) => compareDocuments(now[part], then[part]).length > 0;
    const put = (action: string, work: (access: S3Access) => Promise<unknown>) => s3(action, Bucket, wish.region, work);
    if (differs('access'))
      await put('PutBucketPublicAccessBlock', ({ client, sdk }) =>
        client.send(new sdk.PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: then.access }), send),
      );
    if (differs('ownership'))
      await put('PutBucketOwnershipControls', ({ client, sdk }) =>
        client.send(
          new sdk.PutBucketOwnershipControlsCommand({
            Bucket,
            OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
          }),
          send,
        ),
      );
    if (differs('encryption'))
      await put('PutEncryptionConfiguration', ({ client, sdk }) =>
        client.send(
          new sdk.PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: then.encryption }),
          send,
        ),
      );
    if (differs('lifecycle'))
      await put('PutLifecycleConfiguration', ({ client, sdk }) =>
        client.send(
          new sdk.PutBucketLifecycleConfigurationCommand({
            Bucket,
            LifecycleConfiguration: { Rules: [...then.lifecycle] },
          }),
          send,
        ),
      );
    if (differs('cors'))
      await put('PutBucketCORS', ({ client, sdk }) =>
        client.send(new sdk.PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [...then.cors] } }), send),
      );
    if (differs('tags'))
      await put('PutBucketTagging', ({ client, sdk }) => {
        const TagSet = Object.entries(then.tags).map(([Key, Value]) => ({ Key, Value }));
        return client.send(new sdk.PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }), send);
      });
  }

  return {
    ...reader,
    async create(wish) {
      const { bucket } = wish;
      await s3('CreateBucket', bucket, wish.region, async ({ client, sdk }) => {
        const region = await client.config.region();
        // us-east-1 is the place without a name (S3 API Reference, CreateBucket).
        const place =
          region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } };
        try {
          await client.send(new sdk.CreateBucketCommand({ Bucket: bucket, ...place }), send);
        } catch (error) {
          throw errorName(error) === 'BucketAlreadyExists' ? taken(bucket) : error;
        }
      });
      const made = await reload(wish);
      await write(made.document, wish);
      return reload(wish);
    },
    async update({ document }, wish) {
      await write(document, wish);
      return reload(wish);
    },
  };
}

function taken(bucket: string): Error {
  return new PublishError('access-denied', `the bucket ${bucket} belongs to somebody else, or may not be looked at`, {
    hint: 'Bucket names are unique among all accounts: choose another name, or allow s3:ListBucket on it.',
  });
}
