/* eslint-disable @typescript-eslint/no-unsafe-call -- configurations are documents without a type here */
/**
 * Distributions with the rules of the API Reference (CreateDistribution, UpdateDistribution, DeleteDistribution): what
 * they name must be there, a host name belongs to one of them, they are disabled before they are deleted. Read back,
 * a configuration has every default filled in, as AWS does it.
 */
import type { FakeCertificate } from './certificates.js';
import { ServiceError } from './codec.js';
import type { FakeCloudFrontState } from './cloudFront.js';
import { checkVersion, page } from './documents.js';
import { accountId, type Handlers } from './server.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Config = Record<string, any>;

export interface FakeDistribution {
  readonly id: string;
  readonly arn: string;
  readonly domain: string;
  /** As it was given, with every default. */
  config: Config;
  /** As it was given when it was made. */
  readonly given: string;
  version: string;
  looks: number;
  readonly tags: Map<string, string>;
}

interface Input {
  readonly Id: string;
  readonly IfMatch?: string;
  readonly Marker?: string;
  readonly DistributionConfig: Config;
  readonly DistributionConfigWithTags: {
    readonly DistributionConfig: Config;
    readonly Tags: { readonly Items?: readonly Tag[] };
  };
}
interface Tag {
  readonly Key: string;
  readonly Value?: string;
}

const none = { Quantity: 0 };

