/** Which addresses change when a site is migrated, and where they lead from then on. */
import type { SiteBuild } from '../build/build.js';
import type { AssetGraph } from '../site/graph.js';
import { urlPath } from '../build/keys.js';
import { addressOfPlace } from './crawl/place.js';
import type { Visit } from './crawl/crawl.js';

export interface ChangedAddress {
  /** Decoded path. */
  readonly from: string;
  readonly query?: string;
  /** Encoded path or absolute address. */
  readonly to: string;
}

/** Assets that are no longer served at their own path. */
export function findMoved(graph: AssetGraph, build: SiteBuild): readonly ChangedAddress[] {
  const kept = new Set<string>(build.objects.filter(({ origin }) => origin === 'pages').map(({ key }) => key));
  return [...graph.assets.keys()].flatMap((path) => {
    const to = build.addressOf(path);
    return to === undefined || kept.has(path) ? [] : [{ from: `/${path}`, to }];
  });
}

/** Addresses of the crawled site that a folder of files cannot serve as they are, and those that led elsewhere already. */
export function findRenamed(visits: readonly Visit[], start: string): readonly ChangedAddress[] {
  const places = new Map(visits.map((visit) => [visit.url, visit]));
  return visits.flatMap((visit): ChangedAddress[] => {
    const to = follow(visit, places, start);
    if (to === undefined) return [];
    const { pathname, search } = new URL(visit.url, start);
    const query = search.slice(1);
    const own = { from: decode(pathname), ...(query === '' ? {} : { query }) };
    // A file is found whatever its query is.
    if (to === pathname && (query === '' || visit.place === decode(pathname).slice(1))) return [];
    return [{ ...own, to }];
  });
}

/** Where an address leads in the end; undefined for what is not there, and for circles. */
function follow(visit: Visit, places: ReadonlyMap<string, Visit>, start: string): string | undefined {
  let at = visit;
  for (let step = 0; step < 20; step++) {
    if (at.place !== undefined) return `/${urlPath(addressOfPlace(at.place).slice(1))}`;
    if (at.location === undefined || !URL.canParse(at.location, new URL(at.url, start).href)) return undefined;
    const target = new URL(at.location, new URL(at.url, start));
    if (target.origin !== new URL(start).origin) return target.href;
    const next = places.get(target.pathname + target.search);
    if (next === undefined) return undefined;
    at = next;
  }
  return undefined;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
