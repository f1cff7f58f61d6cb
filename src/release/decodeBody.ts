/** Takes a stored or received body out of its content encoding. */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip } from 'node:zlib';

const decodeGzip = promisify(gunzip);
const decodeBrotli = promisify(brotliDecompress);

/** The content of a body; undefined when the encoding is none of ours or does not fit the bytes. */
export async function decodeBody(body: Buffer, encoding: string | undefined): Promise<Buffer | undefined> {
  try {
    if (encoding === 'gzip') return await decodeGzip(body);
    if (encoding === 'br') return await decodeBrotli(body);
    return encoding === undefined || encoding === 'identity' ? body : undefined;
  } catch {
    return undefined;
  }
}
