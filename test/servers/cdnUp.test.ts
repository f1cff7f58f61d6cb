/**
 * `cdn up` on moto, for what moto 5.2.1 has: buckets and their policies, origin access control, certificate,
 * distributions, addresses. Cache policies, response headers policies, functions and key-value stores it answers with
 * 404: those are made in memory here. Versions (ETags) of distributions it does not check; the fake account does.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAws, openCdnAccount, type Aws } from '../../src/aws/index.js';
import { applyProvision } from '../../src/provision/apply.js';
import { desireCdn } from '../../src/provision/cdn/desire.js';
import type { CdnAccount, LiveNamed, Shelf } from '../../src/provision/cdn/ports.js';
import { planProvision } from '../../src/provision/plan.js';
import { settingsOf } from '../provision/cdn/cdnRun.js';
import type { OriginName } from '../../src/build/build.js';
import { makeWorld } from '../provision/memoryAccount.js';
import { moto, useCredentials } from './server.js';

const server = moto();

/**
 * Settings of a distribution that moto takes and does not tell again (access control, functions), or tells although they
 * were never sent (those that a cache policy stands for).
 */
const deviating = /^(query string|forward|(min|default|max) TTL|origin .* access control id|function association .*)$/;

describe.skipIf(server === undefined)('cdn up on moto', () => {
  let aws: Aws;
  let account: CdnAccount;
  const unique = `t${Date.now().toString(36)}`;
  const host = (name: string) => `${name}.${unique}.example`;
  /** As in a configuration into which the ids were written. */
  const settingsWith = (ids: Partial<Record<OriginName, string>>) =>
    settingsOf({
      origins: {
        images: { bucket: `${unique}-images`, url: `https://${host('images')}`, distribution: ids.images },
        resources: { bucket: `${unique}-resources`, url: `https://${host('static')}`, distribution: ids.resources },
        pages: { bucket: `${unique}-www`, url: `https://${host('www')}`, distribution: ids.pages },
      },
      cdn: { name: unique },
    });

  beforeAll(async () => {
    useCredentials(server!);
    aws = openAws({ endpointUrl: server!.url });
    const real = openCdnAccount(aws);
    let certificate: string | undefined;
    account = {
      ...real,
      // Its list of certificates leaves out the other names, by which one is found on AWS.
      certificates: {
        ...real.certificates,
        find: (wish) =>
          certificate === undefined ? Promise.resolve(null) : real.certificates.find({ ...wish, arn: certificate }),
        create: async (wish) => {
          const live = await real.certificates.create(wish);
          certificate = live.arn;
          return live;
        },
      },
      cachePolicies: inMemory('cache-policy'),
      headersPolicies: inMemory('response-headers-policy'),
      keyValueStores: inMemory('key-value-store'),
      functions: inMemory('function'),
    };
    const sdk = await import('@aws-sdk/client-route-53');
    const client = new sdk.Route53Client(await aws.settle((config) => new sdk.Route53Client(config)));
    await client.send(new sdk.CreateHostedZoneCommand({ Name: `${unique}.example`, CallerReference: unique }));
  });
  afterAll(() => aws.close());

  function inMemory<Wish extends { readonly name: string }>(kind: string): Shelf<Wish, LiveNamed> {
    const made = new Map<string, LiveNamed>();
    const liveOf = (name: string) => ({ id: name, arn: `arn:aws:cloudfront::123456789012:${kind}/${name}` });
    return {
      find: ({ name }) => Promise.resolve(made.get(name) ?? null),
      compare: () => [],
      create: ({ name }) => Promise.resolve(made.set(name, liveOf(name)).get(name)!),
      update: (live) => Promise.resolve(live),
    };
  }

  async function up(ids: Partial<Record<OriginName, string>>) {
    const { resources, distributions } = desireCdn(settingsWith(ids), account);
    const world = { ...makeWorld(), clock: () => new Date(), sleep: () => wait(200) };
    return { ...(await applyProvision(await planProvision(resources), resources, world)), distributions };
  }

  it('makes everything from nothing, and has nothing to do the second time', async () => {
    const first = await up({});
    expect(first.waiting).toEqual([]);
    expect(first.steps.map(({ action }) => action)).toEqual(first.plan.changes.map(() => 'create'));
    expect(first.steps).toHaveLength(21);

    // They are found by these: its list of distributions leaves out which bucket they stand before.
    const ids = [...first.distributions].map(([origin, one]) => [origin, first.findings.of(one)!.id] as const);
    const second = await up(Object.fromEntries(ids));
    const kept = second.plan.changes.filter(({ action }) => action === 'keep').map(({ kind }) => kind);
    expect(new Set(kept)).toEqual(
      new Set(second.plan.changes.map(({ kind }) => kind).filter((kind) => kind !== 'distribution')),
    );
    const differing = second.plan.changes.filter(({ action }) => action !== 'keep');
    expect(differing.map(({ kind, action }) => `${kind}: ${action}`)).toEqual(Array(3).fill('distribution: update'));
    const settings = differing.flatMap(({ differences }) => differences.map(({ setting }) => setting));
    expect(settings.filter((setting) => !deviating.test(setting))).toEqual([]);
  });
});
