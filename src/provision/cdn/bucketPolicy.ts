/** Who may read a bucket: its distributions and nobody else; and not our own records, even for them. */
import { privatePrefix } from './privatePrefix.js';
import type { BucketReader } from './wishes.js';

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}

/** Statements of ours are recognised by this start of their names; all others belong to somebody else. */
export const ownStatement = 'Twinorigin';

const cloudFront = { Service: 'cloudfront.amazonaws.com' };

/**
 * The statements for one bucket. Records, locks and staged bodies are refused by name, whatever else allows reading;
 * listing is not allowed, so a missing object answers 403, and nobody learns what there is.
 */
export function makeBucketStatements(bucket: string, readers: readonly BucketReader[]): readonly PolicyStatement[] {
  const arn = `arn:aws:s3:::${bucket}`;
  const folders = [...new Set(readers.map(({ prefix }) => prefix))];
  return [
    ...readers.map(({ origin, prefix, distributionArn }): PolicyStatement => ({
      Sid: `${ownStatement}Read${origin.charAt(0).toUpperCase()}${origin.slice(1)}`,
      Effect: 'Allow',
      Principal: cloudFront,
      Action: 's3:GetObject',
      Resource: `${arn}/${prefix}*`,
      Condition: { StringEquals: { 'AWS:SourceArn': distributionArn } },
    })),
    {
      Sid: `${ownStatement}KeepRecordsPrivate`,
      Effect: 'Deny',
      Principal: cloudFront,
      Action: 's3:GetObject',
      Resource: folders.map((prefix) => `${arn}/${prefix}${privatePrefix}*`),
    },
    {
      Sid: `${ownStatement}TlsOnly`,
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: [arn, `${arn}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ];
}
