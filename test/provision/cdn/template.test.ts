/* eslint-disable @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-explicit-any -- templates are documents without a type here */
import type { DistributionConfig } from '@aws-sdk/client-cloudfront';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shapeDistribution } from '../../../src/aws/cdn/template/shapes.js';
import { accountId } from '../../fakes/account/server.js';
import { settingsOf, shop, startFakes, up, type Fakes } from './cdnRun.js';
import { templateOf } from './templateOf.js';

let fakes: Fakes;
beforeEach(async () => {
  fakes = await startFakes();
  fakes.account.zones.set('Z1', { id: 'Z1', name: 'acme.com', records: [] });
});
afterEach(() => fakes.close());

type Template = Awaited<ReturnType<typeof templateOf>>;

/** Resources of a type as CloudFormation would make them: with the ids that the fake account gave. */
function openStack(template: Template) {
  const { cloudFront, certificates } = fakes.account;
  const properties = (id: string) => template.Resources[id]?.Properties as any;
  const named = <T extends { config: Record<string, unknown> }>(things: Iterable<T>, name: string) =>
    [...things].find(({ config }) => config.Name === name) as any;
  /** What `Ref` and `Fn::GetAtt` give for a resource of the template. */
  const physical = (id: string, attribute = ''): string => {
    if (id === 'AWS::Partition') return 'aws';
    if (id === 'AWS::AccountId') return accountId;
    if (id === 'HostedZoneId') return 'Z1';
    const own = properties(id);
    switch (`${template.Resources[id]?.Type} ${attribute}`.trim()) {
      case 'AWS::S3::Bucket':
        return own.BucketName;
      case 'AWS::S3::Bucket RegionalDomainName':
        return `${own.BucketName}.s3.us-east-1.amazonaws.com`;
      case 'AWS::CloudFront::OriginAccessControl Id':
        return named(cloudFront.accessControls.values(), own.OriginAccessControlConfig.Name).id;
      case 'AWS::CloudFront::CachePolicy Id':
        return named(cloudFront.cachePolicies.values(), own.CachePolicyConfig.Name).id;
      case 'AWS::CloudFront::ResponseHeadersPolicy Id':
        return named(cloudFront.headersPolicies.values(), own.ResponseHeadersPolicyConfig.Name).id;
      case 'AWS::CloudFront::KeyValueStore Arn':
        return cloudFront.keyValueStores.get(own.Name)!.arn;
      case 'AWS::CloudFront::Function FunctionARN':
        return cloudFront.functions.get(own.Name)!.arn;
      case 'AWS::CertificateManager::Certificate':
        return [...certificates.keys()][0]!;
      case 'AWS::CloudFront::Distribution':
        return distributionOf(own.DistributionConfig).id;
      case 'AWS::CloudFront::Distribution DomainName':
        return distributionOf(own.DistributionConfig).domain;
      default:
        throw new Error(`${id} has no ${attribute}`);
    }
  };
  const distributionOf = ({ Comment }: { Comment: string }) =>
    [...cloudFront.distributions.values()].find(({ config }) => config.Comment === Comment)!;
  const fill = (value: any): any => {
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== 'object' || value === null) return value;
    if ('Fn::If' in value) return fill(value['Fn::If'][1]);
    if ('Ref' in value) return physical(value.Ref);
    if ('Fn::GetAtt' in value) return physical(value['Fn::GetAtt'][0], value['Fn::GetAtt'][1]);
    if ('Fn::Sub' in value)
      return value['Fn::Sub'].replace(/\$\{([\w:]+)(?:\.(\w+))?\}/g, (_: string, id: string, name?: string) =>
        physical(id, name),
      );
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fill(inner)]));
  };
  return (type: string): any[] =>
    Object.values(template.Resources)
      .filter(({ Type }) => Type === type)
      .map(({ Properties }) => fill(Properties));
}

/** CloudFront keeps its lists in an order of its own. */
function sortLists(value: any): any {
  if (Array.isArray(value)) return value.map(sortLists).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, sortLists(inner)]));
}
const keyOf = (item: any) =>
  String(item.DistributionConfig?.Comment ?? item.ErrorCode ?? item.EventType ?? item.Key ?? item);

const settings = () => settingsOf({ cdn: { cacheTags: 'x-amz-meta-cache-tag', tags: { team: 'web' } } });

