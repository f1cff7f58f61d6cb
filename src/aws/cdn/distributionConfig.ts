/**
 * The document of a distribution: ours is set, everything else stays as it is. Of what can be there only once (the
 * function of an event, the certificate, the answer to 404) a foreign one stays too, and is told.
 */
import type { CustomErrorResponse, DefaultCacheBehavior, DistributionConfig, Origin } from '@aws-sdk/client-cloudfront';
import type { DistributionWish } from '../../provision/cdn/wishes.js';
import type { Difference } from '../../provision/resource.js';
import { foreign } from './facts.js';

/** From weak to strict (API Reference, ViewerCertificate, MinimumProtocolVersion). */
const protocols = [
  'SSLv3',
  'TLSv1',
  'TLSv1_2016',
  'TLSv1.1_2016',
  'TLSv1.2_2018',
  'TLSv1.2_2019',
  'TLSv1.2_2021',
  'TLSv1.2_2025',
  'TLSv1.3_2025',
];
/** Seconds that an error is kept at the edge: a page that was just published must not stay missing. */
const errorLifetime = 10;
/** "If you use an S3 bucket, these are the defaults" (API Reference, Origin). */
const patience = { ConnectionAttempts: 3, ConnectionTimeout: 10 };

export function mergeDistribution(wish: DistributionWish, now: DistributionConfig | null): DistributionConfig {
  const aliases = [...new Set([...(now?.Aliases?.Items ?? []), ...wish.aliases])];
  const origins = mergeOrigins(wish, now);
  const errors = mergeErrors(wish, now);
  return {
    ...now,
    CallerReference: now?.CallerReference ?? wish.reference,
    Comment: now?.Comment ?? wish.comment,
    Enabled: true,
    IsIPV6Enabled: true,
    HttpVersion: 'http2and3',
    PriceClass: (wish.priceClass ?? now?.PriceClass ?? 'PriceClass_All') as 'PriceClass_All',
    Aliases: listOf(aliases),
    // `/` reaches the function of the pages as it is; on the assets there is nothing to show.
    DefaultRootObject: wish.origin === 'pages' ? '' : (now?.DefaultRootObject ?? ''),
    Origins: { Quantity: origins.length, Items: origins },
    DefaultCacheBehavior: mergeBehavior(wish, now),
    CustomErrorResponses: listOf(errors),
    ViewerCertificate: mergeCertificate(wish, now),
    ...(wish.cacheTagHeader === null ? {} : { CacheTagConfig: { HeaderName: wish.cacheTagHeader } }),
  };
}

/** What somebody else made of it. */
export function listForeignSettings(now: DistributionConfig, wish: DistributionWish): readonly Difference[] {
  const behavior = now.DefaultCacheBehavior;
  const origin = originIdOf(wish, now);
  return [
    ...(now.Aliases?.Items ?? [])
      .filter((alias) => !wish.aliases.includes(alias))
      .map((alias) => foreign('alias', alias)),
    ...(now.CacheBehaviors?.Items ?? []).map(({ PathPattern, TargetOriginId }) =>
      foreign(`behavior ${PathPattern}`, `from ${TargetOriginId}`),
    ),
    ...(now.Origins?.Items ?? [])
      .filter(({ Id }) => Id !== origin)
      .map(({ Id, DomainName }) => foreign(`origin ${Id}`, DomainName ?? '')),
    ...mergeFunctions(wish, behavior)
      .filter(({ FunctionARN }) => !isOurs(FunctionARN, wish))
      .map(({ EventType, FunctionARN }) => foreign(`${EventType} function`, FunctionARN ?? '')),
    ...(behavior?.LambdaFunctionAssociations?.Items ?? []).map(({ EventType, LambdaFunctionARN }) =>
      foreign(`${EventType} Lambda function`, LambdaFunctionARN ?? ''),
    ),
    ...mergeErrors(wish, now)
      .filter((error) => !listErrors(wish).some((own) => own.ErrorCode === error.ErrorCode && isSameError(own, error)))
      .map(({ ErrorCode, ResponsePagePath, ResponseCode }) =>
        foreign(`answer to ${ErrorCode}`, `${ResponseCode ?? ErrorCode} ${ResponsePagePath ?? ''}`.trim()),
      ),
    ...(hasOwnCertificate(now) && now.ViewerCertificate?.ACMCertificateArn !== wish.certificate
      ? [
          foreign(
            'certificate',
            now.ViewerCertificate?.ACMCertificateArn ?? now.ViewerCertificate?.IAMCertificateId ?? '',
          ),
        ]
      : []),
    ...(now.WebACLId === undefined || now.WebACLId === '' ? [] : [foreign('web ACL', now.WebACLId)]),
    ...(now.Logging?.Enabled === true ? [foreign('access logs', now.Logging.Bucket ?? '')] : []),
    ...((now.Restrictions?.GeoRestriction?.RestrictionType ?? 'none') === 'none'
      ? []
      : [foreign('geographic restriction', now.Restrictions?.GeoRestriction?.RestrictionType ?? '')]),
    ...(now.CacheTagConfig !== undefined && wish.cacheTagHeader === null
      ? [foreign('cache tag header', now.CacheTagConfig.HeaderName ?? '')]
      : []),
  ];
}

