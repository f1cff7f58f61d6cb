import { describe, expect, it } from 'vitest';
import { makeProvisionPolicy, makePublishPolicy } from '../../../src/provision/cdn/iam.js';
import { settingsOf, startFakes, up } from './cdnRun.js';

/** Permissions whose names are not those of the operation (Service Authorization Reference, Amazon S3). */
const permissionOf: Readonly<Record<string, string>> = {
  'cloudfront:CreateDistributionWithTags': 'cloudfront:CreateDistribution',
  's3:HeadBucket': 's3:ListBucket',
  's3:GetPublicAccessBlock': 's3:GetBucketPublicAccessBlock',
  's3:PutPublicAccessBlock': 's3:PutBucketPublicAccessBlock',
  's3:GetBucketEncryption': 's3:GetEncryptionConfiguration',
  's3:PutBucketEncryption': 's3:PutEncryptionConfiguration',
  's3:GetBucketLifecycleConfiguration': 's3:GetLifecycleConfiguration',
  's3:PutBucketLifecycleConfiguration': 's3:PutLifecycleConfiguration',
  's3:GetBucketCors': 's3:GetBucketCORS',
  's3:PutBucketCors': 's3:PutBucketCORS',
};

describe('the policy for provisioning', () => {
  it('allows what cdn up was seen to ask for, and deletes nothing', async () => {
    const fakes = await startFakes();
    fakes.account.zones.set('Z1', { id: 'Z1', name: 'acme.com', records: [] });
    const settings = settingsOf();
    await up(fakes, settings);
    for (const one of fakes.account.cloudFront.distributions.values()) one.config.HttpVersion = 'http1.1';
    await up(fakes, settings);
    const asked = new Set(
      [...fakes.account.log, ...fakes.s3.log.map(({ operation }) => `s3:${operation}`)].map(
        (one) => permissionOf[one] ?? one,
      ),
    );
    const allowed = new Set(makeProvisionPolicy(settings, '111122223333').Statement.flatMap(({ Action }) => Action));
    expect([...asked].filter((one) => !allowed.has(one))).toEqual([]);
    expect([...allowed].filter((one) => /Delete|\*/.test(one))).toEqual([]);
    // What only drift asks for; and a tag on a certificate, which goes with the request for it.
    expect([...allowed].filter((one) => !asked.has(one)).sort()).toEqual([
      'acm:AddTagsToCertificate',
      'cloudfront:TagResource',
      'cloudfront:UpdateCachePolicy',
      'cloudfront:UpdateFunction',
      'cloudfront:UpdateOriginAccessControl',
      'cloudfront:UpdateResponseHeadersPolicy',
      's3:PutBucketOwnershipControls',
      's3:PutBucketPublicAccessBlock',
      's3:PutEncryptionConfiguration',
    ]);
    await fakes.close();
  });

  it('names the buckets, folders and distributions it is about', () => {
    const origins = {
      images: { bucket: 'all', prefix: 'i', url: 'https://i.acme.com', distribution: 'E1' },
      resources: { bucket: 'all', prefix: 'r', url: 'https://r.acme.com', distribution: 'E2' },
      pages: { bucket: 'www', url: 'https://www.acme.com', distribution: 'E3' },
    };
    const { Statement } = makePublishPolicy(settingsOf({ origins }), '111122223333');
    expect(Statement.find(({ Sid }) => Sid === 'WriteObjects')?.Resource).toEqual([
      'arn:aws:s3:::all/i/*',
      'arn:aws:s3:::all/r/*',
      'arn:aws:s3:::www/*',
    ]);
    expect(Statement.find(({ Sid }) => Sid === 'ListBuckets')?.Resource).toEqual([
      'arn:aws:s3:::all',
      'arn:aws:s3:::www',
    ]);
    expect(Statement.find(({ Sid }) => Sid === 'Invalidate')?.Resource).toEqual(
      ['E1', 'E2', 'E3'].map((id) => `arn:aws:cloudfront::111122223333:distribution/${id}`),
    );
  });
});
