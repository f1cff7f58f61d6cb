/** The headers an object is stored with. */
import type { SiteFile } from '../site/site.js';
import type { ObjectHeaders } from './build.js';

const immutable = 'public, max-age=31536000, immutable';
const invalidated = 'public, max-age=0, s-maxage=31536000, must-revalidate';
const revalidated = 'public, max-age=0, must-revalidate';

export interface Caching {
  /** The name never stands for other bytes. */
  readonly immutable: boolean;
  /** A rule of the configuration says it. */
  readonly cacheControl?: string | undefined;
  /** The origin has a distribution that we invalidate; without one, nothing may keep a stable name. */
  readonly cached: boolean;
}

/** Objects share the few sets of headers that there are. */
const shared = new Map<string, ObjectHeaders>();

export function headersFor(file: SiteFile, caching: Caching): ObjectHeaders {
  const contentType = file.charset === undefined ? file.mediaType : `${file.mediaType}; charset=${file.charset}`;
  const byName = caching.immutable ? immutable : caching.cached ? invalidated : revalidated;
  const cacheControl = caching.cacheControl ?? byName;
  const name = `${contentType}\0${cacheControl}`;
  const headers = shared.get(name) ?? { contentType, cacheControl };
  shared.set(name, headers);
  return headers;
}
