/** HTTP requests as the functions of the edge see them, and what those give back as HTTP. */
import type { IncomingMessage } from 'node:http';
import { urlPath } from '../build/keys.js';
import type { EdgeRequest, EdgeResponse, EdgeValue } from '../edge/event.js';
import type { ResponseHeaders } from './answer.js';

/** @param path decoded, with its leading slash; `query` as sent, with its question mark. */
export function describeRequest(message: IncomingMessage, path: string, query: string): EdgeRequest {
  const headers: Record<string, EdgeValue> = {};
  for (const [name, value] of Object.entries(message.headers))
    if (value !== undefined) headers[name] = { value: Array.isArray(value) ? value.join(', ') : value };
  return {
    method: message.method ?? 'GET',
    uri: `/${urlPath(path.slice(1))}`,
    querystring: readPairs(query.slice(1).split('&')),
    headers,
    cookies: readPairs((message.headers.cookie ?? '').split(/;\s*/)),
  };
}

function readPairs(pairs: readonly string[]): Record<string, EdgeValue> {
  const found = new Map<string, string[]>();
  for (const pair of pairs) {
    if (pair === '') continue;
    const mark = pair.indexOf('=');
    const name = mark < 0 ? pair : pair.slice(0, mark);
    const values = found.get(name) ?? [];
    found.set(name, [...values, mark < 0 ? '' : pair.slice(mark + 1)]);
  }
  return Object.fromEntries(
    [...found].map(([name, values]): [string, EdgeValue] => {
      const multiValue = values.map((value) => ({ value }));
      return [name, { value: values[0] ?? '', ...(values.length > 1 && { multiValue }) }];
    }),
  );
}

/** Headers of an answer, cookies among them. */
export function listHeaders({ headers, cookies = {} }: EdgeResponse): ResponseHeaders {
  const set = Object.entries(cookies).map(
    ([name, { value, attributes }]) => `${name}=${value}${attributes === undefined ? '' : `; ${attributes}`}`,
  );
  return {
    ...Object.fromEntries(Object.entries(headers).map(([name, { value }]) => [name, value])),
    ...(set[0] === undefined ? {} : { 'set-cookie': set[0] }),
  };
}
