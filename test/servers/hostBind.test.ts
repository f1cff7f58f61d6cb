import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { askNameServer, openDynamicZone, parseServer, readKeyFile, type TsigKey } from '../../src/dns/index.js';
import type { DnsProvider } from '../../src/provision/host/dns.js';
import { withCredentials } from '../aws/credentials.js';
import { startFakeCloud, type FakeCloud } from '../fakes/cloud/fakeCloud.js';
import { aliveOf, closeCloud, countThings, openHost, type HostRun } from '../fakes/cloud/host.js';

withCredentials();
vi.setConfig({ testTimeout: 300_000 });

const { address, folder } = inject('servers').bind;
let fake: FakeCloud;
let names = 0;
let name: string;
beforeEach(async () => {
  fake = await startFakeCloud();
  name = `host${++names}.example.test`;
});
afterEach(async () => {
  expect(fake.state.violations).toEqual([]);
  await closeCloud(fake);
});

interface Choice {
  readonly keyName?: string;
  readonly key?: Partial<TsigKey>;
  readonly zone?: string;
  readonly address?: 'dynamic' | 'elastic';
  readonly wrap?: (dns: DnsProvider) => DnsProvider;
}

async function open(choice: Choice = {}): Promise<HostRun> {
  const { keyName = 'host-key', zone = 'example.test', wrap = (dns) => dns } = choice;
  const key = { ...(await readKeyFile(join(folder, `${keyName}.key`))), ...choice.key };
  const dns = wrap(openDynamicZone({ zone, server: parseServer(address), key }));
  const settings = { provider: 'rfc2136', zone, name: name.replace('example.test', zone), server: address, ttl: 30 };
  return openHost(fake, { dns: settings, address: choice.address ?? 'dynamic' }, { dns, ask: askNameServer });
}
const answer = async (): Promise<string> => (await askNameServer(address, name, 'A')).values.join();
const paid = () => Object.values(countThings(fake)).reduce((sum, count) => sum + count, 0);

describe('a host whose name is kept by BIND', () => {
  it('is set up, dies, is replaced by itself, and its name answers with the new address', async () => {
    const run = await open();
    await run.up();
    const [first] = aliveOf(fake);
    expect(await askNameServer(address, name, 'A')).toEqual({
      authoritative: true,
      ttl: 30,
      values: [first!.ownAddress],
    });
    expect((await (await open()).plan()).empty).toBe(true);

    const died = fake.state.now;
    first!.terminated = died;
    let answeredAt = 0;
    let changeTook = 0;
    const wrap = (dns: DnsProvider): DnsProvider => ({
      ...dns,
      async change(change) {
        expect(await answer()).toBe(first!.ownAddress);
        const began = performance.now();
        const id = await dns.change(change);
        expect(await answer()).not.toBe(first!.ownAddress);
        changeTook = performance.now() - began;
        answeredAt = fake.state.now;
        return id;
      },
    });
    const watching = await open({ wrap });
    await watching.watch(5);
    const [second] = aliveOf(fake);
    expect(second!.id).not.toBe(first!.id);
    expect(await answer()).toBe(second!.ownAddress);
    const seconds = (answeredAt - died) / 1000;
    const steps = watching.events.flatMap((event) =>
      event.type === 'resource-finished' && event.kind === 'step'
        ? [`${event.name} ${Math.round(event.milliseconds / 1000)} s`]
        : [],
    );
    process.stdout.write(
      `\nFrom "server dead" to "name answers with the new address": ${Math.round(seconds)} s of the simulated AWS's clock ` +
        `(noticed after 3 questions, 30 s; ${steps.join(', ')}), of which ${Math.round(changeTook)} ms of real time ` +
        `are the signed change and the answer of BIND. Resolvers may keep the old address for 30 s (TTL) more.\n`,
    );
    expect(seconds).toBeGreaterThan(30);
    expect(seconds).toBeLessThan(600);
    expect((await (await open()).plan()).empty).toBe(true);

    await (await open()).down(true);
    expect(await answer()).toBe('');
    expect(paid()).toBe(0);
  });

  it.each<[string, Choice, RegExp]>([
    ['a wrong secret', { key: { secret: Buffer.from('wrong') } }, /BADSIG/],
    ['a key that the server does not know', { key: { name: 'no-key' } }, /BADKEY/],
    ['a key that may not change the name', { keyName: 'narrow-key' }, /REFUSED/],
    ['a zone that takes no updates', { zone: 'other.test' }, /REFUSED/],
    ['a zone that the server does not serve', { zone: 'nowhere.test' }, /REFUSED.*does not serve this zone/],
  ])('is not set up with %s: nothing is rented', async (_, choice, message) => {
    await expect((await open(choice)).up()).rejects.toMatchObject({ code: 'dns-failed', message });
    expect(paid()).toBe(0);
    expect(fake.log.filter((one) => !/^(Describe|List|Get)/.test(one))).toEqual([]);
    expect(await answer()).toBe('');
  });

  it('is not replaced with a wrong key when its name would have to follow; with an address of its own it is', async () => {
    const wrong = { key: { secret: Buffer.from('wrong') } };
    await (await open()).up();
    const [old] = aliveOf(fake);
    fake.log.length = 0;
    await expect((await open(wrong)).replace()).rejects.toMatchObject({ code: 'dns-failed', message: /BADSIG/ });
    expect(fake.log.filter((one) => !/^(Describe|List|Get)/.test(one))).toEqual([]);
    expect(aliveOf(fake)).toEqual([old]);
    await (await open()).down(true);

    await (await open({ address: 'elastic' })).up();
    await (await open({ address: 'elastic', ...wrong })).replace();
    expect(aliveOf(fake)).toHaveLength(1);
    expect(await answer()).toBe(fake.state.addresses[0]!.address);
    await (await open({ address: 'elastic' })).down(true);
  });

  it('leaves nothing behind when the key is tried out, and the serial of the zone as it was', async () => {
    const { host, port } = parseServer(address);
    const serial = async (): Promise<string> => {
      const asked = ['-p', String(port), `@${host}`, 'example.test', 'SOA', '+short', '+time=5'];
      return (await promisify(execFile)('dig', asked)).stdout;
    };
    const before = await serial();
    expect(before).toMatch(/^ns1\.example\.test\. \S+ \d+ /);
    const key = await readKeyFile(join(folder, 'host-key.key'));
    await openDynamicZone({ zone: 'example.test', server: parseServer(address), key }).rehearse(name);
    expect(await answer()).toBe('');
    expect(await serial()).toBe(before);
  });
});
