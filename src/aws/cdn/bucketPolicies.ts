/** Bucket policies: our statements are set by their names, all others stay as they are. */
import type { Live, Shelf, ShelfReader } from '../../provision/cdn/ports.js';
import { makeBucketStatements, ownStatement, type PolicyStatement } from '../../provision/cdn/bucketPolicy.js';
import type { BucketPolicyWish } from '../../provision/cdn/wishes.js';
import { compareDocuments, foreign } from './facts.js';
import { orNull, type Services } from './services.js';

export interface PolicyDocument {
  readonly Version: string;
  readonly Id?: string;
  readonly Statement: readonly PolicyStatement[];
}

interface LivePolicy extends Live {
  readonly document: PolicyDocument;
}

export function mergeBucketPolicy({ bucket, readers }: BucketPolicyWish, now: PolicyDocument | null): PolicyDocument {
  const others = (now?.Statement ?? []).filter((statement) => !isOwn(statement));
  return {
    ...now,
    Version: now?.Version ?? '2012-10-17',
    Statement: [...others, ...makeBucketStatements(bucket, readers)],
  };
}

function isOwn({ Sid = '' }: PolicyStatement): boolean {
  return Sid.startsWith(ownStatement);
}

export function readBucketPolicies({ s3, send }: Services): ShelfReader<BucketPolicyWish, LivePolicy> {
  return {
    async find({ bucket, region }) {
      const found = await s3('GetBucketPolicy', bucket, region, ({ client, sdk }) =>
        orNull(
          client.send(new sdk.GetBucketPolicyCommand({ Bucket: bucket }), send),
          'NoSuchBucketPolicy',
          'NoSuchBucket',
        ),
      );
      if (found?.Policy === undefined) return null;
      const parsed = JSON.parse(found.Policy) as PolicyDocument & { readonly Statement: unknown };
      // One statement may stand without a list around it.
      const Statement = Array.isArray(parsed.Statement) ? parsed.Statement : [parsed.Statement];
      return { id: bucket, document: { ...parsed, Statement: Statement as PolicyStatement[] } };
    },
    compare: ({ document }, wish) => [
      ...compareDocuments(document, mergeBucketPolicy(wish, document)),
      ...document.Statement.filter((statement) => !isOwn(statement)).map(({ Sid, Effect, Action }) =>
        foreign(`statement ${Sid ?? ''}`.trim(), `${Effect} ${[Action].flat().join(' ')}`),
      ),
    ],
  };
}

export function openBucketPolicies(services: Services): Shelf<BucketPolicyWish, LivePolicy> {
  const { s3, send } = services;
  const reader = readBucketPolicies(services);
  /** S3 has no condition for policies: what is merged was read a moment before. */
  async function put(wish: BucketPolicyWish): Promise<LivePolicy> {
    const now = await reader.find(wish);
    const document = mergeBucketPolicy(wish, now?.document ?? null);
    await s3('PutBucketPolicy', wish.bucket, wish.region, ({ client, sdk }) =>
      client.send(new sdk.PutBucketPolicyCommand({ Bucket: wish.bucket, Policy: JSON.stringify(document) }), send),
    );
    return { id: wish.bucket, document };
  }
  return { ...reader, create: put, update: (_, wish) => put(wish) };
}
