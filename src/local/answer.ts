/** Writes one object as an HTTP response: conditions, ranges, headers. */
import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { StoredObject } from '../release/ports.js';
import { evaluateConditions } from './conditional.js';
import type { Found } from './edgeOrigin.js';
import { readRange } from './ranges.js';

/** Lowercase names. */
export type ResponseHeaders = Readonly<Record<string, string | number>>;

export interface Answer {
  /** 404 for the page that says that another is missing: conditions and ranges do not apply to that. */
  readonly status: 200 | 404;
  readonly found: Found;
  /** Of the host: CORS and the like. They stand on every response. */
  readonly headers: ResponseHeaders;
  /** The representation was chosen by Accept-Encoding. */
  readonly negotiated: boolean;
  /** Set by the edge on answers below 400, instead of the object's own. */
  readonly extra?: ResponseHeaders;
}

/** Opens the body of an object that is not held in memory; null when it is gone. */
export type OpenBody = () => Promise<{ readonly object: StoredObject; readonly file: FileHandle } | null>;

/** Answers GET or HEAD with an object. False, with nothing written, when the body is gone. */
export async function answerObject(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  openBody: OpenBody,
): Promise<boolean> {
  const opened = answer.found.bytes ? null : await openBody();
  if (!answer.found.bytes && !opened) return false;
  try {
    // The file that was opened counts, not what was known of it before.
    await write(request, response, answer, opened?.object ?? answer.found.object, opened?.file);
    return true;
  } finally {
    await opened?.file.close();
  }
}

async function write(
  request: IncomingMessage,
  response: ServerResponse,
  { status, found, headers, negotiated, extra = {} }: Answer,
  object: StoredObject,
  file: FileHandle | undefined,
): Promise<void> {
  const modified = object.modified === undefined ? undefined : Math.floor(object.modified.getTime() / 1000);
  const common: ResponseHeaders = {
    ...headers,
    'x-cache': `${status === 404 ? 'Error' : found.outcome} from twinorigin edge`,
    ...(found.outcome === 'Hit' ? { age: found.ageSeconds } : {}),
    ...(negotiated ? { vary: 'Accept-Encoding' } : {}),
  };
  if (status === 404) {
    await send(404, { ...common, ...describe(object), 'cache-control': 'no-store', 'content-length': object.size });
    return;
  }
  const validated: ResponseHeaders = {
    ...common,
    'cache-control': object.headers.cacheControl,
    'etag': object.etag,
    ...(modified === undefined ? {} : { 'last-modified': new Date(modified * 1000).toUTCString() }),
  };
  const verdict = evaluateConditions(request.headers, { etag: object.etag, modified });
  if (verdict === 'not-modified') return end(304, validated);
  if (verdict === 'failed') return end(412, { ...common, 'cache-control': 'no-store', 'content-length': 0 });

  const complete = { ...validated, ...describe(object), 'accept-ranges': 'bytes' };
  const isRangeRead = request.method === 'GET' && verdict === 'send'; // RFC 9110 14.2: only GET has ranges.
  const range = isRangeRead ? readRange(request.headers.range, object.size) : undefined;
  if (range === 'unsatisfiable')
    return end(416, { ...common, 'content-range': `bytes */${object.size}`, 'content-length': 0 });
  if (!range) return send(200, { ...complete, 'content-length': object.size });
  const { start, end: last } = range;
  return send(
    206,
    { ...complete, 'content-range': `bytes ${start}-${last}/${object.size}`, 'content-length': last - start + 1 },
    start,
    last + 1,
  );

  function end(code: number, sent: ResponseHeaders): void {
    response.writeHead(code, code < 400 ? { ...sent, ...extra } : sent).end();
  }

  async function send(code: number, sent: ResponseHeaders, from = 0, to = object.size): Promise<void> {
    response.writeHead(code, code < 400 ? { ...sent, ...extra } : sent);
    if (request.method === 'HEAD') response.end();
    else if (!file) response.end(found.bytes?.subarray(from, to));
    else if (to === from) response.end();
    else await pipeline(file.createReadStream({ start: from, end: to - 1, autoClose: false }), response);
  }
}

function describe({ headers }: StoredObject): ResponseHeaders {
  return {
    'content-type': headers.contentType,
    ...(headers.contentEncoding === undefined ? {} : { 'content-encoding': headers.contentEncoding }),
    ...(headers.contentDisposition === undefined ? {} : { 'content-disposition': headers.contentDisposition }),
    ...(headers.contentLanguage === undefined ? {} : { 'content-language': headers.contentLanguage }),
  };
}
