/**
 * An account in which nothing is made: everything that is asked of it becomes a resource of a CloudFormation template,
 * and its ids are references inside that template.
 */
import { PublishError } from '../../../errors.js';
import type { CdnAccount, Live, Shelf } from '../../../provision/cdn/ports.js';
import { addressTypes, cloudFrontZone } from '../addresses.js';
import { mergeBucketPolicy } from '../bucketPolicies.js';
import { mergeBucket } from '../buckets.js';
import { mergeDistribution } from '../distributionConfig.js';
import { mergeHeadersPolicy } from '../headersPolicy.js';
import { mergeAccessControl, mergeCachePolicy } from '../policies.js';
import {
  shapeBucket,
  shapeCachePolicy,
  shapeDistribution,
  shapeFunction,
  shapeHeadersPolicy,
  shapeTags,
} from './shapes.js';
import { attributeOf, referTo, resolveTokens } from './tokens.js';

interface TemplateResource {
  readonly Type: string;
  readonly Properties: unknown;
  readonly [attribute: string]: unknown;
}

export interface Template {
  readonly AWSTemplateFormatVersion: '2010-09-09';
  readonly Description: string;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly [section: string]: unknown;
}

export interface CollectingAccount extends CdnAccount {
  /**
   * The template of everything that was asked for.
   * @throws PublishError `config-invalid` where one stack cannot hold it.
   */
  finish(): Template;
}

/** Zone of the host names: asking the account for it would make the template depend on who prints it. */
const zoneParameter = 'HostedZoneId';
const hasZone = 'HasHostedZone';
/** "To use a certificate in ACM with CloudFront, make sure you request it in US East (N. Virginia)" (Developer Guide). */
const certificateRegion = 'us-east-1';

