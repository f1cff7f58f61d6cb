/** What has to be done to one object so that it is served as it should be. Pure: the same object, the same decision. */
import type { ObjectHeaders, ObjectKey } from '../build/build.js';
import { isCompressible } from '../build/variants.js';
import { isSameHeaders } from '../release/inventory.js';
import { isText, mediaTypeOf } from '../site/mediaType.js';
import { isSecretName } from '../site/secrets.js';
import type { HeldObject, SourceObject } from './ports.js';

export interface BulkRules {
  /** Text is stored compressed. */
  readonly compress: boolean;
  /** For an object's key; undefined for the usual header. */
  readonly cacheControlOf: (key: string) => string | undefined;
  /** What names that may change are cached like. */
  readonly usual: string;
  /** Objects stay where they are. */
  readonly inPlace: boolean;
}

/** `headers` in place and `copy` elsewhere are one request that moves no byte over the network. */
export type BulkAction = 'keep' | 'headers' | 'copy' | 'compress';

export interface BulkDecision {
  readonly action: BulkAction;
  /** The complete set. For `compress` without charset and encoding, which the bytes decide. */
  readonly headers: ObjectHeaders;
}

/** Why an object is none of a migration's; undefined when it is one. */
export function reasonToSkip({ key, size }: SourceObject, { inPlace }: Pick<BulkRules, 'inPlace'>): string | undefined {
  if (key.startsWith('.twinorigin/')) return 'release records';
  if (key.endsWith('/') && size === 0) return 'folder markers';
  if (!inPlace && key.split('/').some(isSecretName)) return 'files that must not be published';
  return undefined;
}

/** More than this is never read for compression: it would have to fit into memory, several times. */
const largestCompressed = 64 * 1024 * 1024;
/** Below this nothing is gained (build/encode.ts). */
const smallestCompressed = 256;

export function decideBulk(held: HeldObject, rules: BulkRules): BulkDecision {
  const mediaType = mediaTypeFor(held.key, held.headers.contentType);
  const encoding = realEncoding(held.headers.contentEncoding);
  const headers: ObjectHeaders = {
    contentType: withCharset(mediaType, held.headers.contentType),
    cacheControl: rules.cacheControlOf(held.key) ?? rules.usual,
    ...(encoding === undefined ? {} : { contentEncoding: encoding }),
    ...(held.headers.contentDisposition === undefined ? {} : { contentDisposition: held.headers.contentDisposition }),
    ...(held.headers.contentLanguage === undefined ? {} : { contentLanguage: held.headers.contentLanguage }),
    ...(held.headers.cacheTags === undefined ? {} : { cacheTags: held.headers.cacheTags }),
  };
  const isPlain = encoding === undefined && held.extras.metadata[uncompressedMark] === undefined;
  const isWorthwhile = held.size >= smallestCompressed && held.size <= largestCompressed;
  if (rules.compress && isPlain && isWorthwhile && isCompressible({ mediaType }))
    return { action: 'compress', headers };
  if (!rules.inPlace) return { action: 'copy', headers };
  return { action: isSameHeaders(held, { headers }) ? 'keep' : 'headers', headers };
}

/** Set on text that compression does not make smaller, so that it is not read again. */
export const uncompressedMark = 'twinorigin-plain';

/** By extension; a name without one keeps the type it has, unless that says nothing. */
function mediaTypeFor(key: ObjectKey, contentType: string): string {
  const given = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const byName = mediaTypeOf(key, () => Buffer.alloc(0));
  const hasExtension = /\.[^./]+$/.test(key);
  if (hasExtension && byName !== 'application/octet-stream') return byName;
  return given === '' || given === 'binary/octet-stream' ? 'application/octet-stream' : given;
}

/** A charset somebody chose stays; without reading the bytes no other can be promised. */
function withCharset(mediaType: string, contentType: string): string {
  const charset = /;\s*charset="?([\w.:-]+)/i.exec(contentType)?.[1]?.toLowerCase();
  return charset !== undefined && isText(mediaType) ? `${mediaType}; charset=${charset}` : mediaType;
}

/** Some clients stored the framing of their uploads as if it were an encoding (`aws-chunked`). */
function realEncoding(encoding: string | undefined): string | undefined {
  const real = (encoding ?? '')
    .split(',')
    .map((one) => one.trim().toLowerCase())
    .filter((one) => one !== '' && one !== 'aws-chunked' && one !== 'identity');
  return real.length === 0 ? undefined : real.join(', ');
}
