/* eslint-disable @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return -- configurations are documents without a type here */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plan, settingsOf, startFakes, up, type Fakes } from './cdnRun.js';

let fakes: Fakes;
beforeEach(async () => {
  fakes = await startFakes();
  fakes.account.zones.set('Z1', { id: 'Z1', name: 'acme.com', records: [] });
  await up(fakes, settingsOf());
});
afterEach(() => fakes.close());

const pages = () => fakes.account.cloudFront.distributions.get('E0000000000003')!;

/** As the console would: another version. */
function changeByHand(change: (config: ReturnType<typeof pages>['config']) => void): void {
  const one = pages();
  one.config = structuredClone(one.config);
  change(one.config);
  one.version = fakes.account.cloudFront.nextVersion();
}

describe('what somebody made by hand', () => {
  it('is shown and survives: a behavior, an alias, an origin, a web ACL, logs, an answer to 500, a header', async () => {
    const api = {
      Id: 'api',
      DomainName: 'api.acme.com',
      CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'https-only' },
    };
    for (const certificate of fakes.account.certificates.values())
      Object.assign(certificate, { hosts: [...certificate.hosts, 'acme.com'] });
    changeByHand((config) => {
      config.Origins = { Quantity: 2, Items: [...config.Origins.Items, api] };
      const behavior = { ...config.DefaultCacheBehavior, PathPattern: '/api/*', TargetOriginId: 'api' };
      config.CacheBehaviors = { Quantity: 1, Items: [behavior] };
      config.Aliases = { Quantity: 2, Items: ['acme.com', 'www.acme.com'] };
      config.WebACLId = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/a/1';
      config.Logging = { Enabled: true, IncludeCookies: false, Bucket: 'logs.s3.amazonaws.com', Prefix: '' };
      config.CustomErrorResponses = {
        Quantity: 3,
        Items: [...config.CustomErrorResponses.Items, { ErrorCode: 500, ErrorCachingMinTTL: 1 }],
      };
      config.HttpVersion = 'http1.1'; // and this is drift: ours
    });
    const policy = fakes.account.cloudFront.headersPolicies.get('responseheaderspolicy-2')!;
    const custom = { Header: 'X-Team', Value: 'blue', Override: false };
    policy.config = {
      ...policy.config,
      CustomHeadersConfig: {
        Quantity: 2,
        Items: [custom, { Header: 'vary', Value: 'Accept-Encoding', Override: true }],
      },
    };

    const planned = await plan(fakes, settingsOf());
    const change = planned.changes.find(({ name }) => name === 'pages distribution')!;
    expect(change.differences).toEqual([
      { setting: 'http version', from: 'http1.1', to: 'http2and3', owner: 'ours' },
      { setting: 'alias', from: 'acme.com', owner: 'foreign' },
      { setting: 'behavior /api/*', from: 'from api', owner: 'foreign' },
      { setting: 'origin api', from: 'api.acme.com', owner: 'foreign' },
      { setting: 'answer to 500', from: '500', owner: 'foreign' },
      { setting: 'web ACL', from: 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/a/1', owner: 'foreign' },
      { setting: 'access logs', from: 'logs.s3.amazonaws.com', owner: 'foreign' },
    ]);
    const before = structuredClone(pages().config);
    const { steps } = await up(fakes, settingsOf());
    expect(steps.map(({ action, name }) => `${action} ${name}`)).toEqual([
      'update page headers',
      'update pages distribution',
    ]);
    const { CacheBehaviors, Aliases, Origins, WebACLId, Logging, HttpVersion } = pages().config;
    expect(HttpVersion).toBe('http2and3');
    expect({ Aliases, WebACLId, Logging }).toEqual({
      Aliases: before.Aliases,
      WebACLId: before.WebACLId,
      Logging: before.Logging,
    });
    expect(CacheBehaviors.Items[0]).toMatchObject({ PathPattern: '/api/*', TargetOriginId: 'api' });
    expect(Origins.Items.map(({ Id }: { Id: string }) => Id)).toEqual(['twinorigin-pages', 'api']);
    expect(policy.config.CustomHeadersConfig).toMatchObject({ Items: [{ Header: 'Vary' }, custom] });
    expect((await plan(fakes, settingsOf())).empty).toBe(true);
  });

  it('keeps its function, and ours stays out of that event', async () => {
    const own = { name: 'mine', arn: 'arn:aws:cloudfront::111122223333:function/mine' };
    const { functions } = fakes.account.cloudFront;
    functions.set('mine', { ...functions.get('twinorigin-www-acme-com-pages')!, ...own });
    changeByHand((config) => {
      config.DefaultCacheBehavior.FunctionAssociations.Items[0].FunctionARN = own.arn;
    });
    const change = (await plan(fakes, settingsOf())).changes.find(({ name }) => name === 'pages distribution')!;
    expect(change.action).toBe('keep');
    expect(change.differences).toEqual([{ setting: 'viewer-request function', from: own.arn, owner: 'foreign' }]);
  });

  it('keeps a page in place of 404 on the pages; on the assets that is put right', async () => {
    const fallback = { ErrorCode: 404, ResponsePagePath: '/index.html', ResponseCode: '200', ErrorCachingMinTTL: 10 };
    for (const one of fakes.account.cloudFront.distributions.values()) {
      one.config = {
        ...structuredClone(one.config),
        CustomErrorResponses: {
          Quantity: 2,
          Items: [
            one.config.CustomErrorResponses.Items.find(({ ErrorCode }: { ErrorCode: number }) => ErrorCode === 403),
            fallback,
          ],
        },
      };
      one.version = fakes.account.cloudFront.nextVersion();
    }
    await up(fakes, settingsOf());
    const answers = [...fakes.account.cloudFront.distributions.values()].map(
      ({ config }) =>
        config.CustomErrorResponses.Items.find(({ ErrorCode }: { ErrorCode: number }) => ErrorCode === 404)
          .ResponseCode,
    );
    expect(answers).toEqual(['', '', '200']);
  });

  it('keeps statements, rules and tags on buckets, and closes a bucket that was opened', async () => {
    const { settings } = fakes.s3.buckets.get('acme-www')!;
    const policy = JSON.parse(settings.get('policy')!) as { Statement: object[] };
    const backup = {
      Sid: 'Backup',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::111122223333:root' },
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::acme-www/*',
    };
    const shortened = policy.Statement.slice(0, 1);
    settings.set('policy', JSON.stringify({ ...policy, Statement: [...shortened, backup] }));
    settings.set('tagging', '<Tagging><TagSet><Tag><Key>team</Key><Value>blue</Value></Tag></TagSet></Tagging>');
    settings.set('publicAccessBlock', settings.get('publicAccessBlock')!.replaceAll('true', 'false'));
    const planned = await plan(fakes, settingsOf());
    expect(
      planned.changes.filter(({ action }) => action === 'update').map(({ name, reason }) => `${name} ${reason}`),
    ).toEqual([
      'pages bucket differs in block public acls, ignore public acls, block public policy, restrict public buckets, twinorigin',
      expect.stringMatching(/^pages bucket policy differs in statement TwinoriginKeepRecordsPrivate/),
    ]);
    await up(fakes, settingsOf());
    expect(settings.get('policy')).toContain('"Sid":"Backup"');
    expect(settings.get('policy')).toContain('TwinoriginKeepRecordsPrivate');
    expect(settings.get('tagging')).toContain('<Key>team</Key>');
    expect(settings.get('publicAccessBlock')).not.toContain('false');
    expect((await plan(fakes, settingsOf())).empty).toBe(true);
  });

  it('keeps lifecycle rules of others beside ours, which drop broken uploads and marks of deletions and nothing else', async () => {
    const { settings } = fakes.s3.buckets.get('acme-images')!;
    const ours = settings.get('lifecycle')!;
    const rules = [...ours.matchAll(/<Rule>.*?<\/Rule>/gs)].map(([rule]) => rule);
    expect(rules).toHaveLength(2);
    expect(rules[0]).toContain('<DaysAfterInitiation>7</DaysAfterInitiation>');
    expect(rules[0]).not.toContain('<Expiration>');
    expect(rules[1]).toContain('<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>');
    expect(ours).not.toContain('Noncurrent');
    expect(ours).not.toContain('<Days>');

    const theirs =
      '<Rule><ID>old-versions</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status><NoncurrentVersionExpiration><NoncurrentDays>90</NoncurrentDays></NoncurrentVersionExpiration></Rule>';
    settings.set('lifecycle', ours.replace(rules[1]!, theirs));
    await up(fakes, settingsOf());
    const now = settings.get('lifecycle')!;
    expect(now).toContain('<ID>old-versions</ID>');
    expect(now).toContain('<NoncurrentDays>90</NoncurrentDays>');
    expect(now).toContain('<ID>twinorigin-delete-markers</ID>');
    expect((await plan(fakes, settingsOf())).empty).toBe(true);
  });

  it('keeps an address that leads elsewhere, and says so', async () => {
    const zone = fakes.account.zones.get('Z1')!;
    const old = { Name: 'www.acme.com', Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] };
    zone.records.splice(0, zone.records.length, ...zone.records.filter(({ Name }) => Name !== 'www.acme.com'), old);
    const { steps, plan: planned } = await up(fakes, settingsOf());
    expect(steps).toEqual([]);
    expect(planned.changes.find(({ name }) => name === 'pages address')?.differences).toEqual([
      {
        setting: 'DNS',
        from: 'leads to 192.0.2.1; change it to d3.cloudfront.net when you want to go live',
        owner: 'foreign',
      },
    ]);
  });

  it('is not overwritten when it is made between our reading and our writing', async () => {
    changeByHand((config) => void (config.HttpVersion = 'http1.1'));
    let done = false;
    fakes.account.before = (operation) => {
      if (operation !== 'cloudfront:UpdateDistribution' || done) return undefined;
      done = true;
      changeByHand((config) => void (config.WebACLId = 'arn:acl'));
      return undefined;
    };
    await up(fakes, settingsOf());
    expect(pages().config).toMatchObject({ HttpVersion: 'http2and3', WebACLId: 'arn:acl' });
  });

  it('may be a distribution in front of the bucket: it is taken over instead of a second one', async () => {
    changeByHand((config) => {
      config.CallerReference = 'console';
      config.Origins.Items[0].Id = 'my-bucket';
      config.Origins.Items[0].DomainName = 'acme-www.s3.amazonaws.com';
      config.DefaultCacheBehavior.TargetOriginId = 'my-bucket';
    });
    await up(fakes, settingsOf());
    expect(fakes.account.cloudFront.distributions.size).toBe(3);
    expect(pages().config.Origins.Items).toMatchObject([
      { Id: 'my-bucket', DomainName: 'acme-www.s3.us-east-1.amazonaws.com' },
    ]);
  });

  it('an alias of another distribution is refused in words', async () => {
    const { distributions } = fakes.account.cloudFront;
    const other = structuredClone({ ...pages(), tags: undefined });
    other.config.Aliases.Items = ['images.acme.com'];
    other.config.Origins.Items[0].DomainName = 'other.s3.amazonaws.com';
    distributions.delete('E0000000000001');
    distributions.set('E9', { ...other, id: 'E9', arn: 'arn:aws:cloudfront::1:distribution/E9', tags: new Map() });
    await expect(up(fakes, settingsOf())).rejects.toMatchObject({
      code: 'aws-failed',
      message: expect.stringContaining('one of its host names belongs to another distribution') as string,
    });
  });
});
