/** Request bodies, checked the way S3 checks them before it stores anything. */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import * as zlib from 'node:zlib';
import { S3Error } from './reply.js';

export interface CheckedBody {
  readonly bytes: Buffer;
  /** Checksums that came with the body and hold: `x-amz-checksum-…` -> base64. */
  readonly checksums: Readonly<Record<string, string>>;
}

const algorithms: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  crc32: (bytes) => bigEndian(crc(bytes, 0xedb88320)),
  crc32c: (bytes) => bigEndian(crc(bytes, 0x82f63b78)),
  sha1: (bytes) => createHash('sha1').update(bytes).digest(),
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
};

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** @throws S3Error BadDigest, InvalidDigest, IncompleteBody, XAmzContentSHA256Mismatch, MissingContentLength */
export function checkBody(raw: Buffer, headers: IncomingHttpHeaders): CheckedBody {
  const payload = header(headers, 'x-amz-content-sha256') ?? '';
  const streamed = payload.startsWith('STREAMING-');
  if (header(headers, 'content-length') === undefined && !streamed) {
    throw new S3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  const { bytes, trailers } = streamed ? readChunks(raw) : { bytes: raw, trailers: {} };
  if (streamed && Number(header(headers, 'x-amz-decoded-content-length')) !== bytes.length) {
    throw new S3Error(400, 'IncompleteBody', 'You did not provide the number of bytes specified by the header.');
  }
  if (/^[0-9a-f]{64}$/.test(payload) && algorithms.sha256!(bytes).toString('hex') !== payload) {
    throw new S3Error(400, 'XAmzContentSHA256Mismatch', 'The provided header does not match what was computed.');
  }
  checkMd5(bytes, header(headers, 'content-md5'));
  const checksums: Record<string, string> = {};
  for (const [algorithm, sum] of Object.entries(algorithms)) {
    const name = `x-amz-checksum-${algorithm}`;
    const given = header(headers, name) ?? trailers[name];
    if (given === undefined) continue;
    if (sum(bytes).toString('base64') !== given) {
      throw new S3Error(
        400,
        'BadDigest',
        `The ${algorithm.toUpperCase()} you specified did not match what we received.`,
      );
    }
    checksums[name] = given;
  }
  return { bytes, checksums };
}

export function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function checkMd5(bytes: Buffer, given: string | undefined): void {
  if (given === undefined) return;
  if (Buffer.from(given, 'base64').length !== 16) {
    throw new S3Error(400, 'InvalidDigest', 'The Content-MD5 you specified is not valid.');
  }
  if (createHash('md5').update(bytes).digest('base64') !== given) {
    throw new S3Error(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
}

/** aws-chunked: hex length, CRLF, bytes, CRLF …, `0`, CRLF, trailing headers (API Reference, "sigv4-streaming-trailers"). */
function readChunks(raw: Buffer): { bytes: Buffer; trailers: Record<string, string> } {
  const chunks: Buffer[] = [];
  const trailers: Record<string, string> = {};
  for (let at = 0; ;) {
    const end = raw.indexOf('\r\n', at);
    if (end < 0) throw new S3Error(400, 'IncompleteBody', 'A chunk has no end.');
    const length = parseInt(raw.toString('latin1', at, end), 16);
    at = end + 2;
    if (length === 0) {
      for (const line of raw.toString('latin1', at).split('\r\n')) {
        const colon = line.indexOf(':');
        if (colon > 0) trailers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
      }
      return { bytes: Buffer.concat(chunks), trailers };
    }
    if (Number.isNaN(length) || at + length > raw.length) throw new S3Error(400, 'IncompleteBody', 'A chunk is cut.');
    chunks.push(raw.subarray(at, at + length));
    at += length + 2;
  }
}

const tables = new Map<number, Uint32Array>();

function crc(bytes: Buffer, polynomial: number): number {
  if (polynomial === 0xedb88320 && 'crc32' in zlib) return (zlib.crc32 as (data: Buffer) => number)(bytes);
  let table = tables.get(polynomial);
  if (table === undefined) {
    table = Uint32Array.from({ length: 256 }, (_, index) => {
      let value = index;
      for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
      return value;
    });
    tables.set(polynomial, table);
  }
  let value = 0xffffffff;
  for (const byte of bytes) value = table[(value ^ byte) & 0xff]! ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
