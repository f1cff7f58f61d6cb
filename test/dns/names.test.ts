import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeQuery, encodeRecord, types } from '../../src/dns/message.js';
import { decodeContent, encodeContent, normalizeValue } from '../../src/dns/content.js';
import { decodeName, encodeName, isWithin } from '../../src/dns/names.js';
import type { RecordType } from '../../src/provision/host/dns.js';

describe('a domain name', () => {
  it('is labels with their lengths before them', () => {
    expect(encodeName('www.example.com.').toString('latin1')).toBe('\x03www\x07example\x03com\x00');
    expect(encodeName('').toString('hex')).toBe('00');
  });

  it.each(['a..b', '.a', 'a b.c', `${'a'.repeat(64)}.com`, `${'a.'.repeat(130)}com`, 'ü.example'])(
    'is refused when it is %j',
    (name) => {
      expect(() => encodeName(name)).toThrow(RangeError);
    },
  );

  it('is found behind a compression pointer', () => {
    const wire = Buffer.concat([encodeName('example.com'), Buffer.from('\x03www\xc0\x00', 'latin1')]);
    expect(decodeName(wire, 13)).toEqual({ name: 'www.example.com', end: wire.length });
  });

  it('with pointers in a circle is refused instead of being followed for ever', () => {
    expect(() => decodeName(Buffer.from([0xc0, 0x02, 0xc0, 0x00]), 2)).toThrow(RangeError);
    expect(() => decodeName(Buffer.from([0xc0, 0x00]), 0)).toThrow(RangeError);
  });

  it('lies within its zone by whole labels', () => {
    expect(isWithin('WWW.example.com.', 'example.com')).toBe(true);
    expect(isWithin('example.com', 'example.com')).toBe(true);
    expect(isWithin('badexample.com', 'example.com')).toBe(false);
  });
});

describe('a message', () => {
  it('of any bytes is read or refused, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 80 }), (bytes) => {
        try {
          decodeMessage(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('is read as it was written', () => {
    const message = decodeMessage(encodeQuery(7, 'www.example.com', types.A));
    expect(message).toMatchObject({ id: 7, opcode: 0, rcode: 0, question: [{ name: 'www.example.com', type: 1 }] });
    expect(message.additional).toMatchObject([{ type: types.OPT, class: 1232 }]);
  });
});

describe('the content of a record', () => {
  const cases: readonly (readonly [RecordType, string, string])[] = [
    ['A', '192.0.2.1', 'c0000201'],
    ['AAAA', '2001:db8::1', '20010db8000000000000000000000001'],
    ['AAAA', '::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
    ['TXT', 'a"b', '03612262'],
    ['TXT', 'x'.repeat(256), `ff${'78'.repeat(255)}0178`],
    ['CNAME', 'a.b', '0161016200'],
  ];
  it.each(cases)('of type %s is %s', (type, text, hex) => {
    const content = encodeContent(type, text);
    expect(content.toString('hex')).toBe(hex);
    const record = { name: 'n', type: types[type], class: 1, ttl: 1, content };
    const wire = Buffer.concat([Buffer.alloc(12), encodeRecord(record)]);
    wire.writeUInt16BE(1, 6);
    const read = decodeMessage(wire).answer[0]!;
    expect(decodeContent(wire, read)).toBe(normalizeValue(type, text));
  });

  it.each<readonly [RecordType, string]>([
    ['A', '192.0.2'],
    ['A', '192.0.2.1:80'],
    ['AAAA', '192.0.2.1'],
    ['AAAA', 'fe80::1%eth0'],
  ])('of type %s cannot be %s', (type, text) => {
    expect(() => encodeContent(type, text)).toThrow(RangeError);
  });

  it('is the same address however it is written', () => {
    expect(normalizeValue('AAAA', '2001:DB8:0:0:1:0:0:1')).toBe('2001:db8::1:0:0:1');
    expect(normalizeValue('AAAA', '0:0:0:0:0:0:0:0')).toBe('::');
    expect(normalizeValue('AAAA', '1:0:2:3:4:5:6:7')).toBe('1:0:2:3:4:5:6:7');
    expect(normalizeValue('AAAA', '1:2:3:4:5:6:0:0')).toBe('1:2:3:4:5:6::');
  });
});
