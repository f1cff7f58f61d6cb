/** Signatures of DNS messages with a shared secret (RFC 8945). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { TsigAlgorithm } from '../provision/host/tsigAlgorithms.js';
import { classes, decodeMessage, encodeRecord, types, uint16, uint32 } from './message.js';
import { decodeName, encodeName, normalizeName } from './names.js';

export interface TsigKey {
  readonly name: string;
  readonly algorithm: TsigAlgorithm;
  readonly secret: Buffer;
}

/** Seconds by which the clocks of client and server may differ (RFC 8945, section 10, recommends 300). */
const fudge = 300;

/** Error codes in a TSIG record (RFC 8945, section 3). */
export const tsigErrors = { BADSIG: 16, BADKEY: 17, BADTIME: 18 } as const;

/** How a reply is signed. */
export type Verdict =
  /** The server holds the key and means this reply. */
  | { readonly signed: 'right' }
  /** The server says why it does not believe the request; such an answer is not signed, or not with a key we know. */
  | { readonly signed: 'refused'; readonly error: number; readonly serverTime: number | undefined }
  /** Nobody who holds the key wrote this. */
  | { readonly signed: 'wrong' | 'not' };

/** Signs a message. `time`: seconds since 1970. @returns what goes on the wire, and the MAC that the reply depends on. */
export function signMessage(
  message: Buffer,
  key: TsigKey,
  time: number,
): { readonly wire: Buffer; readonly mac: Buffer } {
  const algorithm = encodeName(key.algorithm);
  const stamp = Buffer.concat([encodeTime(time), uint16(fudge)]);
  const mac = digest(key, [message, variablesOf(key, algorithm, stamp, uint16(0, 0))]);
  const content = Buffer.concat([algorithm, stamp, uint16(mac.length), mac, message.subarray(0, 2), uint16(0, 0)]);
  const record = encodeRecord({ name: key.name, type: types.TSIG, class: classes.ANY, ttl: 0, content });
  const wire = Buffer.concat([message, record]);
  wire.writeUInt16BE(message.readUInt16BE(10) + 1, 10);
  return { wire, mac };
}

/** Checks the signature of a reply, which covers the request's MAC (RFC 8945, section 5.3). */
export function verifyReply(reply: Buffer, requestMac: Buffer, key: TsigKey, time: number): Verdict {
  const record = decodeMessage(reply).additional.at(-1);
  if (record?.type !== types.TSIG) return { signed: 'not' };
  const { content } = record;
  const algorithm = decodeName(reply, record.contentStart);
  const at = algorithm.end - record.contentStart;
  const macLength = content.readUInt16BE(at + 8);
  const afterMac = at + 10 + macLength;
  const stamp = content.subarray(at, at + 8);
  const mac = content.subarray(at + 10, afterMac);
  const error = content.readUInt16BE(afterMac + 2);
  const tail = content.subarray(afterMac + 2); // error, length of other, other
  if (error === tsigErrors.BADSIG || error === tsigErrors.BADKEY)
    return { signed: 'refused', error, serverTime: undefined };

  const unsigned = Buffer.from(reply.subarray(0, record.start));
  unsigned.writeUInt16BE(reply.readUInt16BE(10) - 1, 10);
  content.copy(unsigned, 0, afterMac, afterMac + 2); // the id as it was signed
  const wanted = digest(key, [
    uint16(requestMac.length),
    requestMac,
    unsigned,
    variablesOf(key, encodeName(normalizeName(algorithm.name)), stamp, tail),
  ]);
  const isOurs = normalizeName(record.name) === normalizeName(key.name);
  const isAlgorithm = normalizeName(algorithm.name) === key.algorithm;
  // A cut MAC is not accepted (RFC 8945, section 5.2.2.1, leaves that to local policy).
  if (!isOurs || !isAlgorithm || mac.length !== wanted.length || !timingSafeEqual(mac, wanted))
    return { signed: 'wrong' };
  if (error !== 0) {
    const other = tail.subarray(4);
    return { signed: 'refused', error, serverTime: other.length === 6 ? other.readUIntBE(0, 6) : undefined };
  }
  return Math.abs(stamp.readUIntBE(0, 6) - time) > fudge ? { signed: 'wrong' } : { signed: 'right' };
}

/** The variables that are signed beside the message (RFC 8945, section 4.3.3). */
function variablesOf(key: TsigKey, algorithm: Buffer, stamp: Buffer, tail: Buffer): Buffer {
  return Buffer.concat([encodeName(normalizeName(key.name)), uint16(classes.ANY), uint32(0), algorithm, stamp, tail]);
}

function digest(key: TsigKey, parts: readonly Buffer[]): Buffer {
  const hmac = createHmac(key.algorithm.replace('hmac-', ''), key.secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

function encodeTime(seconds: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUIntBE(seconds, 0, 6);
  return bytes;
}
