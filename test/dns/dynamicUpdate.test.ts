import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeKey, openDynamicZone } from '../../src/dns/index.js';
import { classes, decodeMessage, encodeRecord, types, uint16, uint32 } from '../../src/dns/message.js';
import { encodeName } from '../../src/dns/names.js';
import { DnsConflict, type DnsProvider } from '../../src/provision/host/dns.js';
import { bareReply, startFakeNameServer, type FakeNameServer } from '../fakes/fakeNameServer.js';

const key = makeKey('host-key', 'hmac-sha256', 'c2VjcmV0');
const now = Date.UTC(2026, 0, 1);
const set = { name: 'www.example.test', type: 'A', ttl: 60, values: ['192.0.2.1'] } as const;

let server: FakeNameServer;
let zone: DnsProvider;
beforeEach(async () => {
  server = await startFakeNameServer();
  zone = openDynamicZone({ zone: 'example.test', server: server.address, key, now: () => now });
});
afterEach(() => server.close());

/** Signs an answer as a server does, written once more from RFC 8945 so that client and test cannot err together. */
function signAnswer(request: Buffer, reply: Buffer, { secret = 'secret', time = now / 1000, error = 0 } = {}): Buffer {
  const tsig = decodeMessage(request).additional.at(-1)!;
  const macAt = encodeName('hmac-sha256').length + 10;
  const requestMac = tsig.content.subarray(macAt, macAt + 32);
  const stamp = Buffer.concat([uint16(0), uint32(time), uint16(300)]);
  const tail = uint16(error, 0);
  const algorithm = encodeName('hmac-sha256');
  const covered = [
    uint16(32),
    requestMac,
    reply,
    encodeName('host-key'),
    uint16(255),
    uint32(0),
    algorithm,
    stamp,
    tail,
  ];
  const mac = createHmac('sha256', secret).update(Buffer.concat(covered)).digest();
  const content = Buffer.concat([algorithm, stamp, uint16(32), mac, reply.subarray(0, 2), tail]);
  const record = encodeRecord({ name: 'host-key', type: types.TSIG, class: classes.ANY, ttl: 0, content });
  const wire = Buffer.concat([reply, record]);
  wire.writeUInt16BE(1, 10);
  return wire;
}

describe('an update', () => {
  it('says what must hold, and what is to be changed', async () => {
    let request: Buffer = Buffer.alloc(0);
    server.answer = (message) => {
      request = message;
      return signAnswer(message, bareReply(message, 0));
    };
    const other = { ...set, values: ['192.0.2.2'] };
    const text = { name: 'note.example.test', type: 'TXT', ttl: 60, values: ['x'] } as const;
    await zone.change({ remove: [set], add: [other, text] });
    const { opcode, question, answer, authority } = decodeMessage(request);
    expect({ opcode, question }).toEqual({ opcode: 5, question: [{ name: 'example.test', type: types.SOA }] });
    // The old value must be there, the new text must not.
    expect(answer).toMatchObject([
      { name: 'www.example.test', type: types.A, class: classes.IN, ttl: 0, content: Buffer.from([192, 0, 2, 1]) },
      { name: 'note.example.test', type: types.TXT, class: classes.NONE, ttl: 0, content: Buffer.alloc(0) },
    ]);
    expect(authority).toMatchObject([
      { name: 'www.example.test', type: types.A, class: classes.ANY, content: Buffer.alloc(0) },
      { name: 'www.example.test', type: types.A, class: classes.IN, ttl: 60, content: Buffer.from([192, 0, 2, 2]) },
      { name: 'note.example.test', type: types.TXT, class: classes.IN, ttl: 60 },
    ]);
  });

  it('is done when the signed answer says so', async () => {
    server.answer = (message) => signAnswer(message, bareReply(message, 0));
    expect(await zone.change({ remove: [], add: [set] })).toMatch(/^\d+$/);
  });

  it.each([
    ['is not signed', (message: Buffer) => bareReply(message, 0)],
    ['is signed with another secret', (message: Buffer) => signAnswer(message, bareReply(message, 0), { secret: 'x' })],
    ['is ten minutes old', (message: Buffer) => signAnswer(message, bareReply(message, 0), { time: now / 1000 - 600 })],
    [
      'was changed on the way',
      (message: Buffer) => {
        const reply = signAnswer(message, bareReply(message, 5));
        reply.writeUInt16BE(reply.readUInt16BE(2) & 0xfff0, 2); // REFUSED made NOERROR
        return reply;
      },
    ],
  ])('is not believed when the answer %s', async (_, answer) => {
    server.answer = answer;
    await expect(zone.change({ remove: [], add: [set] })).rejects.toMatchObject({
      code: 'dns-failed',
      message: /not signed with the key/,
    });
  });

  it('that belongs to another message is not believed', async () => {
    server.answer = (message) => {
      const reply = bareReply(message, 0);
      reply.writeUInt16BE(reply.readUInt16BE(0) ^ 1, 0);
      return signAnswer(message, reply);
    };
    await expect(zone.change({ remove: [], add: [set] })).rejects.toMatchObject({ message: /another message/ });
  });

  it.each([
    [2, 'SERVFAIL'],
    [4, 'NOTIMP'],
    [5, 'REFUSED'],
    [9, 'NOTAUTH'],
    [10, 'NOTZONE'],
  ])('that is answered with code %i is explained as %s', async (rcode, name) => {
    server.answer = (message) => signAnswer(message, bareReply(message, rcode));
    await expect(zone.change({ remove: [], add: [set] })).rejects.toMatchObject({
      code: 'dns-failed',
      message: expect.stringContaining(`${name} (`),
      hint: expect.stringMatching(/./),
    });
  });

  it.each([7, 8])('whose expectation does not hold (code %i) is a conflict', async (rcode) => {
    server.answer = (message) => signAnswer(message, bareReply(message, rcode));
    await expect(zone.change({ remove: [set], add: [] })).rejects.toBeInstanceOf(DnsConflict);
  });

  it('from a machine with a wrong clock is told the time', async () => {
    server.answer = (message) => signAnswer(message, bareReply(message, 9), { error: 18 });
    await expect(zone.change({ remove: [], add: [set] })).rejects.toMatchObject({ message: /BADTIME .*clocks differ/ });
  });

  it('that nobody answers says where and why', async () => {
    await expect(zone.change({ remove: [], add: [set] })).rejects.toMatchObject({
      code: 'dns-failed',
      message: expect.stringContaining(`127.0.0.1:${server.address.port}`),
    });
  });
});
