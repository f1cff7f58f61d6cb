/** What an account holds, read and never changed: for the first configuration and for the doctor. */
import type { Aws } from './clients.js';
import { toPublishError } from './errors.js';

export interface FoundDistribution {
  readonly id: string;
  readonly enabled: boolean;
  /** `Deployed`, or `InProgress` while a change travels to the edges. */
  readonly status: string;
  /** Host names visitors use; without any, the one CloudFront gave. */
  readonly hosts: readonly string[];
  readonly origins: readonly FoundOrigin[];
}

export interface FoundOrigin {
  /** Name of the bucket; undefined for an origin that is none. */
  readonly bucket: string | undefined;
  /** Folder in the bucket; '' for all of it. */
  readonly prefix: string;
  /** How CloudFront shows the bucket who asks: OAC is today's way, OAI the old one. */
  readonly access: 'OAC' | 'OAI' | 'none';
}

/** When the credentials end; null for those that do not. @throws PublishError `no-credentials`, `expired-credentials`. */
export async function findCredentials(aws: Aws): Promise<{ readonly expiration: Date | null }> {
  return run(aws, 's3:ListAllMyBuckets', 'the account', async () => {
    const { client } = await aws.s3();
    const { expiration } = await client.config.credentials();
    return { expiration: expiration ?? null };
  });
}

/** The region that requests go to where nothing else is said. */
export async function findRegion(aws: Aws): Promise<string> {
  const { client } = await aws.s3();
  return client.config.region();
}

/** The region a bucket is in; null where the server does not tell, as others than AWS. */
export async function findBucketRegion(aws: Aws, bucket: string): Promise<string | null> {
  const { client, sdk } = await aws.s3();
  try {
    return (await client.send(new sdk.HeadBucketCommand({ Bucket: bucket }))).BucketRegion ?? null;
  } catch (error) {
    // Also an answer that refuses says where the bucket is.
    const { $response } = error as { $response?: { headers?: Readonly<Record<string, string>> } };
    return $response?.headers?.['x-amz-bucket-region'] ?? null;
  }
}

/** All distributions of the account. */
export async function listDistributions(aws: Aws): Promise<readonly FoundDistribution[]> {
  return run(aws, 'cloudfront:ListDistributions', 'the account', async () => {
    const { client, sdk } = await aws.cloudfront();
    const found: FoundDistribution[] = [];
    for await (const { DistributionList } of sdk.paginateListDistributions({ client }, {}))
      for (const { Id = '', Enabled = false, Status = '', Aliases, DomainName, Origins } of DistributionList?.Items ??
        [])
        found.push({
          id: Id,
          enabled: Enabled,
          status: Status,
          hosts: hostsOf(Aliases?.Items, DomainName),
          origins: (Origins?.Items ?? []).map(readOrigin),
        });
    return found;
  });
}

/** @throws PublishError `distribution-missing`, `access-denied`. */
export async function findDistribution(aws: Aws, id: string): Promise<FoundDistribution> {
  return run(aws, 'cloudfront:GetDistribution', id, async () => {
    const { client, sdk } = await aws.cloudfront();
    const { Distribution } = await client.send(new sdk.GetDistributionCommand({ Id: id }));
    const config = Distribution?.DistributionConfig;
    return {
      id,
      enabled: config?.Enabled ?? false,
      status: Distribution?.Status ?? '',
      hosts: hostsOf(config?.Aliases?.Items, Distribution?.DomainName),
      origins: (config?.Origins?.Items ?? []).map(readOrigin),
    };
  });
}

async function run<T>(aws: Aws, action: string, resource: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw toPublishError(error, { action, resource, profile: aws.profile });
  }
}

function hostsOf(aliases: readonly string[] | undefined, domain: string | undefined): readonly string[] {
  if (aliases !== undefined && aliases.length > 0) return aliases;
  return domain === undefined ? [] : [domain];
}

interface Origin {
  readonly DomainName?: string | undefined;
  readonly OriginPath?: string | undefined;
  readonly OriginAccessControlId?: string | undefined;
  readonly S3OriginConfig?: { readonly OriginAccessIdentity?: string | undefined } | undefined;
}

function readOrigin(origin: Origin): FoundOrigin {
  const { DomainName = '', OriginPath = '', OriginAccessControlId = '', S3OriginConfig } = origin;
  const identity = S3OriginConfig?.OriginAccessIdentity ?? '';
  return {
    bucket: bucketOf(DomainName),
    prefix: OriginPath.replace(/^\//, ''),
    access: OriginAccessControlId !== '' ? 'OAC' : identity !== '' ? 'OAI' : 'none',
  };
}

/** Names of S3's endpoints (Amazon S3 User Guide, "Virtual hosting" and "Website endpoints"). */
function bucketOf(domain: string): string | undefined {
  return /^(.+)\.s3(?:-website)?[.-](?:[a-z0-9-]+\.)?amazonaws\.com(?:\.cn)?$/.exec(domain)?.[1];
}
