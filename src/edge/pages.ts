/* Runs in CloudFront Functions too: see negotiate.ts for what the runtime allows. */
import { decideAddress, indexPath, stemOf } from './addresses.js';
import type { CleanUrls, EdgeKeys, EdgeRequest, EdgeResponse, EdgeSettings, EdgeValue, SignRelease } from './event.js';
import { chooseVariant, isNegotiated } from './negotiate.js';
import type { LiveRelease } from './live.js';
import { decodeUri, encodePath, keepOnHost } from './path.js';
import { findRedirect, type Redirection } from './redirects.js';
import { readSelection, selectionName, selectRelease } from './selection.js';
import { lookUp, type Place } from './table.js';

/** Request header that tells the viewer-response function which release answers. */
export const releaseHeader = 'x-twinorigin-release';

/**
 * Decides what answers a request for a page: the request with the address of an object, or a whole answer.
 * In this order: selection of a release, maintenance, double slashes, redirects, clean addresses, encoding.
 */
export async function answerPageRequest(
  request: EdgeRequest,
  settings: EdgeSettings,
  keys: EdgeKeys,
  sign: SignRelease,
): Promise<EdgeRequest | EdgeResponse> {
  const path = decodeUri(request.uri);
  if (path === '') return answerText(400, 'Bad Request', 'the address is malformed');
  const asked = request.querystring[selectionName];
  if (asked !== undefined) {
    const chosen = await selectByLink(request, settings, keys, sign, asked.value, path);
    if (chosen !== null) return chosen;
  }
  const selection = await selectRelease(keys, request, sign);
  const release = selection.release;
  if (selection.isUnknown) return answerText(404, 'Not Found', 'there is no such preview');
  if (release === null) return serve(request, settings, indexPath(request.uri));
  if (release.m !== undefined) return closeForMaintenance(release.m);
  request.headers = withHeader(request.headers, releaseHeader, release.i);
  if (release.u !== 'none' && path.includes('//'))
    return redirect(301, encodePath(path.replace(/\/+/g, '/')), request.querystring);

  let place: Place | null = null;
  let address = path;
  const redirection =
    release.r + release.d > 0 ? await findRedirect(keys, release, encodePath(path), request.querystring) : null;
  if (redirection !== null) {
    if (!redirection.rule.forced) place = await lookUp(keys, release, stemOf(path));
    if (place === null || !isThere(release, path, place)) {
      if (redirection.rule.status !== 200) return follow(redirection, request.querystring);
      address = decodeUri(keepOnHost(redirection.target));
      if (address === '') return answerText(400, 'Bad Request', 'the address is malformed');
      place = null;
    }
  }
  if (/^\/\.twinorigin(\/|$)/i.test(address)) return answerText(404, 'Not Found', 'not found');
  if (place === null) place = await lookUp(keys, release, stemOf(address));
  let decision = decideAddress(release.u, address, place);
  // A rewrite leads to what is served there, never to another redirect.
  if (decision.startsWith('>') && address !== path) decision = decideAddress(release.u, decision.slice(1), place);
  if (decision.startsWith('>')) return redirect(301, encodePath(decision.slice(1)), request.querystring);
  return serve(request, settings, release.p + encodePath(decision));
}

/** Whether the site answers for a path by itself: then a redirect that is not forced does not count. */
function isThere(release: LiveRelease, path: string, place: Place): boolean {
  return place !== '' && !decideAddress(release.u, path, place).startsWith('>') && placeFits(release.u, path, place);
}

/** A file without extension is at its own address alone; without clean addresses a page `/a.html` is not at `/a`. */
function placeFits(mode: CleanUrls, path: string, place: Place): boolean {
  const kind = place.toLowerCase();
  const isStem = path === stemOf(path);
  if (kind === 'x') return isStem;
  if (mode !== 'none') return true;
  if (path.endsWith('/index.html') || path.endsWith('/')) return kind !== 'f';
  return path.endsWith('.html') ? kind !== 'd' : isStem && place !== kind;
}

