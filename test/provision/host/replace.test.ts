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
  expect(fake.state.violations).toEqual([]);
  await closeCloud(fake);
});

const dns = { provider: 'route53', zone: 'example.test', name: 'www.example.test' };
const open = (input: Record<string, unknown> = {}): HostRun => {
  return openHost(fake, { dns, ...input });
};
const namesOf = ({ steps }: { readonly steps: readonly { readonly name: string }[] }) => steps.map(({ name }) => name);
const noteOf = (steps: readonly { readonly name: string; readonly note?: string | undefined }[], name: string) =>
  steps.find((one) => one.name === name)?.note;

describe('replacing a server', () => {
  it('that is well stops it first, moves the volume and the address, and ends it last', async () => {
    await open().up();
    const [old] = aliveOf(fake);
    fake.log.length = 0;
    const { journal, resumed } = await open().replace();
    expect(resumed).toBe(false);
    expect(namesOf(journal)).toEqual(['snapshot', 'launch', 'release', 'attach', 'health', 'switch', 'retire']);
    const [server, ...others] = aliveOf(fake);
    expect(others).toEqual([]);
    expect(server!.id).toBe(journal.server);
    expect(fake.state.volumes[0]!.attachment?.instance).toBe(server!.id);
    expect(fake.state.addresses[0]!.association?.instance).toBe(server!.id);
    const writes = fake.log.filter((one) => !/^(Describe|List|Get|PutParameter)/.test(one));
    expect(writes.indexOf('StopInstances')).toBeLessThan(writes.indexOf('DetachVolume'));
    expect(writes.indexOf('DetachVolume')).toBeLessThan(writes.indexOf('AttachVolume'));
    expect(writes.indexOf('AttachVolume')).toBeLessThan(writes.indexOf('AssociateAddress'));
    expect(writes.at(-1)).toBe('TerminateInstances');
    expect(noteOf(journal.steps, 'release')).toBe(`${old!.id} stopped`);
    expect(fake.state.snapshots).toHaveLength(1);
    expect((await open().plan()).empty).toBe(true);
  });

  it('is said step by step beforehand, by what cannot write, and afterwards has gone so', async () => {
    await open().up();
    const [old] = aliveOf(fake);
    fake.log.length = 0;
    const plan = await open().planReplacement();
    expect(fake.log.filter((one) => !/^(Describe|List|Get)/.test(one))).toEqual([]);
    expect(plan).toMatchObject({ slot: 1, old: old!.id, resumed: false });
    expect(plan.steps.map(({ what }) => what).join('; ')).toMatch(
      new RegExp(`snapshot of vol-.*launch a t4g.small.*us-east-1a.*stop ${old!.id} and detach.*end ${old!.id}`),
    );
    fake.before = (operation) => (operation === 'StopInstances' ? 'reset' : undefined);
    await expect(open().replace()).rejects.toThrow();
    fake.before = () => undefined;
    const rest = await open().planReplacement();
    expect(rest.resumed).toBe(true);
    expect(rest.steps.filter(({ done }) => done).map(({ name }) => name)).toEqual(['snapshot', 'launch']);
    expect(namesOf((await open().replace()).journal)).toEqual(namesOf(plan));
    const elsewhere = await open().planReplacement({ zone: 'us-east-1b' });
    expect(namesOf(elsewhere)).toEqual(['snapshot', 'volume', 'launch', 'attach', 'health', 'switch', 'retire']);
  });

  it('that vanished needs no force', async () => {
    await open().up();
    aliveOf(fake)[0]!.terminated = fake.state.now;
    const { journal } = await open().replace({ reason: 'does not answer' });
    expect(noteOf(journal.steps, 'release')).toMatch(/was gone|was free/);
    expect(fake.log.filter((one) => one === 'DetachVolume')).toEqual([]);
    expect((await open().plan()).empty).toBe(true);
  });

  it('that hangs takes the volume from it by force, and only after asking', async () => {
    await open().up();
    const [old] = aliveOf(fake);
    old!.impaired = true;
    fake.log.length = 0;
    const { journal } = await open().replace();
    expect(noteOf(journal.steps, 'release')).toMatch(/forced off|stopped/);
    expect(fake.log.filter((one) => one === 'StopInstances')).toHaveLength(2);
    expect(aliveOf(fake).map(({ id }) => id)).toEqual([journal.server]);
    expect(fake.state.volumes[0]!.attachment?.instance).toBe(journal.server);
  });

  it('that was rented on the spot market ends it instead of stopping it', async () => {
    await open({ instance: { market: 'spot' } }).up();
    await open({ instance: { market: 'spot' } }).replace();
    expect(fake.log).not.toContain('StopInstances');
    expect(aliveOf(fake)).toHaveLength(1);
  });

  it('in another zone makes the volume anew from a snapshot, and keeps the old one', async () => {
    await open().up();
    const { journal } = await open().replace({ zone: 'us-east-1b' });
    expect(namesOf(journal)).toEqual(['snapshot', 'volume', 'launch', 'attach', 'health', 'switch', 'retire']);
    const [server] = aliveOf(fake);
    expect(server!.zone).toBe('us-east-1b');
    expect(fake.state.volumes.map(({ zone, snapshot }) => [zone, snapshot])).toEqual([
      ['us-east-1a', ''],
      ['us-east-1b', journal.snapshot],
    ]);
    expect(fake.state.volumes[1]!.attachment?.instance).toBe(server!.id);
    expect((await open().plan()).empty).toBe(true);
    await open().down(true);
    expect(countThings(fake)).toMatchObject({ volumes: 0, servers: 0 });
  });

  it('whose successor dies too goes on with the next one', async () => {
    await open().up();
    aliveOf(fake)[0]!.terminated = fake.state.now;
    fake.after = (operation) => {
      if (operation === 'AttachVolume') aliveOf(fake).at(-1)!.terminated = fake.state.now;
      return undefined;
    };
    await expect(open().replace()).rejects.toMatchObject({ code: expect.stringMatching(/host-failed|not-ready/) });
    fake.after = () => undefined;
    const { journal, resumed } = await open().replace();
    expect(resumed).toBe(true);
    expect(aliveOf(fake).map(({ id }) => id)).toEqual([journal.server]);
    expect((await open().plan()).empty).toBe(true);
  });

  it('keeps as many snapshots as it is told', async () => {
    const input = { volume: { keepSnapshots: 2 } };
    await open(input).up();
    for (let count = 0; count < 3; count++) {
      await open(input).replace();
      fake.pass(3_600_000);
    }
    expect(fake.state.snapshots).toHaveLength(2);
  });

  it('that is not finished is not overtaken by setting the host up', async () => {
    await open().up();
    fake.before = (operation) => (operation === 'StopInstances' ? 'reset' : undefined);
    await expect(open().replace()).rejects.toThrow();
    fake.before = () => undefined;
    await expect(open().up()).rejects.toMatchObject({ code: 'guard-refused', message: /at "launch"/ });
    await open().replace();
    expect((await open().up()).plan.empty).toBe(true);
  });

  it('twice at once ends with one server and one volume on it', async () => {
    await open().up();
    aliveOf(fake)[0]!.terminated = fake.state.now;
    const results = await Promise.allSettled([open().replace(), open().replace()]);
    for (const result of results) if (result.status === 'rejected') await open().replace();
    expect(aliveOf(fake)).toHaveLength(1);
    expect(countThings(fake)).toMatchObject({ volumes: 1, addresses: 1 });
    expect((await open().plan()).empty).toBe(true);
    expect(answerOf(fake.state, 'www.example.test', 'A').values).toEqual([fake.state.addresses[0]!.address]);
  });
});
