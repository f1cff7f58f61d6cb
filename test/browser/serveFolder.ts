/** A web server as plain as they come: the "before" side, a site as its generator left it. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readFile, stat } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import type { AddressInfo } from 'node:net';
import { lookup } from 'mime-types';

export interface FolderServer {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a folder on a free loopback port: directory index, 404.html, ranges, charset only where the bytes are UTF-8. */
export async function serveFolder(folder: string): Promise<FolderServer> {
  const root = resolve(folder);
  const server = createServer((request, response) => {
    answer(root, request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((done, fail) => {
        server.close((error) => (error ? fail(error) : done()));
        server.closeAllConnections();
      }),
  };
}

async function answer(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405).end();
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
  const path = decodePath(pathname);
  const file = path === undefined ? undefined : join(root, path);
  if (file === undefined || (file !== root && !file.startsWith(root + sep))) return void response.writeHead(400).end();

  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory() && !pathname.endsWith('/')) {
    return void response.writeHead(301, { location: `${pathname}/${search}` }).end();
  }
  const served = found?.isDirectory() ? join(file, 'index.html') : file;
  const body = await readFile(served).catch(() => undefined);
  if (body !== undefined) return send(request, response, 200, served, body);
  const missing = join(root, '404.html');
  const page = await readFile(missing).catch(() => undefined);
  // Word for word what the local edge says, for browsers complain of that once more: see headersOf and refuse there.
  response.setHeader('x-content-type-options', 'nosniff');
  if (page !== undefined) return send(request, response, 404, missing, page);
  return send(request, response, 404, 'missing.txt', Buffer.from('Not found'));
}

function send(request: IncomingMessage, response: ServerResponse, status: number, file: string, body: Buffer): void {
  const headers = { 'content-type': contentType(file, body), 'cache-control': 'no-store', 'accept-ranges': 'bytes' };
  const range = status === 200 ? /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') : null;
  const start = Number(range?.[1] ?? 0);
  const end = Math.min(range?.[2] ? Number(range[2]) : Infinity, body.length - 1);
  if (range && start > end) {
    response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
    return;
  }
  const part = range ? body.subarray(start, end + 1) : body;
  response.writeHead(range ? 206 : status, {
    ...headers,
    'content-length': part.length,
    ...(range ? { 'content-range': `bytes ${start}-${end}/${body.length}` } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : part);
}

/** The type by extension; a page in another encoding must speak for itself. */
function contentType(file: string, body: Buffer): string {
  const type = lookup(extname(file)) || 'application/octet-stream';
  const textual = type.startsWith('text/') || /(?:javascript|json|xml)$/.test(type);
  return textual && isUtf8(body) ? `${type}; charset=utf-8` : type;
}

function isUtf8(body: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(body);
    return true;
  } catch {
    return false;
  }
}

function decodePath(pathname: string): string | undefined {
  try {
    const path = decodeURIComponent(pathname);
    return path.includes('\0') ? undefined : path;
  } catch {
    return undefined;
  }
}
