import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, it } from 'vitest';
import { askNameServer, openDynamicZone, parseServer, readKeyFile } from '../../src/dns/index.js';
import { DnsConflict, type DnsProvider, type RecordSet } from '../../src/provision/host/dns.js';

const { address, folder } = inject('servers').bind;
const server = parseServer(address);

async function openZone(keyName = 'host-key', zone = 'example.test'): Promise<DnsProvider> {
  return openDynamicZone({ zone, server, key: await readKeyFile(join(folder, `${keyName}.key`)) });
}

/** What dig gets: the answers with everything that belongs to them. */
async function dig(name: string, type: string): Promise<readonly string[]> {
  const options = ['-p', String(server.port), `@${server.host}`, name, type, '+noall', '+answer', '+time=5'];
  const { stdout } = await promisify(execFile)('dig', options);
  return stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(/\s+/).join(' '));
}

let names = 0;
const fresh = (): string => `n${++names}.example.test`;
const a = (name: string, value: string, ttl = 60): RecordSet => ({ name, type: 'A', ttl, values: [value] });

describe('BIND', () => {
  it.each(['host-key', 'wide-key'])('takes updates signed with the %s, and dig sees them', async (keyName) => {
    const zone = await openZone(keyName);
    const name = fresh();
    const six: RecordSet = { name, type: 'AAAA', ttl: 30, values: ['2001:db8::66'] };
    const text: RecordSet = { name, type: 'TXT', ttl: 30, values: ['a "quoted" text', 'x'.repeat(300)] };
    await zone.change({ remove: [], add: [a(name, '192.0.2.66', 45), six, text] });
    expect(await dig(name, 'A')).toEqual([`${name}. 45 IN A 192.0.2.66`]);
    expect(await dig(name, 'AAAA')).toEqual([`${name}. 30 IN AAAA 2001:db8::66`]);
    expect(await zone.find(name)).toEqual([a(name, '192.0.2.66', 45), six, text]);
    await zone.change({ remove: [a(name, '192.0.2.66', 45)], add: [a(name, '192.0.2.67', 5)] });
    expect(await dig(name, 'A')).toEqual([`${name}. 5 IN A 192.0.2.67`]);
    await zone.change({ remove: [a(name, '192.0.2.67', 5), six, text], add: [] });
    expect(await dig(name, 'ANY')).toEqual([]);
  });

  it('refuses what is based on an old view, and changes nothing', async () => {
    const zone = await openZone();
    const name = fresh();
    await zone.change({ remove: [], add: [a(name, '192.0.2.1')] });
    const other = fresh();
    const onOldView = { remove: [a(name, '192.0.2.9')], add: [a(name, '192.0.2.2'), a(other, '192.0.2.2')] };
    await expect(zone.change(onOldView)).rejects.toBeInstanceOf(DnsConflict);
    await expect(zone.change({ remove: [], add: [a(name, '192.0.2.2')] })).rejects.toBeInstanceOf(DnsConflict);
    expect(await dig(name, 'A')).toEqual([`${name}. 60 IN A 192.0.2.1`]);
    expect(await dig(other, 'A')).toEqual([]);
  });

  it('lets one of two who change the same name at once win', async () => {
    const zone = await openZone();
    const name = fresh();
    await zone.change({ remove: [], add: [a(name, '192.0.2.1')] });
    const change = (last: number) =>
      zone.change({ remove: [a(name, '192.0.2.1')], add: [a(name, `192.0.2.${last}`)] }).then(
        () => true,
        (error: unknown) => {
          expect(error).toBeInstanceOf(DnsConflict);
          return false;
        },
      );
    const won = await Promise.all([10, 11, 12, 13, 14, 15].map(change));
    expect(won.filter(Boolean)).toHaveLength(1);
  });

  it('does not know a wrong secret, nor a wrong name, nor a wrong algorithm of the key', async () => {
    const key = await readKeyFile(join(folder, 'host-key.key'));
    const attempt = (changed: Partial<typeof key>) =>
      openDynamicZone({ zone: 'example.test', server, key: { ...key, ...changed } }).change({
        remove: [],
        add: [a('never.example.test', '192.0.2.1')],
      });
    await expect(attempt({ secret: Buffer.from('wrong') })).rejects.toMatchObject({
      message: /BADSIG/,
      hint: /secret/,
    });
    await expect(attempt({ name: 'no-key' })).rejects.toMatchObject({ message: /BADKEY/, hint: /name and algorithm/ });
    await expect(attempt({ algorithm: 'hmac-sha512' })).rejects.toMatchObject({
      code: 'dns-failed',
      message: /BAD(KEY|SIG)/,
    });
    expect(await dig('never.example.test', 'A')).toEqual([]);
  });

  it('refuses a clock that is wrong, and tells its own', async () => {
    const key = await readKeyFile(join(folder, 'host-key.key'));
    const zone = openDynamicZone({ zone: 'example.test', server, key, now: () => Date.now() - 3_600_000 });
    await expect(zone.change({ remove: [], add: [a('never.example.test', '192.0.2.1')] })).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`BADTIME.*its clock says ${new Date().toISOString().slice(0, 11)}`)),
    });
  });

  it('refuses a zone that takes no updates, a key that may not, and a name outside the zone', async () => {
    const closed = await openZone('host-key', 'other.test');
    await expect(closed.change({ remove: [], add: [a('www.other.test', '192.0.2.1')] })).rejects.toMatchObject({
      message: /REFUSED/,
    });
    const narrow = await openZone('narrow-key');
    await expect(narrow.change({ remove: [], add: [a(fresh(), '192.0.2.1')] })).rejects.toMatchObject({
      message: /REFUSED/,
      hint: /update-policy/,
    });
    const zone = await openZone();
    await expect(zone.change({ remove: [], add: [a('www.other.test', '192.0.2.1')] })).rejects.toMatchObject({
      message: /NOTZONE/,
    });
    const unknown = await openZone('host-key', 'nowhere.test');
    await expect(unknown.change({ remove: [], add: [a('www.nowhere.test', '192.0.2.1')] })).rejects.toMatchObject({
      message: /NOTAUTH/,
    });
  });

  it('is asked directly, and speaks for the zone', async () => {
    expect(await askNameServer(address, 'old.example.test', 'A')).toEqual({
      authoritative: true,
      ttl: 300,
      values: ['192.0.2.10'],
    });
    expect(await askNameServer(address, 'nothing.example.test', 'A')).toMatchObject({
      authoritative: true,
      values: [],
    });
    await expect(askNameServer(address, 'www.example.org', 'A')).rejects.toMatchObject({ message: /REFUSED/ });
  });
});
