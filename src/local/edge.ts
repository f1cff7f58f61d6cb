/** An HTTP server on this machine that does for three stores what CloudFront does for three buckets. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { originNames, type OriginName } from '../build/build.js';
import { urlPath } from '../build/keys.js';
import { folderPath, indexDocument } from '../edge/addresses.js';
import { answerAssetRequest } from '../edge/assets.js';
import type { EdgeKeys, EdgeResponse } from '../edge/event.js';
import { chooseVariant, isNegotiated } from '../edge/negotiate.js';
import { hasErrnoCode, PublishError } from '../errors.js';
import { answerObject, type ResponseHeaders } from './answer.js';
import { type EdgeOrigin, type Found, openEdgeOrigin, type OpenedOrigin } from './edgeOrigin.js';
import { describeRequest, listHeaders } from './edgeEvent.js';
import { edgeUrl, readHost } from './hosts.js';
import { isOwnKey } from './layout.js';
import { openPageFunctions } from './pageAnswer.js';
import { decodePath, readTarget } from './requestTarget.js';

/** What the front page, at `localhost` itself, answers. */
export interface FrontAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface FrontRequest {
  /** Decoded, with its leading slash. */
  readonly path: string;
  /** With its question mark, as sent. */
  readonly query: string;
}

export interface EdgeOptions {
  readonly origins: Readonly<Record<OriginName, EdgeOrigin>>;
  /** 0 for any free one. */
  readonly port: number;
  /** Whether the stores hold `.br` and `.gz` siblings to choose from. */
  readonly negotiate: boolean;
  /** Which release is live, and its rules; without them pages are served as they lie there. */
  readonly keys?: EdgeKeys | undefined;
  /** Keep visitors on the release of their first page. */
  readonly pin?: boolean;
  /** Key of the page that is shown where there is none; null for a plain error. Absent: `404.html`. */
  readonly missingPage?: string | null;
  /** Answers GET and HEAD for `localhost` and 127.0.0.1; undefined is 404. */
  readonly front?: (request: FrontRequest) => FrontAnswer | undefined | Promise<FrontAnswer | undefined>;
  /** Memory for objects, in bytes, for each origin. */
  readonly cacheBytes?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Told what the visitor is not: why a request ended with 500. */
  readonly onError?: (error: unknown) => void;
}

export interface Edge {
  readonly port: number;
  readonly urls: Readonly<Record<OriginName, string>>;
  close(): Promise<void>;
}

const defaultCacheBytes = 64 * 1024 * 1024;

/** Headers that asset origins have on every response: assets are used by pages of another origin. */
const assetHeaders: ResponseHeaders = {
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'timing-allow-origin': '*',
};
const plainText: ResponseHeaders = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };

