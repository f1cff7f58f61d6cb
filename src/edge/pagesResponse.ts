/* Runs in CloudFront Functions too: see negotiate.ts for what the runtime allows. */
import { stemOf } from './addresses.js';
import type { EdgeKeys, EdgeRequest, EdgeResponse, EdgeSettings, SignRelease } from './event.js';
import { applyHeaderRules } from './headerRules.js';
import { liveKey, readKey, readLive, releaseKeyPrefix, secretKey } from './live.js';
import { isNegotiated } from './negotiate.js';
import { cookieAttributes, releaseHeader } from './pages.js';
import { encodePath, decodeUri } from './path.js';
import { previewOf, selectionName } from './selection.js';

/**
 * Finishes an answer with an object: headers of the site's own rules, the pin, and no search engine on previews. Not
 * called for answers of 400 and above, nor for those the request function made (AWS, "Restrictions on edge functions").
 */
export async function finishPageResponse(
  request: EdgeRequest,
  response: EdgeResponse,
  settings: EdgeSettings,
  keys: EdgeKeys,
  sign: SignRelease,
): Promise<EdgeResponse> {
  const host = request.headers.host;
  if (host !== undefined && previewOf(host.value) !== '') response.headers['x-robots-tag'] = { value: 'noindex' };
  const told = request.headers[releaseHeader];
  const id = told === undefined ? '' : told.value;
  if (id === '') return response;
  const live = await readLive(keys, liveKey);
  const release = live !== null && live.i === id ? live : await readLive(keys, releaseKeyPrefix + id);
  if (release === null) return response;
  if (release.h > 0) await applyHeaderRules(keys, release, formsOf(request.uri, release.p), response);
  const type = response.headers['content-type'];
  const cookie = request.cookies[selectionName];
  if (settings.pin && release.p !== '' && type !== undefined && type.value.startsWith('text/html')) {
    const secret = await readKey(keys, secretKey);
    if (secret !== '') {
      const value = `${id}.${sign(secret, id)}`;
      if (cookie === undefined || cookie.value !== value) {
        if (response.cookies === undefined) response.cookies = {};
        response.cookies[selectionName] = { value: value, attributes: cookieAttributes(settings) };
      }
    }
  }
  return response;
}

/** The forms in which a rule may name what answered: file, address, and address without its slash. */
export function formsOf(uri: string, folder: string): string[] {
  let path = decodeUri(folder !== '' && uri.startsWith(`${folder}/`) ? uri.slice(folder.length) : uri);
  const plain = path.replace(/\.(br|gz)$/, '');
  if (plain !== path && isNegotiated(plain)) path = plain;
  const stem = stemOf(path);
  const forms = path.endsWith('/index.html') ? [path, `${stem}/`, stem] : [path, stem];
  return forms.filter((form) => form !== '').map((form) => encodePath(form));
}
