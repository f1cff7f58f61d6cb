/** Which requests prove a record: each object as every kind of visitor asks for it. */
import { originNames, type OriginName } from '../build/build.js';
import { canonicalAddress } from '../edge/addresses.js';
import type { CleanUrls } from '../edge/event.js';
import { pathInRelease } from './keys.js';
import { isPlaced } from './placeRelease.js';
import type { Expectations } from './proveObject.js';
import type { RecordedObject, ReleaseRecord, RetainedObject } from './release.js';

export interface Probe {
  readonly origin: OriginName;
  /** The object that must answer. */
  readonly object: RecordedObject;
  /** What is asked for: the plain name of a variant, the folder of an index page. */
  readonly address: string;
  /** `Accept-Encoding`. */
  readonly asked: string;
  readonly expectations: Expectations;
  /** A compressed form of an object that is asked for as it is, too. */
  readonly variant: boolean;
  /** Part of earlier releases only. */
  readonly retained: boolean;
}

const suffixes: Readonly<Record<string, string>> = { gzip: '.gz', br: '.br' };

/** Everything that must be served: the live release, and what earlier ones left for open pages. */
export function listProbes(record: Pick<ReleaseRecord, 'objects' | 'retained' | 'edge'>): Probe[] {
  const mode = record.edge?.rules.urls ?? 'none';
  return originNames.flatMap((origin) => [
    ...probesOf(origin, record.objects[origin], false, mode),
    ...probesOf(origin, record.retained[origin].filter(isSure).filter(isReachable), true, mode),
  ]);
}

/** What only an unfinished release named may never have been there. */
function isSure({ unsure }: RetainedObject): boolean {
  return !unsure;
}

/** Nobody is sent to the folder of a release that is not live, and few to pages that lie beside the folders. */
function isReachable({ key, stage }: RetainedObject): boolean {
  return !isPlaced(key) && stage !== 'page' && stage !== 'last';
}

function probesOf(origin: OriginName, objects: readonly RecordedObject[], retained: boolean, mode: CleanUrls): Probe[] {
  const byKey = new Map<string, RecordedObject>(objects.map((object) => [object.key, object]));
  return objects.flatMap((object) => {
    if (plainOf(object, byKey) !== undefined) return [];
    const cors = object.stage === 'asset';
    const probe = (of: RecordedObject, asked: string, encodings: Expectations['encodings']): Probe => ({
      origin,
      object: of,
      address: addressOf(object, mode),
      asked,
      expectations: { cors, ...(encodings && { encodings }) },
      variant: of !== object,
      retained,
    });
    const variants = Object.entries(suffixes).flatMap(([encoding, suffix]) => {
      const variant = byKey.get(object.key + suffix);
      return variant !== undefined && plainOf(variant, byKey) === object ? [{ encoding, variant }] : [];
    });
    if (variants.length === 0) {
      const stored = object.headers.contentEncoding;
      // Where nothing is stored compressed, the CDN may do it.
      return [probe(object, 'gzip, br', stored === undefined ? [undefined, 'gzip', 'br'] : [stored])];
    }
    return [
      probe(object, 'identity', [undefined]),
      ...variants.map(({ encoding, variant }) => probe(variant, encoding, [encoding])),
    ];
  });
}

/** The object that this one is a compressed form of. */
function plainOf({ key, digest, headers }: RecordedObject, byKey: ReadonlyMap<string, RecordedObject>) {
  const suffix = suffixes[headers.contentEncoding ?? ''];
  if (suffix === undefined || !key.endsWith(suffix)) return undefined;
  const plain = byKey.get(key.slice(0, -suffix.length));
  return plain?.digest === digest ? plain : undefined;
}

/** As visitors type it. */
function addressOf({ key, stage }: RecordedObject, mode: CleanUrls): string {
  const path = pathInRelease(key);
  if (stage === 'page' && path.endsWith('.html')) return canonicalAddress(mode, path).slice(1);
  return path.replace(/(^|\/)index\.html$/, '$1');
}