function follow(redirection: Redirection, query: Readonly<Record<string, EdgeValue>>): EdgeResponse {
  return redirect(redirection.rule.status, redirection.target, query);
}

/** The link that selects a release sets the cookie and leads to the same address without itself. */
async function selectByLink(
  request: EdgeRequest,
  settings: EdgeSettings,
  keys: EdgeKeys,
  sign: SignRelease,
  value: string,
  path: string,
): Promise<EdgeResponse | null> {
  const id = value === 'live' ? 'live' : await readSelection(keys, value, sign);
  if (id === '') return null;
  const query: Record<string, EdgeValue> = {};
  Object.keys(request.querystring).forEach((name) => {
    if (name !== selectionName) query[name] = request.querystring[name]!;
  });
  const response = redirect(302, encodePath(path), query);
  const age = id === 'live' ? '; Max-Age=0' : '';
  response.cookies = {};
  response.cookies[selectionName] = { value: id === 'live' ? '' : value, attributes: cookieAttributes(settings) + age };
  return response;
}

export function cookieAttributes(settings: EdgeSettings): string {
  return `Path=/; HttpOnly; SameSite=Lax${settings.secure ? '; Secure' : ''}`;
}

function serve(request: EdgeRequest, settings: EdgeSettings, uri: string): EdgeRequest {
  const accepted = request.headers['accept-encoding'];
  const suffix =
    settings.negotiate && isNegotiated(uri) ? chooseVariant(accepted === undefined ? undefined : accepted.value) : '';
  request.uri = uri + suffix;
  return request;
}

function redirect(status: number, target: string, query: Readonly<Record<string, EdgeValue>>): EdgeResponse {
  const location = keepOnHost(target);
  const passed = !location.includes('?') ? writeQuery(query) : '';
  const mark = location.indexOf('#');
  const whole = mark < 0 ? location + passed : location.slice(0, mark) + passed + location.slice(mark);
  return {
    statusCode: status,
    statusDescription: 'Redirect',
    headers: { 'location': { value: whole }, 'cache-control': { value: 'no-cache' } },
  };
}

/** The query as it came: CloudFront gives names and values still percent-encoded. */
function writeQuery(query: Readonly<Record<string, EdgeValue>>): string {
  const pairs: string[] = [];
  Object.keys(query).forEach((name) => {
    const given = query[name]!;
    const values = given.multiValue === undefined ? [given] : given.multiValue;
    values.forEach((one) => {
      pairs.push(one.value === '' ? name : `${name}=${one.value}`);
    });
  });
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function answerText(status: number, description: string, text: string): EdgeResponse {
  return {
    statusCode: status,
    statusDescription: description,
    headers: { 'content-type': { value: 'text/plain; charset=utf-8' }, 'cache-control': { value: 'no-store' } },
    body: { encoding: 'text', data: `${text}\n` },
  };
}

function closeForMaintenance(message: string): EdgeResponse {
  const text = message.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  const style = 'body{font:18px/1.5 system-ui,sans-serif;max-width:32em;margin:20vh auto;padding:0 1em}';
  return {
    statusCode: 503,
    statusDescription: 'Service Unavailable',
    headers: {
      'content-type': { value: 'text/html; charset=utf-8' },
      'cache-control': { value: 'no-store' },
      'retry-after': { value: '300' },
    },
    body: {
      encoding: 'text',
      data: `<!doctype html><meta charset=utf-8><title>Maintenance</title><style>${style}</style><p>${text}</p>\n`,
    },
  };
}

function withHeader(
  headers: Readonly<Record<string, EdgeValue>>,
  name: string,
  value: string,
): Record<string, EdgeValue> {
  const all: Record<string, EdgeValue> = {};
  Object.keys(headers).forEach((one) => {
    all[one] = headers[one]!;
  });
  all[name] = { value: value };
  return all;
}