export function openDistributions(
  state: FakeCloudFrontState,
  certificates: ReadonlyMap<string, FakeCertificate>,
): Handlers {
  const { distributions } = state;
  const get = ({ Id }: Input): FakeDistribution => {
    const found = distributions.get(Id);
    if (found === undefined)
      throw new ServiceError(404, 'NoSuchDistribution', 'The specified distribution does not exist.');
    return found;
  };
  const byArn = (arn: string): FakeDistribution => {
    const found = [...distributions.values()].find((one) => one.arn === arn);
    if (found === undefined) throw new ServiceError(404, 'NoSuchResource', arn);
    return found;
  };
  const statusOf = ({ looks }: FakeDistribution) => (looks > state.deployAfterReads ? 'Deployed' : 'InProgress');
  const show = (one: FakeDistribution) => ({
    Distribution: {
      Id: one.id,
      ARN: one.arn,
      Status: statusOf(one),
      LastModifiedTime: new Date(0),
      InProgressInvalidationBatches: 0,
      DomainName: one.domain,
      DistributionConfig: one.config,
    },
    ETag: one.version,
  });
  const create = (config: Config, tags: readonly Tag[]) => {
    const given = JSON.stringify(config);
    const same = [...distributions.values()].find((one) => one.config.CallerReference === config.CallerReference);
    if (same !== undefined) {
      if (same.given === given) return show(same);
      throw new ServiceError(
        409,
        'DistributionAlreadyExists',
        'The caller reference is associated with another distribution.',
      );
    }
    check(config, undefined);
    const id = `E${String(distributions.size + 1).padStart(13, '0')}`;
    const one: FakeDistribution = {
      id,
      arn: `arn:aws:cloudfront::${accountId}:distribution/${id}`,
      domain: `d${distributions.size + 1}.cloudfront.net`,
      config: fillIn(config),
      given,
      version: state.nextVersion(),
      looks: 0,
      tags: new Map(tags.map(({ Key, Value = '' }) => [Key, Value])),
    };
    distributions.set(id, one);
    return show(one);
  };

  function check(config: Config, self: FakeDistribution | undefined): void {
    const origins = (config.Origins.Items ?? []) as Config[];
    const behaviors = [config.DefaultCacheBehavior as Config, ...((config.CacheBehaviors?.Items ?? []) as Config[])];
    for (const origin of origins) {
      const control = origin.OriginAccessControlId as string | undefined;
      if (control !== undefined && control !== '' && !state.accessControls.has(control))
        throw new ServiceError(400, 'InvalidOriginAccessControl');
      if (origin.S3OriginConfig === undefined && origin.CustomOriginConfig === undefined)
        throw new ServiceError(400, 'InvalidArgument', 'an origin needs a configuration');
      if (origin.OriginPath !== undefined && !/^(\/.*[^/])?$/.test(String(origin.OriginPath)))
        throw new ServiceError(400, 'InvalidArgument', 'OriginPath');
    }
    for (const behavior of behaviors) {
      if (!origins.some(({ Id }) => Id === behavior.TargetOriginId))
        throw new ServiceError(404, 'NoSuchOrigin', 'One or more of your origins do not exist.');
      if (behavior.CachePolicyId === undefined && behavior.ForwardedValues === undefined)
        throw new ServiceError(400, 'InvalidArgument', 'a behavior needs a cache policy');
      if (
        behavior.CachePolicyId !== undefined &&
        ['ForwardedValues', 'MinTTL', 'MaxTTL', 'DefaultTTL'].some((name) => behavior[name] !== undefined)
      )
        throw new ServiceError(
          400,
          'InvalidArgument',
          'The parameter ForwardedValues cannot be used when a cache policy is associated to the cache behavior.',
        );
      if (behavior.CachePolicyId !== undefined && !state.cachePolicies.has(String(behavior.CachePolicyId)))
        throw new ServiceError(404, 'NoSuchCachePolicy');
      const headers = behavior.ResponseHeadersPolicyId as string | undefined;
      if (headers !== undefined && headers !== '' && !state.headersPolicies.has(headers))
        throw new ServiceError(404, 'NoSuchResponseHeadersPolicy');
      checkFunctions(behavior);
    }
    for (const error of (config.CustomErrorResponses?.Items ?? []) as Config[])
      if ((error.ResponsePagePath ?? '') === '' ? (error.ResponseCode ?? '') !== '' : (error.ResponseCode ?? '') === '')
        throw new ServiceError(400, 'InvalidErrorCode', 'a page and its status belong together');
    checkNames(config, self);
  }

  function checkFunctions(behavior: Config): void {
    const associations = (behavior.FunctionAssociations?.Items ?? []) as Config[];
    const events = associations.map(({ EventType }) => String(EventType));
    if (new Set(events).size !== events.length)
      throw new ServiceError(400, 'InvalidFunctionAssociation', 'one function for each event');
    for (const { FunctionARN } of associations) {
      const found = [...state.functions.values()].find(({ arn }) => arn === FunctionARN);
      if (found?.live == null)
        throw new ServiceError(400, 'InvalidFunctionAssociation', `${FunctionARN} is not published`);
    }
  }

  function checkNames(config: Config, self: FakeDistribution | undefined): void {
    const aliases = (config.Aliases?.Items ?? []) as string[];
    for (const other of distributions.values())
      if (other !== self && aliases.some((alias) => other.config.Aliases.Items?.includes(alias)))
        throw new ServiceError(
          409,
          'CNAMEAlreadyExists',
          'One or more of the CNAMEs you provided are already associated with a different resource.',
        );
    if (aliases.length === 0) return;
    const arn = config.ViewerCertificate?.ACMCertificateArn as string | undefined;
    const certificate = certificates.get(arn ?? '');
    if (certificate?.status !== 'ISSUED' || config.ViewerCertificate.SSLSupportMethod === undefined)
      throw new ServiceError(
        400,
        'InvalidViewerCertificate',
        'The specified SSL certificate does not exist, is not in us-east-1, or is not valid.',
      );
    const covers = (alias: string) =>
      certificate.hosts.some((host) => host === alias || host === alias.replace(/^[^.]+/, '*'));
    if (!aliases.every(covers))
      throw new ServiceError(
        400,
        'InvalidViewerCertificate',
        'The certificate does not cover the alternate domain name.',
      );
  }

  return {
    CreateDistribution: ({ DistributionConfig }: Input) => create(DistributionConfig, []),
    CreateDistributionWithTags: ({ DistributionConfigWithTags: { DistributionConfig, Tags } }: Input) =>
      create(DistributionConfig, Tags.Items ?? []),
    GetDistribution(input: Input) {
      const one = get(input);
      one.looks++;
      return show(one);
    },
    GetDistributionConfig: (input: Input) => ({ DistributionConfig: get(input).config, ETag: get(input).version }),
    UpdateDistribution(input: Input) {
      const one = get(input);
      checkVersion(one.version, input.IfMatch);
      const config = input.DistributionConfig;
      if (config.CallerReference !== one.config.CallerReference)
        throw new ServiceError(400, 'IllegalUpdate', 'The caller reference cannot be changed.');
      // "You must include all required fields": what an update leaves out is not kept.
      for (const name of [
        'Aliases',
        'CacheBehaviors',
        'CustomErrorResponses',
        'DefaultRootObject',
        'Logging',
        'PriceClass',
        'Restrictions',
        'WebACLId',
        'HttpVersion',
      ])
        if (config[name] === undefined) throw new ServiceError(400, 'IllegalUpdate', `${name} is missing`);
      check(config, one);
      one.config = fillIn(config);
      one.version = state.nextVersion();
      one.looks = 0;
      return show(one);
    },
    DeleteDistribution(input: Input) {
      const one = get(input);
      checkVersion(one.version, input.IfMatch);
      if (one.config.Enabled === true || statusOf(one) !== 'Deployed')
        throw new ServiceError(
          409,
          'DistributionNotDisabled',
          'The distribution you are trying to delete has not been disabled.',
        );
      distributions.delete(one.id);
      return {};
    },
    ListDistributions: ({ Marker }: Input) => ({
      DistributionList: page([...distributions.values()], Marker, state.pageSize, summarize),
    }),
    ListTagsForResource: ({ Resource }: { Resource: string }) => ({
      Tags: { Items: [...byArn(Resource).tags].map(([Key, Value]) => ({ Key, Value })) },
    }),
    TagResource({ Resource, Tags }: { Resource: string; Tags: { Items?: Tag[] } }) {
      for (const { Key, Value = '' } of Tags.Items ?? []) byArn(Resource).tags.set(Key, Value);
      return {};
    },
  };

  function summarize(one: FakeDistribution): Record<string, unknown> {
    const config = { ...one.config };
    for (const name of ['CallerReference', 'Logging', 'DefaultRootObject']) Reflect.deleteProperty(config, name);
    return {
      ...config,
      Id: one.id,
      ARN: one.arn,
      Status: statusOf(one),
      LastModifiedTime: new Date(0),
      DomainName: one.domain,
    };
  }
}