/** `b.s3.amazonaws.com` and `b.s3.eu-west-1.amazonaws.com` are one bucket. */
export function isSameBucket(a = '', b = ''): boolean {
  const bucketOf = (domain: string) => domain.replace(/\.s3[.-].*$/, '');
  return bucketOf(a) === bucketOf(b);
}

/** The origin of the default behavior is ours, whatever it is called. */
function originIdOf(wish: DistributionWish, now: DistributionConfig | null): string {
  const id = now?.DefaultCacheBehavior?.TargetOriginId;
  const items = now?.Origins?.Items ?? [];
  const isOwn = items.some((origin) => origin.Id === id && isSameBucket(origin.DomainName, wish.bucketDomain));
  return isOwn && id !== undefined ? id : `twinorigin-${wish.origin}`;
}

function mergeOrigins(wish: DistributionWish, now: DistributionConfig | null): Origin[] {
  const Id = originIdOf(wish, now);
  const items = now?.Origins?.Items ?? [];
  const before = items.find((origin) => origin.Id === Id);
  const headers = (before?.CustomHeaders?.Items ?? []).filter(
    ({ HeaderName }) => HeaderName?.toLowerCase() !== 'origin',
  );
  if (wish.originHeader !== null) headers.push({ HeaderName: 'Origin', HeaderValue: wish.originHeader });
  const own: Origin = {
    ...patience,
    ...before,
    Id,
    DomainName: wish.bucketDomain,
    OriginPath: wish.originPath,
    CustomHeaders: listOf(headers),
    // Both: an empty identity says that the bucket is asked by the control, and not by the older means.
    S3OriginConfig: { ...before?.S3OriginConfig, OriginAccessIdentity: '' },
    OriginAccessControlId: wish.accessControl,
  };
  return before === undefined ? [...items, own] : items.map((origin) => (origin === before ? own : origin));
}

function mergeBehavior(wish: DistributionWish, now: DistributionConfig | null): DefaultCacheBehavior {
  const before = now?.DefaultCacheBehavior;
  const kept = { ...before };
  // The settings of before cache policies, which cannot stand beside one.
  for (const name of ['ForwardedValues', 'MinTTL', 'MaxTTL', 'DefaultTTL'] as const) delete kept[name];
  const functions = mergeFunctions(wish, before);
  const methods = wish.answersOptions ? (['GET', 'HEAD', 'OPTIONS'] as const) : (['GET', 'HEAD'] as const);
  return {
    ...kept,
    TargetOriginId: originIdOf(wish, now),
    ViewerProtocolPolicy: before?.ViewerProtocolPolicy === 'https-only' ? 'https-only' : 'redirect-to-https',
    AllowedMethods: {
      Quantity: methods.length,
      Items: [...methods],
      CachedMethods: { Quantity: 2, Items: ['GET', 'HEAD'] },
    },
    Compress: wish.compresses,
    CachePolicyId: wish.cachePolicy,
    ResponseHeadersPolicyId: wish.headersPolicy,
    FunctionAssociations: listOf(functions),
  };
}