describe('the template of the CDN', () => {
  it('is the same every time', async () => {
    expect(JSON.stringify(await templateOf(settings()))).toBe(JSON.stringify(await templateOf(settings())));
    expect(fakes.account.log).toEqual([]);
  });

  it('has everything that cdn up makes, set in the same way and bound together in the same way', async () => {
    const template = await templateOf(settings());
    await up(fakes, settings());
    const stack = openStack(template);
    const { cloudFront, zones, certificates } = fakes.account;

    const names = (things: Iterable<{ config: Record<string, unknown> }>) =>
      [...things].map(({ config }) => config.Name);
    expect(stack('AWS::S3::Bucket').map(({ BucketName }) => BucketName)).toEqual([...fakes.s3.buckets.keys()]);
    expect(stack('AWS::CloudFront::OriginAccessControl').map((one) => one.OriginAccessControlConfig)).toEqual(
      [...cloudFront.accessControls.values()].map(({ config }) => config),
    );
    expect(stack('AWS::CloudFront::CachePolicy').map((one) => one.CachePolicyConfig)).toEqual(
      [...cloudFront.cachePolicies.values()].map(({ config }) => expect.objectContaining(config)),
    );
    expect(stack('AWS::CloudFront::ResponseHeadersPolicy').map((one) => one.ResponseHeadersPolicyConfig.Name)).toEqual(
      names(cloudFront.headersPolicies.values()),
    );
    expect(stack('AWS::CloudFront::KeyValueStore').map(({ Name }) => Name)).toEqual([
      ...cloudFront.keyValueStores.keys(),
    ]);
    expect(
      stack('AWS::CloudFront::Function').map(({ Name, FunctionCode, FunctionConfig }) => ({
        name: Name,
        code: FunctionCode,
        store: FunctionConfig.KeyValueStoreAssociations?.[0].KeyValueStoreARN,
      })),
    ).toEqual(
      [...cloudFront.functions.values()].map(({ name, live }) => ({
        name,
        code: live!.code.toString(),
        store: (live!.config as any).KeyValueStoreAssociations?.Items?.[0].KeyValueStoreARN,
      })),
    );
    expect(stack('AWS::CertificateManager::Certificate')).toMatchObject([
      { DomainName: 'images.acme.com', SubjectAlternativeNames: ['static.acme.com', 'www.acme.com'] },
    ]);
    expect(certificates.size).toBe(1);

    const made = [...cloudFront.distributions.values()];
    expect(made).toHaveLength(3);
    const shaped = made.map(({ config, tags }) =>
      shapeDistribution(config as unknown as DistributionConfig, Object.fromEntries(tags)),
    );
    expect(sortLists(shaped)).toMatchObject(sortLists(stack('AWS::CloudFront::Distribution')));
    for (const { Bucket, PolicyDocument } of stack('AWS::S3::BucketPolicy'))
      expect(JSON.parse(fakes.s3.buckets.get(Bucket)!.settings.get('policy')!)).toEqual(PolicyDocument);
    expect(stack('AWS::S3::BucketPolicy')).toHaveLength(3);
    const records = zones.get('Z1')!.records.filter(({ Type }) => Type !== 'CNAME');
    expect(stack('AWS::Route53::RecordSet').map(({ HostedZoneId, ...record }) => [HostedZoneId, record])).toEqual(
      records.map((record) => ['Z1', record]),
    );
    // And nothing else: each of these types was looked at.
    expect(new Set(Object.values(template.Resources).map(({ Type }) => Type)).size).toBe(10);
  });

  it('tells the ids that the configuration wants, and keeps the buckets when the stack goes', async () => {
    const { Outputs, Resources } = await templateOf(settings());
    expect(Object.keys(Outputs as object)).toEqual([
      'KeyValueStoreArn',
      'ImagesDistributionId',
      'ImagesDistributionAddress',
      'ResourcesDistributionId',
      'ResourcesDistributionAddress',
      'PagesDistributionId',
      'PagesDistributionAddress',
    ]);
    const buckets = Object.values(Resources).filter(({ Type }) => Type === 'AWS::S3::Bucket');
    expect(buckets.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(['Retain', 'Retain', 'Retain']);
  });

  it('refuses what one stack cannot hold, and says how else', async () => {
    const pages = { ...shop.pages, region: 'eu-west-1' };
    await expect(templateOf(settingsOf({ origins: { ...shop, pages } }))).rejects.toMatchObject({
      code: 'config-invalid',
      message: 'one stack cannot be in eu-west-1 and us-east-1',
    });
    const certificate = 'arn:aws:acm:us-east-1:123456789012:certificate/abc';
    const template = await templateOf(settingsOf({ origins: { ...shop, pages }, cdn: { certificate } }));
    expect(JSON.stringify(template.Rules)).toContain('eu-west-1');
    expect(JSON.stringify(template.Resources)).toContain(certificate);
  });
});