/** What AWS adds to what it was given; lists come back in another order. */
function fillIn(config: Config): Config {
  const behavior = (given: Config): Config => ({
    TrustedSigners: { Enabled: false, Quantity: 0 },
    TrustedKeyGroups: { Enabled: false, Quantity: 0 },
    SmoothStreaming: false,
    Compress: false,
    LambdaFunctionAssociations: none,
    FunctionAssociations: none,
    FieldLevelEncryptionId: '',
    GrpcConfig: { Enabled: false },
    ...given,
    ...(given.AllowedMethods === undefined
      ? {}
      : {
          AllowedMethods: { ...given.AllowedMethods, Items: [...(given.AllowedMethods.Items as string[])].reverse() },
        }),
  });
  return {
    Aliases: none,
    DefaultRootObject: '',
    OriginGroups: none,
    CacheBehaviors: none,
    Logging: { Enabled: false, IncludeCookies: false, Bucket: '', Prefix: '' },
    PriceClass: 'PriceClass_All',
    Restrictions: { GeoRestriction: { RestrictionType: 'none', Quantity: 0 } },
    WebACLId: '',
    HttpVersion: 'http2',
    IsIPV6Enabled: false,
    Staging: false,
    ...config,
    CustomErrorResponses: {
      Quantity: config.CustomErrorResponses?.Quantity ?? 0,
      Items: ((config.CustomErrorResponses?.Items ?? []) as Config[])
        .map((error) => ({ ResponsePagePath: '', ResponseCode: '', ...error }))
        .reverse(),
    },
    ViewerCertificate: fillInCertificate(config.ViewerCertificate as Config | undefined),
    Origins: {
      ...config.Origins,
      Items: (config.Origins.Items as Config[]).map((origin) => ({
        OriginPath: '',
        CustomHeaders: none,
        ConnectionAttempts: 3,
        ConnectionTimeout: 10,
        OriginShield: { Enabled: false },
        OriginAccessControlId: '',
        ...origin,
      })),
    },
    DefaultCacheBehavior: behavior(config.DefaultCacheBehavior as Config),
    ...(config.CacheBehaviors === undefined
      ? {}
      : {
          CacheBehaviors: {
            ...config.CacheBehaviors,
            Items: ((config.CacheBehaviors.Items ?? []) as Config[]).map(behavior),
          },
        }),
  };
}

function fillInCertificate(given: Config | undefined): Config {
  if (given?.ACMCertificateArn === undefined)
    return {
      CloudFrontDefaultCertificate: true,
      SSLSupportMethod: 'vip',
      MinimumProtocolVersion: 'TLSv1',
      CertificateSource: 'cloudfront',
    };
  return {
    ...given,
    CloudFrontDefaultCertificate: false,
    Certificate: given.ACMCertificateArn,
    CertificateSource: 'acm',
  };
}
