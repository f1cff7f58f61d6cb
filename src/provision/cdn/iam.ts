/**
 * The permissions that twinorigin needs, and no others: to publish, to set the CDN up, and a role that a GitHub workflow
 * may take on for publishing. Every statement has a name that says what would fail without it.
 */
import type { OriginName } from '../../build/build.js';
import type { CdnSettings } from './settings.js';

export interface IamStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface IamPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly IamStatement[];
}

/** Stands where the number of the account is not known. */
export const anyAccount = '*';

/** What `publish`, `plan`, `rollback`, `prune` and `releases` ask for. */
export function makePublishPolicy(settings: CdnSettings, account: string): IamPolicy {
  const origins = listOrigins(settings);
  const objects = origins.map(([, { bucket, prefix }]) => `${bucketArn(bucket)}/${folder(prefix)}*`);
  const distributions = origins.map(
    ([, { distribution }]) => `arn:aws:cloudfront::${account}:distribution/${distribution ?? '*'}`,
  );
  const keys = settings.functions.some(({ needsKeys }) => needsKeys);
  return policyOf([
    // Without it S3 answers 403 for an object that is not there.
    allow('ListBuckets', ['s3:ListBucket'], unique(origins.map(([, { bucket }]) => bucketArn(bucket)))),
    allow('ReadObjects', ['s3:GetObject'], objects),
    allow('WriteObjects', ['s3:PutObject', 's3:AbortMultipartUpload'], objects),
    // Pages that are no longer part of the site, and what retention lets go.
    allow('DeleteObjects', ['s3:DeleteObject'], objects),
    allow('Invalidate', ['cloudfront:CreateInvalidation', 'cloudfront:GetInvalidation'], unique(distributions)),
    ...(keys
      ? [
          allow(
            'SwitchReleases',
            [
              'cloudfront-keyvaluestore:DescribeKeyValueStore',
              'cloudfront-keyvaluestore:ListKeys',
              'cloudfront-keyvaluestore:UpdateKeys',
            ],
            `arn:aws:cloudfront::${account}:key-value-store/*`,
          ),
        ]
      : []),
  ]);
}

/** What `cdn plan` and `cdn status` ask for, and what `cdn up` asks for beyond it. Nothing in it deletes anything. */
export function makeProvisionPolicy(settings: CdnSettings, account: string): IamPolicy {
  const buckets = unique(listOrigins(settings).map(([, { bucket }]) => bucketArn(bucket)));
  const front = (...actions: string[]) => actions.map((action) => `cloudfront:${action}`);
  const hasNames = listOrigins(settings).some(([, { alias }]) => alias !== null);
  const own = (kind: string) => `arn:aws:cloudfront::${account}:${kind}/*`;
  return policyOf([
    allow(
      'ReadBuckets',
      [
        's3:ListBucket',
        's3:GetBucketPublicAccessBlock',
        's3:GetBucketOwnershipControls',
        's3:GetEncryptionConfiguration',
        's3:GetLifecycleConfiguration',
        's3:GetBucketCORS',
        's3:GetBucketTagging',
        's3:GetBucketPolicy',
      ],
      buckets,
    ),
    allow(
      'MakeBuckets',
      [
        's3:CreateBucket',
        's3:PutBucketPublicAccessBlock',
        's3:PutBucketOwnershipControls',
        's3:PutEncryptionConfiguration',
        's3:PutLifecycleConfiguration',
        's3:PutBucketCORS',
        's3:PutBucketTagging',
        's3:PutBucketPolicy',
      ],
      buckets,
    ),
    // Lists cannot be limited to single resources (Service Authorization Reference, Amazon CloudFront).
    allow(
      'FindCloudFront',
      front('ListDistributions', 'ListOriginAccessControls', 'ListCachePolicies', 'ListResponseHeadersPolicies'),
      '*',
    ),
    allow(
      'ReadCloudFront',
      front(
        'GetDistribution',
        'ListTagsForResource',
        'GetOriginAccessControl',
        'GetCachePolicy',
        'GetResponseHeadersPolicy',
        'DescribeFunction',
        'GetFunction',
        'DescribeKeyValueStore',
      ),
      [
        own('distribution'),
        own('origin-access-control'),
        own('cache-policy'),
        own('response-headers-policy'),
        own('function'),
        own('key-value-store'),
      ],
    ),
    allow(
      'MakeCloudFront',
      front(
        'CreateDistribution',
        'UpdateDistribution',
        'TagResource',
        'CreateOriginAccessControl',
        'UpdateOriginAccessControl',
        'CreateCachePolicy',
        'UpdateCachePolicy',
        'CreateResponseHeadersPolicy',
        'UpdateResponseHeadersPolicy',
        'CreateFunction',
        'UpdateFunction',
        'PublishFunction',
        'CreateKeyValueStore',
      ),
      [
        own('distribution'),
        own('origin-access-control'),
        own('cache-policy'),
        own('response-headers-policy'),
        own('function'),
        own('key-value-store'),
      ],
    ),
    ...(hasNames
      ? [
          allow('FindCertificates', ['acm:ListCertificates'], '*'),
          allow(
            'MakeCertificates',
            ['acm:DescribeCertificate', 'acm:RequestCertificate', 'acm:AddTagsToCertificate'],
            `arn:aws:acm:us-east-1:${account}:certificate/*`,
          ),
          allow('FindZones', ['route53:ListHostedZones'], '*'),
          allow(
            'MakeRecords',
            ['route53:ListResourceRecordSets', 'route53:ChangeResourceRecordSets'],
            'arn:aws:route53:::hostedzone/*',
          ),
        ]
      : []),
  ]);
}

/**
 * Who may take on the publishing role: workflows of one repository, from one branch or environment.
 * @param subject what comes after the repository: `ref:refs/heads/main`, `environment:production`.
 */
export function makeGithubTrust(repository: string, subject: string, account: string) {
  const provider = 'token.actions.githubusercontent.com';
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${provider}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            [`${provider}:aud`]: 'sts.amazonaws.com',
            [`${provider}:sub`]: `repo:${repository}:${subject}`,
          },
        },
      },
    ],
  };
}

function listOrigins({ origins }: CdnSettings) {
  return Object.entries(origins) as [OriginName, NonNullable<CdnSettings['origins'][OriginName]>][];
}

function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

function folder(prefix: string): string {
  return prefix === '' ? '' : `${prefix}/`;
}

function allow(Sid: string, Action: readonly string[], Resource: string | readonly string[]): IamStatement {
  return { Sid, Effect: 'Allow', Action, Resource };
}

function policyOf(Statement: readonly IamStatement[]): IamPolicy {
  return { Version: '2012-10-17', Statement };
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