/** One function per event; an event that a foreign function or a Lambda function answers is theirs. */
function mergeFunctions(wish: DistributionWish, before: DefaultCacheBehavior | undefined) {
  const there = before?.FunctionAssociations?.Items ?? [];
  const others = there.filter(({ FunctionARN }) => !isOurs(FunctionARN, wish));
  const taken = new Set([
    ...others.map(({ EventType }) => EventType),
    // "You can't combine CloudFront Functions and Lambda@Edge in viewer events" (Developer Guide, "Restrictions").
    ...(before?.LambdaFunctionAssociations?.Items ?? []).map(({ EventType }) => EventType),
  ]);
  const own = wish.functions
    .filter(({ event }) => !taken.has(event))
    .map(({ event, arn }) => ({ EventType: event, FunctionARN: arn }));
  return [...others, ...own];
}

/** Also a function that an earlier run associated and that is no longer wanted. */
function isOurs(arn: string | undefined, wish: DistributionWish): boolean {
  const name = wish.tags.twinorigin ?? 'twinorigin';
  return arn === undefined || wish.functions.some((own) => own.arn === arn) || arn.includes(`:function/${name}-`);
}

function listErrors({ notFoundPage }: DistributionWish): CustomErrorResponse[] {
  const page = notFoundPage === null ? {} : { ResponsePagePath: notFoundPage, ResponseCode: '404' };
  return [403, 404].map((ErrorCode) => ({ ErrorCode, ...page, ErrorCachingMinTTL: errorLifetime }));
}

/** On the assets an error must stay one: a page in place of a missing script would be kept as that script. */
function mergeErrors(wish: DistributionWish, now: DistributionConfig | null): CustomErrorResponse[] {
  const there = now?.CustomErrorResponses?.Items ?? [];
  const merged = listErrors(wish).map((own) => {
    const before = there.find(({ ErrorCode }) => ErrorCode === own.ErrorCode);
    const isForeignPage = (before?.ResponsePagePath ?? '') !== '' && !isSameError(own, before ?? own);
    return isForeignPage && wish.origin === 'pages' && before !== undefined ? before : own;
  });
  const codes = new Set(merged.map(({ ErrorCode }) => ErrorCode));
  return [...merged, ...there.filter(({ ErrorCode }) => !codes.has(ErrorCode))];
}

function isSameError(a: CustomErrorResponse, b: CustomErrorResponse): boolean {
  return (a.ResponsePagePath ?? '') === (b.ResponsePagePath ?? '') && (a.ResponseCode ?? '') === (b.ResponseCode ?? '');
}

function hasOwnCertificate({ ViewerCertificate }: DistributionConfig): boolean {
  return (ViewerCertificate?.ACMCertificateArn ?? ViewerCertificate?.IAMCertificateId ?? '') !== '';
}

/** A certificate that is there covers hosts we know nothing of: it stays. */
function mergeCertificate(
  wish: DistributionWish,
  now: DistributionConfig | null,
): NonNullable<DistributionConfig['ViewerCertificate']> {
  const before = now?.ViewerCertificate;
  const MinimumProtocolVersion = stricter(wish.minimumTls, before?.MinimumProtocolVersion) as 'TLSv1.2_2021';
  if (now !== null && hasOwnCertificate(now)) return { ...before, MinimumProtocolVersion };
  if (wish.certificate === null) return before ?? { CloudFrontDefaultCertificate: true };
  return {
    CloudFrontDefaultCertificate: false,
    ACMCertificateArn: wish.certificate,
    SSLSupportMethod: 'sni-only',
    MinimumProtocolVersion,
  };
}

function stricter(wanted: string, there: string | undefined): string {
  return protocols.indexOf(there ?? '') > protocols.indexOf(wanted) ? (there ?? wanted) : wanted;
}

function listOf<Item>(Items: Item[]): { Quantity: number; Items?: Item[] } {
  return Items.length === 0 ? { Quantity: 0 } : { Quantity: Items.length, Items };
}
