/** What the CDN of a site consists of: every resource with its wish, its needs and its price. */
import { originNames, type OriginName } from '../../build/build.js';
import { knownLater, type Findings, type Resource, type ResourceReader } from '../resource.js';
import type { CdnAccount, CdnAccountReader, Live, LiveBucket, LiveDistribution, LiveNamed } from './ports.js';
import type { CdnSettings, OriginSettings } from './settings.js';
import { shelve } from './shelve.js';
import { assetHeaders, pageHeaders } from './visitorHeaders.js';
import type { BucketReader } from './wishes.js';

/** The resources, and those whose ids are of use later. */
export interface Desired<R extends ResourceReader = ResourceReader> {
  readonly resources: readonly R[];
  readonly distributions: ReadonlyMap<OriginName, ResourceReader<LiveDistribution>>;
  /** What the functions of the pages read; undefined where none of them reads any. */
  readonly keyValueStore: ResourceReader<LiveNamed> | undefined;
}

/** Of an account that can only be read, the resources can only be looked at. */
export function desireCdn(settings: CdnSettings, account: CdnAccount): Desired<Resource>;
export function desireCdn(settings: CdnSettings, account: CdnAccountReader): Desired;
export function desireCdn(settings: CdnSettings, account: CdnAccountReader): Desired {
  const { name, tags } = settings;
  const list: ResourceReader[] = [];
  const add = <R extends ResourceReader>(resource: R): R => {
    list.push(resource);
    return resource;
  };
  const idOf = (findings: Findings, resource: ResourceReader<Live>) => findings.of(resource)?.id ?? knownLater;
  const arnOf = (findings: Findings, resource: ResourceReader<LiveNamed>) => findings.of(resource)?.arn ?? knownLater;

  const origins = originNames.flatMap((origin) => {
    const own = settings.origins[origin];
    return own === undefined ? [] : [[origin, own] as const];
  });
  const buckets = new Map<string, ResourceReader<LiveBucket>>();
  for (const [origin, { bucket, region }] of origins) {
    if (buckets.has(bucket)) continue;
    const sharers = origins.filter(([, other]) => other.bucket === bucket).map(([sharer]) => sharer);
    const openToAnyOrigin = sharers.some((sharer) => sharer !== 'pages');
    const wish = { bucket, region, tags, openToAnyOrigin };
    buckets.set(bucket, add(shelve(account.buckets, { kind: 'bucket', name: `${origin} bucket`, wish: () => wish })));
  }

  const accessControl = add(
    shelve(account.accessControls, {
      kind: 'origin access control',
      name: 'origin access control',
      wish: () => ({ name, description: `CloudFront reads the buckets of ${name}` }),
    }),
  );
  const cachePolicy = add(
    shelve(account.cachePolicies, {
      kind: 'cache policy',
      name: 'cache policy',
      wish: () => ({
        name,
        comment: `${name}: kept by address, as long as the object says`,
        compresses: settings.encodings === 'none',
      }),
    }),
  );
  const headersPolicies = new Map<boolean, ResourceReader<Live>>();
  const headersPolicyOf = (origin: OriginName): ResourceReader<Live> => {
    const isPages = origin === 'pages';
    const known = headersPolicies.get(isPages);
    if (known !== undefined) return known;
    const wish = isPages ? pageHeaders(settings) : assetHeaders(settings);
    const part = isPages ? 'page headers' : 'asset headers';
    const policy = add(
      shelve(account.headersPolicies, { kind: 'response headers policy', name: part, wish: () => wish }),
    );
    headersPolicies.set(isPages, policy);
    return policy;
  };

  const needsKeys = settings.functions.some((one) => one.needsKeys);
  const keys = needsKeys
    ? add(
        shelve(account.keyValueStores, {
          kind: 'key-value store',
          name: 'key-value store',
          wish: () => ({ name, comment: `${name}: which release is live` }),
        }),
      )
    : undefined;
  const functions = settings.functions.map((one) => ({
    ...one,
    resource: add(
      shelve(account.functions, {
        kind: 'function',
        name: `${one.part} function`,
        needs: one.needsKeys && keys !== undefined ? [keys] : [],
        wish: (findings) => ({
          name: `${name}-${one.part}`.replaceAll(' ', '-'),
          comment: `${name}: ${one.part}`,
          event: one.event,
          code: one.code,
          keyValueStore: one.needsKeys && keys !== undefined ? arnOf(findings, keys) : null,
        }),
      }),
    ),
  }));

  const hosts = origins.flatMap(([, { alias }]) => (alias === null ? [] : [alias]));
  const certificate =
    hosts.length === 0
      ? undefined
      : add(
          shelve(account.certificates, {
            kind: 'certificate',
            name: 'certificate',
            wish: () => ({ hosts, arn: settings.certificate, token: tokenOf(name), tags }),
          }),
        );

  const distributions = new Map<OriginName, ResourceReader<LiveDistribution>>();
  for (const [origin, own] of origins) {
    const bucket = buckets.get(own.bucket);
    const headersPolicy = headersPolicyOf(origin);
    const ownFunctions = functions.filter((one) => one.origins.includes(origin));
    const needs = [bucket, accessControl, cachePolicy, headersPolicy, certificate].filter((need) => need !== undefined);
    const isPages = origin === 'pages';
    const distribution = add(
      shelve(account.distributions, {
        kind: 'distribution',
        name: `${origin} distribution`,
        needs: [...needs, ...ownFunctions.map(({ resource }) => resource)],
        wish: (findings) => ({
          origin,
          id: own.distribution,
          reference: `${name}-${origin}`,
          comment: `${name}: ${origin}`,
          bucketDomain: (bucket && findings.of(bucket)?.domain) ?? knownLater,
          originPath: own.prefix === '' ? '' : `/${own.prefix}`,
          originHeader: isPages ? null : `https://${hosts[0] ?? 'twinorigin.invalid'}`,
          accessControl: idOf(findings, accessControl),
          cachePolicy: idOf(findings, cachePolicy),
          headersPolicy: idOf(findings, headersPolicy),
          functions: ownFunctions.map(({ event, resource }) => ({ event, arn: arnOf(findings, resource) })),
          compresses: settings.encodings === 'none',
          answersOptions: !isPages,
          aliases: own.alias === null ? [] : [own.alias],
          certificate: own.alias === null || certificate === undefined ? null : arnOf(findings, certificate),
          minimumTls: settings.minimumTls,
          priceClass: settings.priceClass,
          notFoundPage: isPages ? settings.notFoundPage : null,
          cacheTagHeader: isPages ? settings.cacheTagHeader : null,
          tags,
        }),
      }),
    );
    distributions.set(origin, distribution);
  }

  for (const [bucketName, bucket] of buckets) {
    const readers = origins.filter(([, own]) => own.bucket === bucketName);
    const sources = readers.flatMap(([origin]) => distributions.get(origin) ?? []);
    add(
      shelve(account.bucketPolicies, {
        kind: 'bucket policy',
        name: `${bucket.name} policy`,
        needs: [bucket, ...sources],
        wish: (findings) => ({
          bucket: bucketName,
          region: readers[0]?.[1].region,
          readers: readers.map(([origin, own]) => describeReader(origin, own, findings, distributions)),
        }),
      }),
    );
  }
  // Last: from then on visitors come.
  for (const [origin, { alias, bucket }] of origins) {
    const distribution = distributions.get(origin);
    if (alias === null || distribution === undefined) continue;
    const policy = list.find(({ name: own }) => own === `${buckets.get(bucket)?.name} policy`);
    add(
      shelve(account.addresses, {
        kind: 'address',
        name: `${origin} address`,
        needs: policy === undefined ? [distribution] : [distribution, policy],
        wish: (findings) => ({ host: alias, target: findings.of(distribution)?.domain ?? knownLater }),
      }),
    );
  }
  return { resources: list, distributions, keyValueStore: keys };
}

function describeReader(
  origin: OriginName,
  { prefix }: OriginSettings,
  findings: Findings,
  distributions: ReadonlyMap<OriginName, ResourceReader<LiveDistribution>>,
): BucketReader {
  const distribution = distributions.get(origin);
  const distributionArn = (distribution && findings.of(distribution)?.arn) ?? knownLater;
  return { origin, prefix: prefix === '' ? '' : `${prefix}/`, distributionArn };
}

/** At most 32 word characters (ACM API Reference, RequestCertificate). */
function tokenOf(name: string): string {
  return name.replace(/\W/g, '_').slice(0, 32);
}
