/**
 * One HTTP request and its whole answer. What only reads before anything is sent goes over Node's own client, which is
 * loaded anyway; undici, several times faster, is loaded when the first body or copy is sent.
 */
import { request as requestHttp, Agent as HttpAgent, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Client } from 'undici';
import { lookupHost } from '../lookup.js';

export interface Sent {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** `https://host:port`. */
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  /** Names and values in turns. */
  readonly headers: string[];
  readonly body: Buffer | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface TransportSettings {
  /** Milliseconds. */
  readonly timeouts: { readonly connect: number; readonly idle: number; readonly request: number };
  readonly signal: AbortSignal | undefined;
}

export interface Transport {
  /** Errors are Node's, with Node's codes; a time that has run out is a `TimeoutError`, an abort an `AbortError`. */
  send(request: Sent): Promise<Answer>;
  close(): void;
}

export function openTransport({ timeouts, signal }: TransportSettings): Transport {
  /** Connections that wait for work, last used first: as many are opened as are ever needed at once, and no more. */
  const idle = new Map<string, Client[]>();
  const clients = new Set<Client>();
  const kept = { keepAlive: true, lookup: lookupHost };
  const agents = [new HttpAgent(kept), new HttpsAgent(kept)] as const;
  const underWay = new Set<(error: Error) => void>();
  let loading: Promise<typeof Client> | undefined;
  signal?.addEventListener('abort', abortAll, { once: true });

  function abortAll(): void {
    for (const abort of underWay) abort(aborted());
  }

  function openClient(origin: string, Loaded: typeof Client): Client {
    const client = new Loaded(origin, {
      pipelining: 1,
      connect: { timeout: timeouts.connect, noDelay: true, lookup: lookupHost },
      headersTimeout: timeouts.request,
      bodyTimeout: timeouts.idle,
      keepAliveTimeout: 15_000, // S3 closes what is idle for 20 s
    });
    clients.add(client);
    return client;
  }

  function sendFast(sent: Sent, loaded: typeof Client): Promise<Answer> {
    const { method, origin, path, body } = sent;
    let waiting = idle.get(origin);
    if (waiting === undefined) idle.set(origin, (waiting = []));
    const client = waiting.pop() ?? openClient(origin, loaded);
    return new Promise((resolve, reject) => {
      let status = 0;
      let headers: IncomingHttpHeaders = {};
      const chunks: Buffer[] = [];
      let abort: ((error: Error) => void) | undefined;
      const settle = (): void => {
        if (abort !== undefined) underWay.delete(abort);
        waiting.push(client);
      };
      client.dispatch(
        { method, path, headers: sent.headers, body: body ?? null },
        {
          onRequestStart(controller) {
            abort = (error) => controller.abort(error);
            underWay.add(abort);
          },
          onResponseStart(_, statusCode, received) {
            status = statusCode;
            headers = received;
          },
          onResponseData: (_, chunk) => {
            chunks.push(chunk);
          },
          onResponseEnd() {
            settle();
            resolve({ status, headers, body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) });
          },
          onResponseError(_, error) {
            settle();
            reject(asNodeError(error));
          },
        },
      );
    });
  }

  function sendPlainly({ method, origin, path, headers }: Sent): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const isSecure = origin.startsWith('https:');
      const url = new URL(origin);
      const outgoing = (isSecure ? requestHttps : requestHttp)({
        agent: isSecure ? agents[1] : agents[0],
        method,
        // An address of IPv6 stands in brackets in a URL and without them here.
        hostname: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port,
        path,
        headers,
        timeout: timeouts.idle,
      });
      const abort = (error: Error): void => void outgoing.destroy(error);
      underWay.add(abort);
      const deadline = setTimeout(() => abort(timedOut()), timeouts.request);
      outgoing
        .on('timeout', () => abort(timedOut()))
        .on('error', reject)
        .on('close', () => {
          clearTimeout(deadline);
          underWay.delete(abort);
        })
        .on('response', (incoming) => {
          clearTimeout(deadline);
          const chunks: Buffer[] = [];
          incoming
            .on('data', (chunk: Buffer) => chunks.push(chunk))
            .on('error', reject)
            .on('end', () => {
              const { statusCode: status = 0 } = incoming;
              resolve({ status, headers: incoming.headers, body: Buffer.concat(chunks) });
            });
        })
        .end();
    });
  }

  return {
    async send(sent) {
      if (signal?.aborted === true) throw aborted();
      if (loading === undefined && sent.method !== 'PUT' && sent.method !== 'POST') return sendPlainly(sent);
      // One module of undici: the whole of it, with its tools for tests, takes twice as long to load.
      loading ??= import('undici/lib/dispatcher/client.js').then(({ default: loaded }) => loaded);
      return sendFast(sent, await loading);
    },
    close() {
      signal?.removeEventListener('abort', abortAll);
      for (const agent of agents) agent.destroy();
      for (const client of clients) void client.destroy().catch(() => undefined);
    },
  };
}

const asNode: Readonly<Record<string, string>> = {
  UND_ERR_SOCKET: 'ECONNRESET',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'ECONNRESET',
  UND_ERR_CLOSED: 'ECONNRESET',
  UND_ERR_DESTROYED: 'ECONNRESET',
};

/** undici has codes of its own for what Node calls a reset; the table of errors knows Node's. */
function asNodeError(error: Error): Error {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  if (/^UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT$/.test(code ?? '')) return timedOut(error);
  const known = cause?.code?.startsWith('E') === true ? cause.code : asNode[code ?? ''];
  return known === undefined ? error : Object.assign(new Error(error.message, { cause: error }), { code: known });
}

function timedOut(cause?: Error): Error {
  return Object.assign(new Error('the time for an answer has run out', { cause }), { name: 'TimeoutError' });
}

function aborted(): Error {
  return Object.assign(new Error('Request aborted'), { name: 'AbortError' });
}