/**
 * Starts the edge on 127.0.0.1 alone. `images.localhost`, `resources.localhost` and `www.localhost` are the origins.
 * Unlike CloudFront it does not remember that something is missing: a page is there as soon as it was published.
 * @throws PublishError `port-in-use`
 */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const now = options.now ?? Date.now;
  const origins = Object.fromEntries(
    originNames.map((name) => [
      name,
      openEdgeOrigin(options.origins[name], options.cacheBytes ?? defaultCacheBytes, now),
    ]),
  ) as Record<OriginName, OpenedOrigin>;

  const { missingPage = '404.html' } = options;
  // Browsers take localhost for secure, other clients do not: cookies are sent to both.
  const settings = { negotiate: options.negotiate, pin: options.pin ?? false, secure: false };
  const pages = openPageFunctions(settings, options.keys);

  const server = createServer((request, response) => {
    response.on('error', () => undefined); // The visitor left.
    handle(request, response).catch((error: unknown) => {
      if (hasErrnoCode(error, 'ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE')) return;
      options.onError?.(error);
      if (response.headersSent) response.destroy();
      else refuse(request, response, 500, 'the store could not be read');
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = readTarget(request.url ?? '');
    const hosts = request.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length;
    if ('status' in target) return refuse(request, response, target.status, target.reason);
    if (hosts > 1) return refuse(request, response, 400, 'there is more than one Host header');
    const host = readHost(target.authority ?? request.headers.host);
    if (host === undefined) return refuse(request, response, 421, 'this name is not served here');
    if (host !== 'front' && host !== 'pages' && request.method === 'OPTIONS') return answerPreflight(response);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      const allow = host === 'front' || host === 'pages' ? 'GET, HEAD' : 'GET, HEAD, OPTIONS';
      return refuse(request, response, 405, 'only GET and HEAD are answered here', { ...headersOf(host), allow });
    }
    if (host === 'front') return answerFront(request, response, { path: target.path, query: target.query });
    return answerOrigin(request, response, host, target.path, target.query);
  }

  async function answerOrigin(
    request: IncomingMessage,
    response: ServerResponse,
    name: OriginName,
    path: string,
    query: string,
  ): Promise<void> {
    const origin = origins[name];
    const headers = headersOf(name);
    origin.applyInvalidations();
    if (name === 'pages') return answerPage(request, response, origin, path, query);
    const event = describeRequest(request, path, query);
    const uri = options.negotiate ? answerAssetRequest(event).uri : event.uri;
    const key = (decodePath(uri) ?? path).slice(1);
    if (await answerKey(request, response, origin, { key, plainKey: path.slice(1) }, 200, headers)) return;
    refuse(request, response, 404, 'not found', headers);
  }

  async function answerPage(
    request: IncomingMessage,
    response: ServerResponse,
    origin: OpenedOrigin,
    path: string,
    query: string,
  ): Promise<void> {
    const headers = headersOf('pages');
    const decision = await pages.request(request, path, query);
    if ('statusCode' in decision) return answerWhole(request, response, decision, headers);
    const extra = (found: Found) => pages.response(decision, found);
    if (await answerKey(request, response, origin, decision, 200, headers, extra)) return;
    const folder = decision.decided ? undefined : folderPath(path);
    if (folder !== undefined && (await findServed(origin, `${folder}${indexDocument}`.slice(1)))) {
      const location = `/${urlPath(folder.slice(1))}${query}`;
      return refuse(request, response, 301, location, { ...headers, location, 'cache-control': 'no-cache' });
    }
    // CloudFront gets its error page from one fixed address, and its functions are not asked.
    if (missingPage !== null) {
      const suffix = options.negotiate ? chooseVariant(request.headers['accept-encoding']) : '';
      const missing = { key: missingPage + suffix, plainKey: missingPage };
      if (await answerKey(request, response, origin, missing, 404, headers)) return;
    }
    refuse(request, response, 404, 'not found', headers);
  }

  /** False, with nothing written, when there is no such object. */
  async function answerKey(
    request: IncomingMessage,
    response: ServerResponse,
    origin: OpenedOrigin,
    { key, plainKey }: { readonly key: string; readonly plainKey: string },
    status: 200 | 404,
    headers: ResponseHeaders,
    finish?: (found: Found) => Promise<ResponseHeaders>,
  ): Promise<boolean> {
    const negotiated = options.negotiate && isNegotiated(plainKey);
    // Objects that others put there have no siblings. CloudFront would not find them; here they are shown as they are.
    for (const variant of new Set([key, plainKey])) {
      const found = await findServed(origin, variant);
      if (!found) continue;
      const extra = await finish?.(found);
      const answer = { status, found, headers, negotiated, ...(extra && { extra }) };
      if (await answerObject(request, response, answer, () => origin.open(variant))) return true;
    }
    return false;
  }

  function answerWhole(
    request: IncomingMessage,
    response: ServerResponse,
    answer: EdgeResponse,
    headers: ResponseHeaders,
  ): void {
    const body = Buffer.from(answer.body?.data ?? '');
    const own = { ...headers, ...listHeaders(answer), 'x-cache': 'FunctionGeneratedResponse from twinorigin edge' };
    response.writeHead(answer.statusCode, { ...own, 'content-length': body.length });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  async function answerFront(request: IncomingMessage, response: ServerResponse, asked: FrontRequest): Promise<void> {
    const answer = await options.front?.(asked);
    if (!answer) return refuse(request, response, 404, 'not found');
    const length = Buffer.byteLength(answer.body);
    response.writeHead(answer.status, { ...headersOf('front'), ...answer.headers, 'content-length': length });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  }

  const port = await listen(server, options.port);
  const urls = Object.fromEntries(originNames.map((name) => [name, edgeUrl(name, port)])) as Record<OriginName, string>;
  return { port, urls, close: () => close(server) };
}

/** Records and the store's own files are nobody's business. */
async function findServed(origin: OpenedOrigin, key: string): Promise<Found | null> {
  return isOwnKey(key) || key.toLowerCase().startsWith('.twinorigin/') ? null : origin.find(key);
}

function headersOf(host: OriginName | 'front'): ResponseHeaders {
  return {
    'server': 'twinorigin',
    'x-content-type-options': 'nosniff',
    ...(host === 'images' || host === 'resources' ? assetHeaders : {}),
  };
}

function answerPreflight(response: ServerResponse): void {
  const allowed = {
    'access-control-allow-methods': 'GET, HEAD, OPTIONS',
    'access-control-allow-headers': '*',
    'access-control-max-age': '86400',
  };
  response.writeHead(204, { ...headersOf('images'), ...allowed }).end();
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  reason: string,
  headers: ResponseHeaders = headersOf('front'),
): void {
  const body = Buffer.from(`${reason}\n`);
  const from = status >= 400 ? { 'x-cache': 'Error from twinorigin edge' } : {};
  // What a refused request still has to send is not read: the connection ends with the answer.
  const connection = status === 400 || status === 405 || status === 414 ? { connection: 'close' } : {};
  response.writeHead(status, { ...plainText, ...from, ...connection, ...headers, 'content-length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const inUse = hasErrnoCode(error, 'EADDRINUSE', 'EACCES');
      reject(inUse ? new PublishError('port-in-use', `Port ${port} cannot be had.`, { cause: error }) : error);
    });
    server.listen({ port, host: '127.0.0.1' }, resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
