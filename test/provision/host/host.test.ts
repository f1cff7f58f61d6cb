import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withCredentials } from '../../aws/credentials.js';
import { startFakeCloud, type FakeCloud } from '../../fakes/cloud/fakeCloud.js';
import { aliveOf, closeCloud, countThings, openHost, type HostRun } from '../../fakes/cloud/host.js';
import { addZone, answerOf } from '../../fakes/cloud/route53.js';

withCredentials();
// Hundreds of requests through the real SDK: a busy machine needs its time.
vi.setConfig({ testTimeout: 300_000 });

let fake: FakeCloud;
beforeEach(async () => {
  fake = await startFakeCloud();
  addZone(fake.state, 'example.test');
});
afterEach(async () => {
  await closeCloud(fake);
});

const name = 'www.example.test';
const dns = { provider: 'route53', zone: 'example.test', name };
const open = (input: Record<string, unknown> = {}): HostRun => {
  return openHost(fake, { dns, alarms: {}, ...input });
};

describe('a host', () => {
  it('is set up, and the second time there is nothing to do', async () => {
    const plan = await open().plan();
    expect(plan.totals).toMatchObject({ keep: 0, update: 0, remove: 0 });
    expect(fake.log.filter((one) => !/^(Describe|List|Get)/.test(one))).toEqual([]);
    const outcome = await open().up();
    expect(outcome.waiting).toEqual([]);
    expect(countThings(fake)).toMatchObject({
      servers: 1,
      volumes: 1,
      addresses: 1,
      firewalls: 1,
      alarms: 3,
      records: 2,
    });
    const [server] = aliveOf(fake);
    expect(fake.state.addresses[0]!.association?.instance).toBe(server!.id);
    expect(answerOf(fake.state, name, 'A')).toEqual({ ttl: 60, values: [fake.state.addresses[0]!.address] });

    fake.log.length = 0;
    const again = await open().up();
    expect(again.plan.empty).toBe(true);
    expect(fake.log.filter((one) => !/^(Describe|List|Get)/.test(one))).toEqual([]);
  });

  it('comes back by the same command when its server was killed', async () => {
    await open().up();
    const [dead] = aliveOf(fake);
    dead!.terminated = fake.state.now;
    const plan = await open().plan();
    expect(plan.changes.filter(({ action }) => action === 'create').map(({ kind }) => kind)).toContain('server');
    await open().up();
    const [server] = aliveOf(fake);
    expect(server!.id).not.toBe(dead!.id);
    expect(server!.tags).toMatchObject({ 'twinorigin:generation': '2' });
    expect(fake.state.volumes).toHaveLength(1);
    expect(fake.state.volumes[0]!.attachment?.instance).toBe(server!.id);
    expect(fake.state.addresses[0]!.association?.instance).toBe(server!.id);
    expect(fake.state.alarms.every(({ settings }) => JSON.stringify(settings).includes(server!.id))).toBe(true);
    expect((await open().plan()).empty).toBe(true);
  });

  it('goes, but for its volume, and finds that again when it comes back', async () => {
    await open().up();
    await open().down();
    expect(countThings(fake)).toEqual({
      ...Object.fromEntries(Object.keys(countThings(fake)).map((kind) => [kind, 0])),
      volumes: 1,
    });
    await open().up();
    expect(fake.state.volumes).toHaveLength(1);
    expect(aliveOf(fake)).toHaveLength(1);
    expect((await open().plan()).empty).toBe(true);
  });

  it('goes with its volume when that is said, and comes back empty', async () => {
    await open().up();
    await open().down(true);
    expect(Object.values(countThings(fake)).every((count) => count === 0)).toBe(true);
    await open().up();
    expect(countThings(fake)).toMatchObject({ servers: 1, volumes: 1 });
  });

  it('asks for IMDSv2 alone, encrypted disks, and a script that mounts its volume', async () => {
    await open({ instance: { keyPair: 'me', profile: 'web' } }).up();
    const [server] = aliveOf(fake);
    expect(server!.request).toMatchObject({
      MetadataOptions: { HttpTokens: 'required' },
      KeyName: 'me',
      IamInstanceProfile: { Name: 'web' },
      BlockDeviceMapping: [{ Ebs: { Encrypted: 'true', DeleteOnTermination: 'true' } }],
    });
    expect(fake.state.volumes[0]!.encrypted).toBe(true);
    expect(server!.userData).toContain(fake.state.volumes[0]!.id.replace('-', ''));
  });

  it('is not begun with a key pair or an image that is not there', async () => {
    const wrong: readonly (readonly [Record<string, unknown>, RegExp])[] = [
      [{ keyPair: 'nobody' }, /keyPair: there is no key pair nobody in this region/],
      [{ image: '/aws/service/none' }, /image: there is no parameter \/aws\/service\/none in this region/],
    ];
    for (const [instance, message] of wrong) {
      await expect(open({ instance }).up()).rejects.toMatchObject({ code: 'config-invalid', exitCode: 2, message });
      expect(Object.values(countThings(fake)).every((count) => count === 0)).toBe(true);
    }
  });

  it('has its disk measured and watched where an instance profile lets it, and says so where none does', async () => {
    const names = () => fake.state.alarms.map((alarm) => alarm.name).sort();
    const outcome = await open().up();
    expect(outcome.plan.problems).toMatchObject([{ code: 'disk-unwatched', hint: /CloudWatchAgentServerPolicy/ }]);
    expect(names().some((one) => one.includes('disk'))).toBe(false);
    expect(aliveOf(fake)[0]!.userData).not.toContain('amazon-cloudwatch-agent');
    await open().down(true);

    const measured = { instance: { profile: 'web' } };
    const second = await open(measured).up();
    expect(second.plan.problems).toEqual([]);
    expect(names()).toHaveLength(4);
    const [, config = ''] = /<<'CONF' \|\| return 1\n(.*)\nCONF/.exec(aliveOf(fake)[0]!.userData) ?? [];
    expect(JSON.parse(config)).toMatchObject({
      metrics: { metrics_collected: { disk: { resources: ['/srv/site'] } }, aggregation_dimensions: [['InstanceId']] },
    });
    // An alarm that nobody feeds any more goes.
    await open().up();
    expect(names()).toHaveLength(3);
    await open().down(true);
    expect(names()).toEqual([]);
  });

  it('leaves a name alone that somebody else gave a record, unless it is told to take it over', async () => {
    const zone = fake.state.hostedZones[0]!;
    const foreign = { name, type: 'A', ttl: 300, values: ['192.0.2.1'] };
    zone.sets.push(foreign);
    await expect(open().up()).rejects.toMatchObject({ code: 'guard-refused', message: /192\.0\.2\.1/ });
    expect(countThings(fake)).toMatchObject({ servers: 0, records: 1 });
    zone.sets.push({ name: `_twinorigin.${name}`, type: 'TXT', ttl: 60, values: ['"twinorigin host=host"'] });
    await open().up();
    expect(answerOf(fake.state, name, 'A').values).toEqual([fake.state.addresses[0]!.address]);
  });

  it('touches nothing that it did not make', async () => {
    const foreign = open({ name: 'other', dns: undefined });
    await foreign.up();
    fake.state.hostedZones[0]!.sets.push({ name: 'mail.example.test', type: 'A', ttl: 60, values: ['192.0.2.2'] });
    const before = JSON.stringify([aliveOf(fake), fake.state.hostedZones[0]!.sets.slice(0, 3), fake.state.groups]);
    await open().up();
    await open().replace();
    await open().down(true);
    const others = aliveOf(fake).filter(({ tags }) => tags['twinorigin:host'] === 'other');
    const groups = fake.state.groups.filter(({ name: group }) => group === 'twinorigin-other');
    expect(JSON.stringify([others, fake.state.hostedZones[0]!.sets, groups])).toBe(before);
    expect((await foreign.plan()).empty).toBe(true);
  });

  it('of two servers behind a balancer stands in two zones, and the name is an alias', async () => {
    await open({ count: 2, balancer: {} }).up();
    expect(new Set(aliveOf(fake).map(({ zone }) => zone))).toEqual(new Set(['us-east-1a', 'us-east-1b']));
    expect(countThings(fake)).toMatchObject({ servers: 2, volumes: 2, addresses: 0, balancers: 1, listeners: 1 });
    expect([...fake.state.targetGroups[0]!.targets.keys()].sort()).toEqual(
      aliveOf(fake)
        .map(({ id }) => id)
        .sort(),
    );
    const set = fake.state.hostedZones[0]!.sets.find((one) => one.name === name && one.type === 'A');
    expect(set?.alias?.target).toMatch(/^twinorigin-host-.*elb/);
    expect((await open({ count: 2, balancer: {} }).plan()).empty).toBe(true);
    await open({ count: 2, balancer: {} }).replace({ slot: 2 });
    expect([...fake.state.targetGroups[0]!.targets.keys()].sort()).toEqual(
      aliveOf(fake)
        .map(({ id }) => id)
        .sort(),
    );
    await open({ count: 2, balancer: {} }).down(true);
    expect(Object.values(countThings(fake)).every((count) => count === 0)).toBe(true);
  });

  it('without an address of its own is followed by its name', async () => {
    const run = open({ address: 'dynamic' });
    await run.up();
    const [first] = aliveOf(fake);
    expect(answerOf(fake.state, name, 'A').values).toEqual([first!.ownAddress]);
    first!.terminated = fake.state.now;
    await open({ address: 'dynamic' }).replace();
    const [second] = aliveOf(fake);
    expect(second!.ownAddress).not.toBe(first!.ownAddress);
    expect(answerOf(fake.state, name, 'A').values).toEqual([second!.ownAddress]);
  });

  it('with IPv6 has both addresses at its name, and the next server both of its own', async () => {
    await open({ ipv6: true }).up();
    const [first] = aliveOf(fake);
    const six = () => answerOf(fake.state, name, 'AAAA').values;
    const before = six();
    expect(before).toEqual([`2001:db8::${first!.privateAddress.split('.').at(-1)!}`]);
    expect(answerOf(fake.state, name, 'A').values).toEqual([fake.state.addresses[0]!.address]);
    expect((await open({ ipv6: true }).plan()).empty).toBe(true);
    await open({ ipv6: true }).replace();
    expect(six()).toEqual([`2001:db8::${aliveOf(fake)[0]!.privateAddress.split('.').at(-1)!}`]);
    expect(six()).not.toEqual(before);
    expect((await open({ ipv6: true }).plan()).empty).toBe(true);
    await open({ ipv6: true }).down(true);
    expect(Object.values(countThings(fake)).every((count) => count === 0)).toBe(true);
  });

  it('with a health check and another answer for bad times follows its address with both', async () => {
    const failover = { target: 'd1.cloudfront.net', zone: 'Z2FDTNDATAQYW2' };
    const input = { address: 'dynamic', dns: { ...dns, failover } };
    await open(input).up();
    const sets = () => fake.state.hostedZones[0]!.sets.filter((one) => one.name === name && one.type === 'A');
    expect(
      sets()
        .map((one) => [one.failover, one.healthCheck === undefined])
        .sort(),
    ).toEqual([
      ['PRIMARY', false],
      ['SECONDARY', true],
    ]);
    await open(input).replace();
    const [server] = aliveOf(fake);
    expect(fake.state.healthChecks[0]!.config).toContain(server!.ownAddress);
    expect((await open(input).plan()).empty).toBe(true);
    await open(input).down(true);
    expect(Object.values(countThings(fake)).every((count) => count === 0)).toBe(true);
  });
});

describe('a name server that does not answer with the change', () => {
  it('is waited for, and named when it takes too long', async () => {
    fake.state.timing.dns = 10_000_000;
    await expect(open().up()).rejects.toMatchObject({ code: 'not-ready', message: /www\.example\.test/ });
    fake.pass(10_000_000);
    expect((await open().up()).waiting).toEqual([]);
  });
});
