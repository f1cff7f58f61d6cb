import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openCloud, openHealthChecks, openHostedZone, openHostServices } from '../../src/aws/host/index.js';
import { openAws, type Aws } from '../../src/aws/index.js';
import { applyProvision, type ProvisionWorld } from '../../src/provision/apply.js';
import { planProvision } from '../../src/provision/plan.js';
import type { HostParts } from '../../src/provision/host/parts.js';
import { replaceServer } from '../../src/provision/host/replace.js';
import { listHostResources } from '../../src/provision/host/resources.js';
import { setUpHost } from '../../src/provision/host/setUp.js';
import { hostSchema } from '../../src/provision/host/settings.js';
import { lookAtHost } from '../../src/provision/host/status.js';
import { moto, useCredentials } from './server.js';

// moto reads all it knows of AWS at the first question.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
const server = moto();

/**
 * moto runs no machines: a server "answers" as soon as it runs and has a volume. What it does not know of AWS (client
 * tokens, zones of volumes, refused second attachments, times) is the business of the project's own fake.
 */
describe.skipIf(server === undefined)('a host on moto', () => {
  let aws: Aws;
  let image: string;
  const name = `moto-${process.pid}`;
  const zone = `${name}.test`;

  beforeAll(async () => {
    useCredentials(server!);
    aws = openAws({ endpointUrl: server!.url });
    const services = openHostServices(aws);
    image = await services.ec2('DescribeImages', '', async ({ client, sdk }) => {
      const { Images = [] } = await client.send(new sdk.DescribeImagesCommand({ Owners: ['amazon'] }));
      return Images.find(({ Architecture }) => Architecture === 'x86_64')?.ImageId ?? '';
    });
    await services.route53('CreateHostedZone', zone, ({ client, sdk }) =>
      client.send(new sdk.CreateHostedZoneCommand({ Name: zone, CallerReference: name })),
    );
  });
  afterAll(() => aws.close());

  /** A process of its own: nothing of an earlier one is known to it. */
  function open(more: Record<string, unknown> = {}) {
    const host = hostSchema.parse({
      name,
      instance: { image, type: 't3.small' },
      dns: { provider: 'route53', zone, name: `www.${zone}`, healthCheck: true },
      alarms: {},
      ...more,
    });
    const services = openHostServices(aws);
    const sleep = (): Promise<void> => new Promise((awake) => setTimeout(awake, 1));
    const cloud = openCloud({ services, host: host.name, sleep, clock: () => new Date() });
    const dns = openHostedZone(services, zone);
    const checks = openHealthChecks(services, host.name);
    const probe = async (url: string) => {
      const [servers, volumes] = [await cloud.servers(), await cloud.volumes()];
      const asked = servers.find(({ address, state }) => address === new URL(url).hostname && state === 'running');
      const isMounted = volumes.some(({ attachment }) => attachment !== undefined && attachment.server === asked?.id);
      return isMounted ? { status: 200 } : { failure: 'no route' };
    };
    // moto answers no DNS: what the zone holds is what its servers would say.
    const ask = async (_: string, asked: string, type: string) => {
      const set = (await dns.find(asked)).find((one) => one.type === type);
      return { authoritative: true, ttl: set?.ttl ?? 0, values: set?.values ?? [] };
    };
    const reading: HostParts = { host, world: { cloud, dns, checks, ask, probe, clock: () => new Date(), setup: '' } };
    const parts: HostParts = { ...reading, writers: { cloud, dns, checks, sleep } };
    const world: ProvisionWorld = {
      clock: () => new Date(),
      sleep,
      emit: () => undefined,
      signal: new AbortController().signal,
      patience: 60_000,
    };
    return {
      cloud,
      dns,
      plan: () => planProvision(listHostResources(reading).all),
      status: () => lookAtHost(reading),
      up: () => setUpHost(parts, world),
      replace: () => replaceServer(parts, { slot: 1, reason: 'does not answer' }, world),
      async down() {
        const { all } = listHostResources({ ...parts, unwanted: 'the host goes' }, true);
        return applyProvision(await planProvision(all), all, world);
      },
      terminate: (id: string) =>
        services.ec2('TerminateInstances', id, ({ client, sdk }) =>
          client.send(new sdk.TerminateInstancesCommand({ InstanceIds: [id] })),
        ),
    };
  }
  const aliveOf = async ({ cloud }: ReturnType<typeof open>) =>
    (await cloud.servers()).filter(({ state }) => state !== 'terminated' && state !== 'shutting-down');

  it('is set up, left alone the second time, told, replaced when it was killed, and removed', async () => {
    expect((await open().plan()).totals).toMatchObject({ keep: 0, update: 0, remove: 0 });
    const outcome = await open().up();
    expect(outcome.waiting).toEqual([]);
    const again = await open().up();
    expect(again.steps).toEqual([]);
    expect(again.plan.totals).toMatchObject({ create: 0, update: 0, remove: 0 });

    const status = await open().status();
    expect(status.servers).toMatchObject([{ slot: 1, healthy: true, server: { state: 'running' } }]);
    expect(status.alarms).toHaveLength(3);

    const [first] = await aliveOf(open());
    const [volume] = await open().cloud.volumes();
    const [address] = await open().cloud.addresses();
    await open().terminate(first!.id);
    expect((await open().status()).servers[0]).toMatchObject({ healthy: false });
    const { journal } = await open().replace();
    expect(journal.old).toBe(first!.id);
    const [second, ...others] = await aliveOf(open());
    expect(others).toEqual([]);
    expect(second!.id).toBe(journal.server);
    expect(second!.generation).toBe(2);
    expect(await open().cloud.volumes()).toMatchObject([{ id: volume!.id, attachment: { server: second!.id } }]);
    expect(await open().cloud.addresses()).toMatchObject([{ id: address!.id, association: { server: second!.id } }]);
    expect(await open().dns.find(`www.${zone}`)).toMatchObject([{ type: 'A', values: [address!.address] }]);
    const watched = (await open().cloud.alarms()).flatMap(({ settings }) => Object.values(settings.dimensions));
    expect(new Set(watched)).toEqual(new Set([second!.id]));
    expect((await open().up()).steps).toEqual([]);

    // One that is well: it is stopped, gives its volume up, and is ended.
    const well = await open().replace();
    expect((await aliveOf(open())).map(({ id }) => id)).toEqual([well.journal.server]);
    expect(await open().cloud.volumes()).toMatchObject([
      { id: volume!.id, attachment: { server: well.journal.server } },
    ]);

    await open().down();
    expect(await aliveOf(open())).toEqual([]);
    expect(await open().cloud.volumes()).toEqual([]);
    expect(await open().cloud.addresses()).toEqual([]);
    expect(await open().cloud.firewall()).toBe(null);
    expect(await open().cloud.alarms()).toEqual([]);
    expect(await open().dns.find(`www.${zone}`)).toEqual([]);
  });

  it('of two servers behind a balancer stands in two zones, and every part of it goes', async () => {
    const two = { name: `${name}-2`.slice(0, 20), count: 2, balancer: {}, dns: undefined, alarms: undefined };
    await open(two).up();
    expect((await open(two).up()).steps).toEqual([]);
    const servers = await aliveOf(open(two));
    expect(new Set(servers.map(({ zone: at }) => at)).size).toBe(2);
    const group = await open(two).cloud.targetGroup();
    expect(group?.targets.map(({ server: id }) => id).sort()).toEqual(servers.map(({ id }) => id).sort());
    await open(two).down();
    expect(await open(two).cloud.balancer()).toBe(null);
    expect(await open(two).cloud.targetGroup()).toBe(null);
    expect(await aliveOf(open(two))).toEqual([]);
  });
});
