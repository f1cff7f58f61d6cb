/** An edge over stores in folders, and a client that sends exactly what it is told. */
import { mkdtemp, rm } from 'node:fs/promises';
import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectHeaders, OriginName } from '../../src/build/build.js';
import { objectKey } from '../../src/build/keys.js';
import { startEdge, type Edge, type EdgeOptions } from '../../src/local/edge.js';
import { openDirectoryReader } from '../../src/local/reader.js';
import { openDirectoryStore } from '../../src/local/store.js';
import type { ObjectStore } from '../../src/release/ports.js';

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export interface TestEdge {
  readonly edge: Edge;
  readonly stores: Readonly<Record<OriginName, ObjectStore>>;
  readonly folders: Readonly<Record<OriginName, string>>;
  /** Milliseconds since 1970 as the edge sees them. */
  clock: number;
  readonly errors: unknown[];
  put(origin: OriginName, key: string, content: string | Buffer, headers?: Partial<ObjectHeaders>): Promise<void>;
  ask(host: string, path: string, headers?: Record<string, string>, method?: string): Promise<Answered>;
  /** Sends bytes, and gives everything that comes until the connection ends. */
  sendRaw(bytes: string | Buffer): Promise<string>;
  close(): Promise<void>;
}

export async function edgeOf(options: Partial<Omit<EdgeOptions, 'origins'>> = {}): Promise<TestEdge> {
  const root = await mkdtemp(join(tmpdir(), 'twinorigin-edge-'));
  const folders = { images: join(root, 'images'), resources: join(root, 'resources'), pages: join(root, 'pages') };
  const stores = {
    images: openDirectoryStore(folders.images),
    resources: openDirectoryStore(folders.resources),
    pages: openDirectoryStore(folders.pages),
  };
  const originOf = (name: OriginName) => ({ store: openDirectoryReader(folders[name]), invalidations: folders[name] });
  const errors: unknown[] = [];
  const test: { clock: number } = { clock: Date.now() };
  const edge = await startEdge({
    port: 0,
    negotiate: false,
    now: () => test.clock,
    onError: (error) => errors.push(error),
    ...options,
    origins: { images: originOf('images'), resources: originOf('resources'), pages: originOf('pages') },
  });

  return Object.assign(test, {
    edge,
    stores,
    folders,
    errors,
    async put(origin: OriginName, key: string, content: string | Buffer, headers: Partial<ObjectHeaders> = {}) {
      await stores[origin].put({
        key: objectKey(key),
        body: { bytes: Buffer.from(content) },
        headers: { contentType: 'text/plain; charset=utf-8', cacheControl: 'public, max-age=60', ...headers },
      });
    },
    ask: (host: string, path: string, headers: Record<string, string> = {}, method = 'GET') =>
      new Promise<Answered>((resolve, reject) => {
        const { port } = edge;
        const sent = request(
          { host: '127.0.0.1', port, path, method, agent: false, headers: { host: `${host}:${port}`, ...headers } },
          (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('error', reject);
            response.on('end', () => {
              const body = Buffer.concat(chunks);
              resolve({ status: response.statusCode!, headers: response.headers, body, text: body.toString() });
            });
          },
        );
        sent.on('error', reject);
        sent.end();
      }),
    sendRaw: (bytes: string | Buffer) =>
      new Promise<string>((resolve, reject) => {
        const chunks: Buffer[] = [];
        const socket = connect(edge.port, '127.0.0.1', () => socket.write(bytes));
        socket.on('data', (chunk: Buffer) => chunks.push(chunk));
        socket.on('error', reject);
        socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
      }),
    async close() {
      await edge.close();
      await rm(root, { recursive: true, force: true });
    },
  });
}
