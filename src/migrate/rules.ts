/** The rules of a bulk migration, from what the configuration says of publishing. */
import picomatch from 'picomatch';
import { headersFor } from '../build/headers.js';
import type { RouteRule } from '../build/route.js';
import { objectKey } from '../build/keys.js';
import { logicalPath, digestOf } from '../site/names.js';
import type { BulkRules } from './decide.js';

export interface RuleSettings {
  readonly rules: readonly RouteRule[];
  readonly encodings: 'negotiate' | 'gzip' | 'none';
  /** A distribution in front of the target is invalidated by us. */
  readonly cached: boolean;
  readonly inPlace: boolean;
}

export function makeBulkRules({ rules, encodings, cached, inPlace }: RuleSettings): BulkRules {
  const compiled = rules.flatMap(({ match, cacheControl }) =>
    cacheControl === undefined ? [] : [{ matches: picomatch(match as string | string[], { dot: true }), cacheControl }],
  );
  const sample = { path: logicalPath(objectKey('index.html')), size: 0, digest: digestOf(''), mediaType: 'text/html' };
  return {
    compress: encodings === 'gzip',
    cacheControlOf: (key) => compiled.findLast(({ matches }) => matches(key))?.cacheControl,
    usual: headersFor(sample, { immutable: false, cached }).cacheControl,
    inPlace,
  };
}

/** One line that is the same for the same rules, for the journal. */
export function nameRules({ rules, encodings, cached, inPlace }: RuleSettings): string {
  return digestOf(JSON.stringify([1, rules, encodings, cached, inPlace])).slice(0, 16);
}
