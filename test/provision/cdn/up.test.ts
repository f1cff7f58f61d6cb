/* eslint-disable @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return -- configurations are documents without a type here */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { privatePrefix } from '../../../src/provision/cdn/privatePrefix.js';
import { privatePrefix as releasePrefix } from '../../../src/release/keys.js';
import { plan, settingsOf, shop, startFakes, up, type Fakes } from './cdnRun.js';

let fakes: Fakes;
beforeEach(async () => {
  fakes = await startFakes();
  fakes.account.zones.set('Z1', { id: 'Z1', name: 'acme.com', records: [] });
});
afterEach(() => fakes.close());

const isWrite = (operation: string) => !/(:|^)(Get|Head|List|Describe)/.test(operation);
const distributions = () => [...fakes.account.cloudFront.distributions.values()];
const distributionOf = (bucket: string) =>
  distributions().find(({ config }) => config.Origins.Items[0].DomainName.startsWith(`${bucket}.s3.`))!;
const policyOf = (bucket: string) =>
  JSON.parse(fakes.s3.buckets.get(bucket)!.settings.get('policy')!) as { Statement: Record<string, unknown>[] };

describe('cdn up', () => {
  it('makes everything from nothing, in an order in which nobody is led to what is not ready', async () => {
    const outcome = await up(fakes, settingsOf());
    expect(outcome.problems).toEqual([]);
    expect(outcome.waiting).toEqual([]);
    expect(outcome.steps.map(({ name }) => name)).toEqual([
      'images bucket',
      'resources bucket',
      'pages bucket',
      'origin access control',
      'cache policy',
      'key-value store',
      'assets function',
      'pages function',
      'pages response function',
      'certificate',
      'asset headers',
      'images distribution',
      'resources distribution',
      'page headers',
      'pages distribution',
      'images bucket policy',
      'resources bucket policy',
      'pages bucket policy',
      'images address',
      'resources address',
      'pages address',
    ]);
    const { config, arn, tags } = distributionOf('acme-images');
    expect(config).toMatchObject({
      Aliases: { Items: ['images.acme.com'] },
      HttpVersion: 'http2and3',
      IsIPV6Enabled: true,
      ViewerCertificate: { SSLSupportMethod: 'sni-only', MinimumProtocolVersion: 'TLSv1.2_2021' },
      DefaultCacheBehavior: { ViewerProtocolPolicy: 'redirect-to-https', Compress: false },
      Origins: { Items: [{ CustomHeaders: { Items: [{ HeaderName: 'Origin' }] } }] },
    });
    expect([...tags]).toEqual([['twinorigin', 'twinorigin-www-acme-com']]);
    // An error on the assets stays an error, for seconds; on the pages it has a page, with the status 404.
    expect(config.CustomErrorResponses.Items.map((one: object) => JSON.stringify(one)).sort()).toEqual([
      '{"ResponsePagePath":"","ResponseCode":"","ErrorCode":403,"ErrorCachingMinTTL":10}',
      '{"ResponsePagePath":"","ResponseCode":"","ErrorCode":404,"ErrorCachingMinTTL":10}',
    ]);
    expect(distributionOf('acme-www').config.CustomErrorResponses.Items).toContainEqual({
      ErrorCode: 403,
      ResponsePagePath: '/404.html',
      ResponseCode: '404',
      ErrorCachingMinTTL: 10,
    });
    expect(policyOf('acme-images').Statement).toContainEqual({
      Sid: 'TwinoriginReadImages',
      Effect: 'Allow',
      Principal: { Service: 'cloudfront.amazonaws.com' },
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::acme-images/*',
      Condition: { StringEquals: { 'AWS:SourceArn': arn } },
    });
    expect(policyOf('acme-www').Statement).toContainEqual({
      Sid: 'TwinoriginKeepRecordsPrivate',
      Effect: 'Deny',
      Principal: { Service: 'cloudfront.amazonaws.com' },
      Action: 's3:GetObject',
      Resource: ['arn:aws:s3:::acme-www/.twinorigin/*'],
    });
    const records = fakes.account.zones.get('Z1')!.records.filter(({ Type }) => Type !== 'CNAME');
    expect(records.map(({ Name, Type }) => `${Name} ${Type}`)).toEqual(
      ['images', 'static', 'www'].flatMap((name) => [`${name}.acme.com A`, `${name}.acme.com AAAA`]),
    );
  });

  it('finds nothing to do the second time, and writes nothing', async () => {
    await up(fakes, settingsOf());
    fakes.account.log.length = 0;
    fakes.s3.log.length = 0;
    const { steps, plan: second } = await up(fakes, settingsOf());
    expect(second.changes.filter(({ action }) => action !== 'keep')).toEqual([]);
    expect(steps).toEqual([]);
    expect([...fakes.account.log, ...fakes.s3.log.map(({ operation }) => operation)].filter(isWrite)).toEqual([]);
  });

  it('a plan writes nothing at all', async () => {
    const { totals } = await plan(fakes, settingsOf());
    expect(totals).toEqual({ create: 21, update: 0, wait: 0, keep: 0, remove: 0 });
    expect([...fakes.account.log, ...fakes.s3.log.map(({ operation }) => operation)].filter(isWrite)).toEqual([]);
  });

  it("with pages on a server of one's own, makes nothing for them", async () => {
    await up(fakes, settingsOf({}, true));
    expect([...fakes.s3.buckets.keys()]).toEqual(['acme-images', 'acme-resources']);
    expect([...fakes.account.cloudFront.functions.keys()]).toEqual(['twinorigin-www-acme-com-assets']);
    expect(fakes.account.cloudFront.keyValueStores.size).toBe(0);
  });

  it('needs neither certificate nor DNS for the addresses that CloudFront gives', async () => {
    const url = 'https://new.cloudfront.net';
    const origins = {
      ...shop,
      images: { ...shop.images, url },
      pages: { ...shop.pages, url },
      resources: { ...shop.resources, url },
    };
    await up(fakes, settingsOf({ origins, cdn: { name: 'shop' } }));
    expect(fakes.account.certificates.size).toBe(0);
    expect(distributionOf('acme-www').config.Aliases.Quantity).toBe(0);
    expect((await plan(fakes, settingsOf({ origins, cdn: { name: 'shop' } }))).empty).toBe(true);
  });

  it('serves several origins from folders of one bucket', async () => {
    const bucket = 'acme-all';
    const origins = {
      images: { ...shop.images, bucket, prefix: 'i' },
      resources: { ...shop.resources, bucket, prefix: 'r' },
      pages: { ...shop.pages, bucket, prefix: 'p' },
    };
    await up(fakes, settingsOf({ origins }));
    expect(distributions().map(({ config }) => config.Origins.Items[0].OriginPath)).toEqual(['/i', '/r', '/p']);
    const { Statement } = policyOf(bucket);
    expect(Statement.map(({ Resource }) => Resource)).toContainEqual('arn:aws:s3:::acme-all/i/*');
    expect((await plan(fakes, settingsOf({ origins }))).empty).toBe(true);
  });

  it('does all it can while a certificate waits for records elsewhere, and says which', async () => {
    fakes.account.zones.clear();
    const { waiting, steps } = await up(fakes, settingsOf());
    expect(waiting[0]).toMatchObject({ name: 'certificate', reason: 'waits for DNS records' });
    expect(waiting[0]!.todo).toHaveLength(3);
    expect(waiting[0]!.todo[0]).toMatch(
      /^DNS record _[0-9a-f]{12}\.images\.acme\.com CNAME _\w+\.acm-validations\.aws\.$/,
    );
    expect(steps.map(({ name }) => name)).toContain('assets function');
    for (const certificate of fakes.account.certificates.values()) certificate.status = 'ISSUED';
    const after = await up(fakes, settingsOf());
    expect(after.waiting).toEqual([]);
    expect(after.plan.changes.find(({ name }) => name === 'certificate')?.action).toBe('keep');
    const addresses = (await plan(fakes, settingsOf())).changes.filter(({ kind }) => kind === 'address');
    expect(addresses[0]?.differences).toEqual([
      { setting: 'DNS', from: 'not in Route 53: it needs a CNAME record to d1.cloudfront.net', owner: 'foreign' },
    ]);
  });

  it('keeps our own name for our own records', () => {
    expect(privatePrefix).toBe(releasePrefix);
  });

  const everyWrite = process.env.TEST_EVERY_CRASH !== undefined;
  it.each(['before', 'after'] as const)(
    'ends in the same state when it breaks off %s any kind of write, again and again',
    { timeout: 300_000 },
    async (when) => {
      const undisturbed = await startFakes();
      undisturbed.account.zones.set('Z1', { id: 'Z1', name: 'acme.com', records: [] });
      await up(undisturbed, settingsOf());
      const broken = new Set<string>();
      const breakOff = (operation: string) => {
        const name = everyWrite ? `${operation} ${String(broken.size)}` : operation;
        if (!isWrite(operation) || broken.has(name) || (everyWrite && broken.size > 80)) return undefined;
        broken.add(name);
        return 'reset' as const;
      };
      fakes.account[when] = breakOff;
      fakes.s3[when] = ({ operation }: { readonly operation: string }) => breakOff(`s3:${operation}`);
      let runs = 0;
      for (let done = false; !done; runs++) {
        expect(runs).toBeLessThan(120);
        done = await up(fakes, settingsOf()).then(
          () => true,
          () => false,
        );
      }
      expect(broken.size).toBeGreaterThan(12);
      expect(stateOf(fakes)).toEqual(stateOf(undisturbed));
      await undisturbed.close();
    },
  );
});

/** Without versions, which count writes. */
function stateOf({ account, s3 }: Fakes) {
  const front = account.cloudFront;
  return {
    buckets: [...s3.buckets].map(([name, { settings }]) => [name, [...settings].sort()]),
    documents: [front.accessControls, front.cachePolicies, front.headersPolicies].map((things) =>
      [...things.values()].map(({ id, config }) => ({ id, config })),
    ),
    functions: [...front.functions.values()].map(({ name, live }) => ({ name, live })),
    stores: [...front.keyValueStores.keys()],
    distributions: [...front.distributions.values()].map(({ id, config, tags }) => ({ id, config, tags: [...tags] })),
    certificates: [...account.certificates.values()].map(({ arn, hosts, status }) => ({ arn, hosts, status })),
    records: account.zones.get('Z1')?.records,
  };
}
