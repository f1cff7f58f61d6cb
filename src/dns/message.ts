/** DNS messages on the wire (RFC 1035, section 4; RFC 2136, section 2): as little of them as updates and questions need. */
import { decodeName, encodeName } from './names.js';

export const types = { A: 1, NS: 2, CNAME: 5, SOA: 6, TXT: 16, AAAA: 28, OPT: 41, TSIG: 250, ANY: 255 } as const;
export const classes = { IN: 1, NONE: 254, ANY: 255 } as const;
export const opcodes = { query: 0, update: 5 } as const;

export type TypeName = keyof typeof types;

export interface WireRecord {
  readonly name: string;
  readonly type: number;
  readonly class: number;
  /** Seconds. */
  readonly ttl: number;
  readonly content: Buffer;
}

/** In a message that was received: where things are. */
export interface ReceivedRecord extends WireRecord {
  /** Offset of the record, and of its content, in the message: names in the content may point into the whole of it. */
  readonly start: number;
  readonly contentStart: number;
}

export interface Message {
  readonly id: number;
  readonly opcode: number;
  readonly rcode: number;
  readonly response: boolean;
  /** The server speaks for the zone (AA). */
  readonly authoritative: boolean;
  /** The answer did not fit (TC). */
  readonly truncated: boolean;
  readonly question: readonly { readonly name: string; readonly type: number }[];
  readonly answer: readonly ReceivedRecord[];
  readonly authority: readonly ReceivedRecord[];
  readonly additional: readonly ReceivedRecord[];
}

export function uint16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2);
  return bytes;
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function encodeRecord(record: WireRecord): Buffer {
  const head = [encodeName(record.name), uint16(record.type, record.class), uint32(record.ttl)];
  return Buffer.concat([...head, uint16(record.content.length), record.content]);
}

/** A question to a server that answers for itself; EDNS (RFC 6891) lets it answer with up to 1,232 bytes over UDP. */
export function encodeQuery(id: number, name: string, type: number): Buffer {
  const head = uint16(id, opcodes.query << 11, 1, 0, 0, 1);
  const edns: WireRecord = { name: '', type: types.OPT, class: 1232, ttl: 0, content: Buffer.alloc(0) };
  return Buffer.concat([head, encodeName(name), uint16(type, classes.IN), encodeRecord(edns)]);
}

/** An update of a zone (RFC 2136, section 2): what must hold beforehand, and what is to be changed. */
export function encodeUpdate(
  id: number,
  zone: string,
  prerequisites: readonly WireRecord[],
  changes: readonly WireRecord[],
): Buffer {
  const head = uint16(id, opcodes.update << 11, 1, prerequisites.length, changes.length, 0);
  const records = [...prerequisites, ...changes].map(encodeRecord);
  return Buffer.concat([head, encodeName(zone), uint16(types.SOA, classes.IN), ...records]);
}

/** @throws RangeError when the message is cut or forged. */
export function decodeMessage(wire: Buffer): Message {
  const flags = wire.readUInt16BE(2);
  let at = 12;
  const question: { name: string; type: number }[] = [];
  for (let count = wire.readUInt16BE(4); count > 0; count--) {
    const { name, end } = decodeName(wire, at);
    question.push({ name, type: wire.readUInt16BE(end) });
    at = end + 4;
  }
  const section = (count: number): ReceivedRecord[] =>
    Array.from({ length: count }, () => {
      const record = decodeRecord(wire, at);
      at = record.contentStart + record.content.length;
      return record;
    });
  return {
    id: wire.readUInt16BE(0),
    response: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 15,
    authoritative: (flags & 0x0400) !== 0,
    truncated: (flags & 0x0200) !== 0,
    rcode: flags & 15,
    question,
    answer: section(wire.readUInt16BE(6)),
    authority: section(wire.readUInt16BE(8)),
    additional: section(wire.readUInt16BE(10)),
  };
}

function decodeRecord(wire: Buffer, start: number): ReceivedRecord {
  const { name, end } = decodeName(wire, start);
  const length = wire.readUInt16BE(end + 8);
  const contentStart = end + 10;
  if (contentStart + length > wire.length) throw new RangeError('a record in the message is cut');
  return {
    name,
    type: wire.readUInt16BE(end),
    class: wire.readUInt16BE(end + 2),
    ttl: wire.readUInt32BE(end + 4),
    content: wire.subarray(contentStart, contentStart + length),
    start,
    contentStart,
  };
}
