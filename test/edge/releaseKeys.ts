/** What the edge looks up, made from a list of paths and rules as a publish makes it. */
import type { EdgeRules } from '../../src/build/build.js';
import type { EdgeKeys } from '../../src/edge/event.js';
import { liveKey, type LiveRelease } from '../../src/edge/live.js';
import { makeEdgeEntries } from '../../src/release/edgeEntries.js';
import { readRules } from '../../src/site/rules/readRules.js';

export interface KeysOptions {
  readonly urls?: EdgeRules['urls'];
  readonly redirects?: string;
  readonly headers?: string;
  readonly folder?: string;
  readonly live?: Partial<LiveRelease>;
}

export interface ReleaseKeys extends EdgeKeys {
  readonly entries: Map<string, string>;
}

export function keysOf(paths: readonly string[], options: KeysOptions = {}): ReleaseKeys {
  const files = new Map([
    ['_redirects', options.redirects ?? ''],
    ['_headers', options.headers ?? ''],
  ]);
  const { rules, problems } = readRules(files);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const made = makeEdgeEntries(
    'r1',
    options.folder ?? '',
    { mode: 'in-place', urls: options.urls ?? 'none', ...rules },
    paths,
  );
  const entries = new Map(made.tables);
  entries.set(liveKey, JSON.stringify({ ...made.live, ...options.live }));
  return {
    entries,
    get: (key) => {
      const value = entries.get(key);
      return value === undefined ? Promise.reject(new Error('KeyNotFound')) : Promise.resolve(value);
    },
  };
}
