/** GET as a visitor's browser would send it, for proofs: no redirect is followed, nothing is decoded. */
import * as http from 'node:http';
import * as https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Fetch, Fetched } from '../release/ports.js';

const timeoutMilliseconds = 30_000;
const largestBody = 512 * 1024 * 1024;

/**
 * Names under `.localhost` are this machine (RFC 6761 6.3); many system resolvers do not know them. `family` is left to
 * the caller of `lookup`; the edge listens on IPv4.
 */
const lookupLocal: LookupFunction = (_hostname, options, callback) => {
  const address = { address: '127.0.0.1', family: 4 };
  if (options.all === true) callback(null, [address]);
  else callback(null, address.address, address.family);
};

// Idle connections of these agents do not keep the process alive (Node unrefs them). Proxy settings do not apply.
const agents = {
  'http:': new http.Agent({ keepAlive: true, maxSockets: 64 }),
  'https:': new https.Agent({ keepAlive: true, maxSockets: 64 }),
};

/**
 * Fetches one address. Network errors, a silence of 30 s and bodies above 512 MiB throw.
 * A connection that was idle may be closed by the server in the very moment it is used again: that is no error of the
 * address, and asked once more (Node.js, `request.reusedSocket`). Each such connection is gone then, so this ends.
 */
export const fetchAddress: Fetch = async (url, headers) => {
  for (;;) {
    try {
      return await fetchOnce(url, headers);
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
    }
  }
};

class StaleConnection extends Error {}

const fetchOnce: Fetch = (url, headers) =>
  new Promise<Fetched>((resolve, reject) => {
    const target = new URL(url);
    if (target.protocol !== 'http:' && target.protocol !== 'https:')
      throw new TypeError(`not an http or https address: ${url}`);
    const { request } = target.protocol === 'http:' ? http : https;
    const host = target.hostname.replace(/\.$/, '');
    let answered = false;
    const isLocal = host === 'localhost' || host.endsWith('.localhost');
    const sent = request(
      target,
      {
        method: 'GET',
        headers: { 'accept': '*/*', 'user-agent': 'twinorigin', ...headers },
        agent: agents[target.protocol],
        timeout: timeoutMilliseconds,
        ...(isLocal && isIP(host) === 0 ? { lookup: lookupLocal } : {}),
      },
      (response) => {
        answered = true;
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > largestBody) sent.destroy(new Error(`${url} is larger than ${largestBody} bytes`));
          chunks.push(chunk);
        });
        response.on('error', reject);
        response.on('end', () => {
          if (!response.complete) reject(new Error(`${url} ended before its body was complete`));
          else
            resolve({
              status: response.statusCode ?? 0,
              headers: joinHeaders(response.headers),
              body: Buffer.concat(chunks),
            });
        });
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`${url} did not answer within ${timeoutMilliseconds / 1000} s`)));
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = sent.reusedSocket && !answered && ['ECONNRESET', 'EPIPE'].includes(error.code ?? '');
      reject(isStale ? new StaleConnection(url, { cause: error }) : error);
    });
    sent.end();
  });

function joinHeaders(headers: http.IncomingHttpHeaders): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) joined[name] = Array.isArray(value) ? value.join(', ') : value;
  return joined;
}
