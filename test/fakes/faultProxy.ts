/** A bad network and an overloaded server in one: stands before an HTTP server and does what its rules say. Seeded. */
import { Agent, createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export type Fault =
  /** Forwarded after `milliseconds`. */
  | { readonly kind: 'latency'; readonly milliseconds: number }
  /** Answered without being forwarded, once the body is read. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly code: string;
      readonly headers?: Record<string, string>;
    }
  /** Connection reset before anything is forwarded. */
  | { readonly kind: 'reset' }
  /** Connection reset after so many bytes of the request; the server sees a broken request. */
  | { readonly kind: 'reset-upload'; readonly bytes: number }
  /** Forwarded and done; the answer never arrives. */
  | { readonly kind: 'lose-answer' }
  /** The body of the answer ends after so many bytes, by a reset or as if it were complete. */
  | { readonly kind: 'truncate'; readonly bytes: number; readonly end: 'reset' | 'fin' }
  /** One byte of the answer's body is another. */
  | { readonly kind: 'corrupt'; readonly offset: number }
  /** The answer stops after its head and says nothing more. */
  | { readonly kind: 'stall-body'; readonly bytes: number }
  /** No answer at all, the connection stays. */
  | { readonly kind: 'stall' };

export const slowDown: Fault = { kind: 'status', status: 503, code: 'SlowDown' };

export interface Rule {
  readonly fault: Fault;
  readonly method?: string;
  readonly path?: RegExp;
  /** So many times at most. */
  readonly times?: number;
  /** Not the first so many matching requests. */
  readonly after?: number;
  /** 0 to 1; drawn from the seed. */
  readonly probability?: number;
}

export interface FaultProxy {
  readonly url: string;
  /** First match wins. Replace as you like. */
  rules: readonly Rule[];
  /** Requests seen, and faults done by kind. */
  readonly seen: { requests: number; readonly faults: Map<Fault['kind'], number> };
  close(): Promise<void>;
}

export async function startFaultProxy(target: string, rules: readonly Rule[] = [], seed = 1): Promise<FaultProxy> {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const random = randomFrom(seed);
  const matched = new Map<Rule, { seen: number; done: number }>();
  const server = createServer({ keepAliveTimeout: 30_000, noDelay: true }, (request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rules,
    seen: { requests: 0, faults: new Map() },
    close: () =>
      new Promise<void>((closed) => {
        agent.destroy();
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  return proxy;

  function choose(request: IncomingMessage): Fault | undefined {
    for (const rule of proxy.rules) {
      if (rule.method !== undefined && rule.method !== request.method) continue;
      if (rule.path !== undefined && !rule.path.test(request.url ?? '')) continue;
      const count = matched.get(rule) ?? { seen: 0, done: 0 };
      matched.set(rule, count);
      count.seen++;
      if (count.seen <= (rule.after ?? 0) || count.done >= (rule.times ?? Infinity)) continue;
      if (rule.probability !== undefined && random() >= rule.probability) continue;
      count.done++;
      proxy.seen.faults.set(rule.fault.kind, (proxy.seen.faults.get(rule.fault.kind) ?? 0) + 1);
      return rule.fault;
    }
    return undefined;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    proxy.seen.requests++;
    const fault = choose(request);
    switch (fault?.kind) {
      case 'reset':
        request.socket.resetAndDestroy();
        return;
      case 'stall':
        request.resume();
        return;
      case 'status': {
        request.resume();
        await new Promise((done) => request.on('close', done).on('end', done));
        const xml = `<?xml version="1.0"?>\n<Error><Code>${fault.code}</Code><Message>by the proxy</Message></Error>`;
        response.writeHead(fault.status, { 'content-type': 'application/xml', ...fault.headers });
        response.end(request.method === 'HEAD' ? undefined : xml);
        return;
      }
      case 'latency':
        await wait(fault.milliseconds);
        break;
      default:
    }
    pass(request, response, fault);
  }

  function pass(request: IncomingMessage, response: ServerResponse, fault: Fault | undefined): void {
    const breakOff = (): void => {
      request.socket.resetAndDestroy();
    };
    const options = { hostname, port, agent, method: request.method, path: request.url, headers: request.headers };
    const upstream = forward(options, (answer) => {
      if (fault?.kind === 'lose-answer') {
        answer.resume().on('end', breakOff);
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      void relay(answer, response, fault, breakOff);
    });
    upstream.on('error', breakOff);
    if (fault?.kind !== 'reset-upload') {
      request.pipe(upstream);
      return;
    }
    let sent = 0;
    request.on('data', (chunk: Buffer) => {
      sent += chunk.length;
      if (sent < fault.bytes) upstream.write(chunk);
      else {
        upstream.destroy();
        breakOff();
      }
    });
    request.on('end', () => upstream.end());
  }

  async function relay(
    answer: IncomingMessage,
    response: ServerResponse,
    fault: Fault | undefined,
    breakOff: () => void,
  ): Promise<void> {
    let passed = 0;
    for await (const part of answer) {
      const chunk = Buffer.from(part as Buffer);
      if (fault?.kind === 'truncate' || fault?.kind === 'stall-body') {
        const room = fault.bytes - passed;
        if (chunk.length > room) {
          response.write(chunk.subarray(0, Math.max(0, room)), () => {
            if (fault.kind === 'truncate') (fault.end === 'reset' ? breakOff : () => response.socket?.end())();
          });
          return;
        }
      }
      const at = fault?.kind === 'corrupt' ? fault.offset - passed : -1;
      if (at >= 0 && at < chunk.length) chunk[at]! ^= 0xff;
      passed += chunk.length;
      if (!response.write(chunk)) await new Promise((drained) => response.once('drain', drained));
    }
    response.end();
  }
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
