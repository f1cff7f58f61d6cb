/** The documents of the services in the shapes of CloudFormation, which says the same in other words. */
import type { CachePolicyConfig, DistributionConfig, ResponseHeadersPolicyConfig } from '@aws-sdk/client-cloudfront';
import type { FunctionWish, Tags } from '../../../provision/cdn/wishes.js';
import type { BucketDocument } from '../buckets.js';
import { mergeFunction } from '../functions.js';

type Properties = Readonly<Record<string, unknown>>;

/** `AWS::S3::Bucket`. */
export function shapeBucket(bucket: string, document: BucketDocument): Properties {
  const { access, ownership, encryption, lifecycle, cors, tags } = document;
  return {
    BucketName: bucket,
    PublicAccessBlockConfiguration: access,
    OwnershipControls: { Rules: [{ ObjectOwnership: ownership }] },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: encryption?.Rules?.map(({ ApplyServerSideEncryptionByDefault }) => ({
        ServerSideEncryptionByDefault: ApplyServerSideEncryptionByDefault,
      })),
    },
    LifecycleConfiguration: {
      Rules: lifecycle.map(({ ID, Filter, Expiration, ...rule }) => ({
        Id: ID,
        Prefix: Filter?.Prefix,
        ExpirationInDays: Expiration?.Days,
        ExpiredObjectDeleteMarker: Expiration?.ExpiredObjectDeleteMarker,
        ...rule,
      })),
    },
    CorsConfiguration:
      cors.length === 0
        ? undefined
        : { CorsRules: cors.map(({ ID, MaxAgeSeconds, ...rule }) => ({ Id: ID, ...rule, MaxAge: MaxAgeSeconds })) },
    Tags: shapeTags(tags),
  };
}

/** `AWS::CloudFront::Distribution`. */
export function shapeDistribution(config: DistributionConfig, tags: Tags): Properties {
  const { Aliases, CustomErrorResponses, DefaultCacheBehavior, IsIPV6Enabled, Origins, ViewerCertificate } = config;
  const { AllowedMethods, FunctionAssociations, ...behavior } = DefaultCacheBehavior ?? {};
  const { ACMCertificateArn, SSLSupportMethod, ...certificate } = ViewerCertificate ?? {};
  const rest: Partial<DistributionConfig> = { ...config };
  // The stack makes it once; and an empty name of a root object is none.
  delete rest.CallerReference;
  delete rest.IsIPV6Enabled;
  if (rest.DefaultRootObject === '') delete rest.DefaultRootObject;
  return {
    DistributionConfig: {
      ...rest,
      Aliases: Aliases?.Items,
      IPV6Enabled: IsIPV6Enabled,
      Origins: Origins?.Items?.map(({ CustomHeaders, ...origin }) => ({
        ...origin,
        OriginCustomHeaders: CustomHeaders?.Items,
      })),
      DefaultCacheBehavior: {
        ...behavior,
        AllowedMethods: AllowedMethods?.Items,
        CachedMethods: AllowedMethods?.CachedMethods?.Items,
        FunctionAssociations: FunctionAssociations?.Items,
      },
      CustomErrorResponses: CustomErrorResponses?.Items?.map(({ ResponseCode, ...error }) => ({
        ...error,
        ResponseCode: ResponseCode === undefined ? undefined : Number(ResponseCode),
      })),
      ViewerCertificate:
        ACMCertificateArn === undefined
          ? certificate
          : {
              AcmCertificateArn: ACMCertificateArn,
              SslSupportMethod: SSLSupportMethod,
              MinimumProtocolVersion: certificate.MinimumProtocolVersion,
            },
    },
    Tags: shapeTags(tags),
  };
}

/** `AWS::CloudFront::CachePolicy`. */
export function shapeCachePolicy(config: CachePolicyConfig): Properties {
  return { CachePolicyConfig: config };
}

/** `AWS::CloudFront::ResponseHeadersPolicy`: its lists are not counted, and none of them is empty. */
export function shapeHeadersPolicy(config: ResponseHeadersPolicyConfig): Properties {
  const custom = config.CustomHeadersConfig?.Items ?? [];
  const { CorsConfig: cors } = config;
  return {
    ResponseHeadersPolicyConfig: {
      ...config,
      CorsConfig: cors && {
        ...cors,
        AccessControlAllowOrigins: { Items: cors.AccessControlAllowOrigins?.Items },
        AccessControlAllowHeaders: { Items: cors.AccessControlAllowHeaders?.Items },
        AccessControlAllowMethods: { Items: cors.AccessControlAllowMethods?.Items },
      },
      CustomHeadersConfig: custom.length === 0 ? undefined : { Items: custom },
    },
  };
}

/** `AWS::CloudFront::Function`. */
export function shapeFunction(wish: FunctionWish): Properties {
  const { KeyValueStoreAssociations, ...config } = mergeFunction(wish, null);
  return {
    Name: wish.name,
    AutoPublish: true,
    FunctionCode: wish.code,
    FunctionConfig: { ...config, KeyValueStoreAssociations: KeyValueStoreAssociations?.Items },
  };
}

export function shapeTags(tags: Tags): readonly { readonly Key: string; readonly Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