/** @param name that of the CDN: it is left out of the names inside the template. */
export function openTemplate(name: string): CollectingAccount {
  const resources: Record<string, TemplateResource> = {};
  const outputs: Record<string, unknown> = {};
  const regions = new Set<string>();
  const hosts: string[] = [];
  let hasCertificate = false;

  /** Names inside a template are letters and digits (Template Reference, "Resources"). */
  const nameFor = (text: string, kind: string): string => {
    const words = text.replace(new RegExp(`^${name}-?`), '').split(/[^A-Za-z0-9]+/);
    const id = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('') + kind;
    const isTaken = (one: string) => resources[one] !== undefined;
    let free = id;
    for (let count = 2; isTaken(free); count++) free = `${id}${count}`;
    return free;
  };
  const add = (id: string, Type: string, Properties: unknown, attributes: object = {}): string => {
    resources[id] = { Type, ...attributes, Properties };
    return id;
  };
  const shelfOf = <Wish, L extends Live>(create: (wish: Wish) => L): Shelf<Wish, L> => ({
    find: () => Promise.resolve(null),
    compare: () => [],
    create: (wish) => Promise.resolve(create(wish)),
    update: (live) => Promise.resolve(live),
  });

  return {
    buckets: shelfOf((wish) => {
      if (wish.region !== undefined) regions.add(wish.region);
      const properties = shapeBucket(wish.bucket, mergeBucket(wish, null));
      // What visitors are served from outlives the stack.
      const kept = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
      const id = add(nameFor(wish.bucket, 'Bucket'), 'AWS::S3::Bucket', properties, kept);
      return { id: referTo(id), domain: attributeOf(id, 'RegionalDomainName') };
    }),
    accessControls: shelfOf((wish) => {
      const properties = { OriginAccessControlConfig: mergeAccessControl(wish, null) };
      const id = add(nameFor(wish.name, 'OriginAccessControl'), 'AWS::CloudFront::OriginAccessControl', properties);
      return { id: attributeOf(id, 'Id') };
    }),
    cachePolicies: shelfOf((wish) => {
      const properties = shapeCachePolicy(mergeCachePolicy(wish, null));
      const id = add(nameFor(wish.name, 'CachePolicy'), 'AWS::CloudFront::CachePolicy', properties);
      return { id: attributeOf(id, 'Id') };
    }),
    headersPolicies: shelfOf((wish) => {
      const properties = shapeHeadersPolicy(mergeHeadersPolicy(wish, null));
      const id = add(nameFor(wish.name, 'HeadersPolicy'), 'AWS::CloudFront::ResponseHeadersPolicy', properties);
      return { id: attributeOf(id, 'Id') };
    }),
    keyValueStores: shelfOf((wish) => {
      const properties = { Name: wish.name, Comment: wish.comment };
      const id = add(nameFor(wish.name, 'KeyValueStore'), 'AWS::CloudFront::KeyValueStore', properties);
      const arn = attributeOf(id, 'Arn');
      outputs[`${id}Arn`] = { Description: 'origins.pages.keyValueStore', Value: arn };
      return { id: referTo(id), arn };
    }),
    functions: shelfOf((wish) => {
      const id = add(nameFor(wish.name, 'Function'), 'AWS::CloudFront::Function', shapeFunction(wish));
      return { id: referTo(id), arn: attributeOf(id, 'FunctionARN') };
    }),
    certificates: {
      ...shelfOf(({ hosts: [host = '', ...others], tags }) => {
        hasCertificate = true;
        const proofs = [host, ...others].map((DomainName) => ({ DomainName, HostedZoneId: referTo(zoneParameter) }));
        const properties = {
          DomainName: host,
          SubjectAlternativeNames: others.length === 0 ? undefined : others,
          ValidationMethod: 'DNS',
          DomainValidationOptions: { 'Fn::If': [hasZone, proofs, { Ref: 'AWS::NoValue' }] },
          Tags: shapeTags(tags),
        };
        const arn = referTo(add('Certificate', 'AWS::CertificateManager::Certificate', properties));
        return { id: arn, arn };
      }),
      // One that the configuration names is there already.
      find: ({ arn }) => Promise.resolve(arn === undefined ? null : { id: arn, arn }),
    },
    distributions: shelfOf((wish) => {
      const properties = shapeDistribution(mergeDistribution(wish, null), wish.tags);
      const id = add(nameFor(wish.origin, 'Distribution'), 'AWS::CloudFront::Distribution', properties);
      const domain = attributeOf(id, 'DomainName');
      outputs[`${id}Id`] = { Description: `origins.${wish.origin}.distribution`, Value: referTo(id) };
      outputs[`${id}Address`] = { Description: `address of the ${wish.origin} distribution`, Value: domain };
      const owner = `${referTo('AWS::Partition')}:cloudfront::${referTo('AWS::AccountId')}`;
      return { id: referTo(id), arn: `arn:${owner}:distribution/${referTo(id)}`, domain };
    }),
    bucketPolicies: shelfOf((wish) => {
      const bucket = Object.keys(resources).find((id) => isBucket(resources[id], wish.bucket));
      const properties = { Bucket: referTo(bucket ?? ''), PolicyDocument: mergeBucketPolicy(wish, null) };
      return { id: add(nameFor(wish.bucket, 'BucketPolicy'), 'AWS::S3::BucketPolicy', properties) };
    }),
    addresses: shelfOf(({ host, target }) => {
      hosts.push(host);
      // Last: from then on visitors come.
      const policies = Object.keys(resources).filter((id) => resources[id]?.Type === 'AWS::S3::BucketPolicy');
      for (const Type of addressTypes)
        add(
          nameFor(host, Type),
          'AWS::Route53::RecordSet',
          {
            HostedZoneId: referTo(zoneParameter),
            Name: host,
            Type,
            AliasTarget: { HostedZoneId: cloudFrontZone, DNSName: target, EvaluateTargetHealth: false },
          },
          { Condition: hasZone, DependsOn: policies },
        );
      return { id: host };
    }),
    finish() {
      const region = chooseRegion(regions, hasCertificate);
      const asksForZone = hosts.length > 0;
      return resolveTokens({
        AWSTemplateFormatVersion: '2010-09-09',
        Description: `${name}: buckets, distributions and functions of a site that twinorigin publishes`,
        Parameters: asksForZone ? { [zoneParameter]: describeZone(hosts) } : undefined,
        Rules: region === undefined ? undefined : { Region: ruleFor(region) },
        Conditions: asksForZone
          ? { [hasZone]: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: zoneParameter }, ''] }] } }
          : undefined,
        Resources: resources,
        Outputs: outputs,
      }) as Template;
    },
  };
}

function isBucket(resource: TemplateResource | undefined, bucket: string): boolean {
  if (resource?.Type !== 'AWS::S3::Bucket') return false;
  return (resource.Properties as { readonly BucketName: string }).BucketName === bucket;
}

/** A stack makes everything in its own region. */
function chooseRegion(regions: ReadonlySet<string>, hasCertificate: boolean): string | undefined {
  const wanted = new Set([...regions, ...(hasCertificate ? [certificateRegion] : [])]);
  if (wanted.size > 1)
    throw new PublishError('config-invalid', `one stack cannot be in ${[...wanted].sort().join(' and ')}`, {
      hint: `The certificate has to be in ${certificateRegion}: put the buckets there too, name a certificate of your own in "cdn.certificate", or use twinorigin cdn up.`,
    });
  return [...wanted][0];
}

function ruleFor(region: string): object {
  return {
    Assertions: [
      {
        Assert: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, region] },
        AssertDescription: `this stack belongs in ${region}`,
      },
    ],
  };
}

function describeZone(hosts: readonly string[]): object {
  return {
    Type: 'String',
    Default: '',
    Description: `Route 53 zone of ${hosts.join(', ')}; empty where their DNS is elsewhere`,
  };
}
