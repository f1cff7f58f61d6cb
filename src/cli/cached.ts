/** Which origins have a cache in front of them that we may invalidate. */
import { originNames, type OriginName } from '../build/build.js';
import type { Config } from '../config.js';

/** Only behind such a cache may a page stay at the edge until it changes. */
export function listCached({ origins }: Pick<Config, 'origins'>): ReadonlySet<OriginName> {
  return new Set(
    originNames.filter((name) => {
      const origin = origins[name];
      return 'bucket' in origin ? origin.distribution !== undefined : origin.edge;
    }),
  );
}
