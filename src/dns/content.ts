/** What records of the few types that a host needs say: text to bytes and back. */
import { isIPv4, isIPv6 } from 'node:net';
import type { RecordType } from '../provision/host/dns.js';
import type { ReceivedRecord } from './message.js';
import { types, uint16 } from './message.js';
import { decodeName, encodeName, normalizeName } from './names.js';

/**
 * The content of a record. Addresses are plain, names have no final dot, texts no quotes.
 * @throws RangeError for a value that its type cannot have.
 */
export function encodeContent(type: RecordType, value: string): Buffer {
  switch (type) {
    case 'A':
      if (!isIPv4(value)) throw new RangeError(`${value} is no IPv4 address`);
      return Buffer.from(value.split('.').map(Number));
    case 'AAAA':
      return encodeIPv6(value);
    case 'CNAME':
      return encodeName(value);
    case 'TXT':
      return encodeText(value);
  }
}

/** The text of a received record; undefined for types that a host has no use for. */
export function decodeContent(wire: Buffer, record: ReceivedRecord): string | undefined {
  switch (record.type) {
    case types.A:
      return record.content.join('.');
    case types.AAAA:
      return compressIPv6(record.content);
    case types.CNAME:
    case types.NS:
      return normalizeName(decodeName(wire, record.contentStart).name);
    case types.TXT:
      return decodeText(record.content);
    default:
      return undefined;
  }
}

/** The same value in the one way it is compared: `2001:DB8:0::1` and `2001:db8::1` are the same address. */
export function normalizeValue(type: RecordType, value: string): string {
  if (type === 'AAAA') return compressIPv6(encodeIPv6(value));
  return type === 'CNAME' ? normalizeName(value) : value;
}

function encodeIPv6(value: string): Buffer {
  if (!isIPv6(value) || value.includes('%')) throw new RangeError(`${value} is no IPv6 address`);
  // The last 32 bits may be written like an IPv4 address (RFC 4291, section 2.2).
  const plain = value.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [head = '', tail] = plain.split('::');
  const groups = (text: string): number[] => (text === '' ? [] : text.split(':').map((group) => parseInt(group, 16)));
  const [first, last] = [groups(head), groups(tail ?? '')];
  const gap = tail === undefined ? 0 : 8 - first.length - last.length;
  return uint16(...first, ...Array<number>(gap).fill(0), ...last);
}

/** RFC 5952: lower case, no leading zeros, the longest run of zero groups (the first of equals) as `::`. */
function compressIPv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16)).join(':');
  const runs = [...groups.matchAll(/(?:^|:)(0(?::0)+)(?=:|$)/g)];
  const longest = runs.reduce<RegExpExecArray | undefined>(
    (best, run) => (best === undefined || run[0].length > best[0].length ? run : best),
    undefined,
  );
  if (longest === undefined) return groups;
  const before = groups.slice(0, longest.index);
  const after = groups.slice(longest.index + longest[0].length).replace(/^:/, '');
  return `${before}::${after}`;
}

/** Strings of at most 255 bytes (RFC 1035, section 3.3.14). */
function encodeText(value: string): Buffer {
  const bytes = Buffer.from(value);
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length || at === 0; at += 255) {
    const part = bytes.subarray(at, at + 255);
    parts.push(Buffer.from([part.length]), part);
  }
  return Buffer.concat(parts);
}

function decodeText(content: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at < content.length; at += 1 + content.readUInt8(at))
    parts.push(content.subarray(at + 1, at + 1 + content.readUInt8(at)));
  return Buffer.concat(parts).toString();
}
