import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAws, openKeyValueStore, type Aws } from '../../src/aws/index.js';
import { EdgeChanged, type EdgeStore } from '../../src/release/ports.js';
import { withCredentials } from './credentials.js';

const arn = 'arn:aws:cloudfront::123456789012:key-value-store/aaaa-bbbb';

/** The service as its API reference describes it: one ETag for all, updates all or none, pages of at most 50. */
class FakeKeys {
  readonly entries = new Map<string, string>();
  version = 1;
  readonly requests: string[] = [];
  readonly #server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const url = new URL(request.url!, 'http://x');
      this.requests.push(`${request.method} ${decodeURIComponent(url.pathname)} ${request.headers.host}`);
      const send = (status: number, content: object, headers = {}) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(content));
      };
      if (!(request.headers.authorization ?? '').startsWith('AWS4-ECDSA-P256-SHA256 '))
        return send(403, { Message: 'not signed for all regions' }, { 'x-amzn-errortype': 'AccessDeniedException' });
      if (request.method === 'GET' && !url.pathname.endsWith('/keys'))
        return send(200, { KvsARN: arn, ItemCount: this.entries.size }, { etag: `v${this.version}` });
      if (request.method === 'GET') {
        const from = Number(url.searchParams.get('NextToken') ?? 0);
        const all = [...this.entries].sort();
        const Items = all.slice(from, from + 50).map(([Key, Value]) => ({ Key, Value }));
        return send(200, { Items, ...(from + 50 < all.length && { NextToken: String(from + 50) }) });
      }
      const { Puts = [], Deletes = [] } = JSON.parse(body) as {
        Puts?: { Key: string; Value: string }[];
        Deletes?: { Key: string }[];
      };
      if (request.headers['if-match'] !== `v${this.version}`)
        return send(409, { Message: 'stale' }, { 'x-amzn-errortype': 'ConflictException' });
      if (Puts.length + Deletes.length > 50)
        return send(400, { Message: 'too many keys' }, { 'x-amzn-errortype': 'ValidationException' });
      for (const { Key, Value } of Puts) this.entries.set(Key, Value);
      for (const { Key } of Deletes) this.entries.delete(Key);
      this.version++;
      return send(200, { ItemCount: this.entries.size, TotalSizeInBytes: 0 }, { etag: `v${this.version}` });
    });
  });
  listen(): Promise<string> {
    return new Promise((resolve) =>
      this.#server.listen(0, '127.0.0.1', () =>
        resolve(`http://localhost:${(this.#server.address() as AddressInfo).port}`),
      ),
    );
  }
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

let fake: FakeKeys;
let aws: Aws;
let store: EdgeStore;
withCredentials();
beforeEach(async () => {
  fake = new FakeKeys();
  aws = openAws({ endpointUrl: await fake.listen(), attempts: 1 });
  store = openKeyValueStore({ arn, aws });
});
afterEach(() => {
  aws.close();
  fake.close();
});

describe('a key-value store of CloudFront', () => {
  it('is read whole, in pages', async () => {
    for (let index = 0; index < 120; index++) fake.entries.set(`k${index}`, `v${index}`);
    const { entries, version } = await store.read();
    expect(entries.size).toBe(120);
    expect(entries.get('k119')).toBe('v119');
    expect(version).toBe('v1');
    expect(fake.requests[0]).toMatch(/123456789012\.localhost/);
  });

  it('changes up to 50 entries in one request, more in several, each after the one before', async () => {
    const { version } = await store.read();
    const put = new Map(Array.from({ length: 60 }, (_, index) => [`k${index}`, 'v']));
    await store.write({ put, remove: ['k1'] }, version);
    expect(fake.entries.size).toBe(59);
    expect(fake.requests.filter((request) => request.startsWith('POST'))).toHaveLength(2);
    await store.write({ put: new Map([['live', 'x']]), remove: [] }, 'v3');
    expect(fake.requests.filter((request) => request.startsWith('POST'))).toHaveLength(3);
  });

  it('is not changed when somebody else changed it in the meantime', async () => {
    const { version } = await store.read();
    fake.version++;
    await expect(store.write({ put: new Map([['a', 'b']]), remove: [] }, version)).rejects.toBeInstanceOf(EdgeChanged);
    expect(fake.entries.size).toBe(0);
  });

  it('that cannot be had is one clear error', async () => {
    fake.close();
    await expect(store.read()).rejects.toMatchObject({ name: 'PublishError' });
  });
});
