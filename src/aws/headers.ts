/** Headers and identity of an object, as S3 takes and gives them. */
import type { StorageClass } from '@aws-sdk/client-s3';
import type { ObjectHeaders, ObjectKey } from '../build/build.js';
import type { ObjectIdentity, StoredObject } from '../release/ports.js';
import { parseDigest } from '../site/names.js';
import type { ObjectFields } from './requests.js';

/** Sent as `x-amz-meta-…`. */
const tagsName = 'cache-tag';
const digestName = 'twinorigin-digest';
const recipeName = 'twinorigin-recipe';
const writeName = 'twinorigin-write';

/** Parameters common to PutObject, CopyObject and CreateMultipartUpload. */
export interface HeaderInput {
  readonly ContentType: string;
  readonly CacheControl: string;
  readonly ContentEncoding?: string;
  readonly ContentDisposition?: string;
  readonly ContentLanguage?: string;
  /** These two only of objects that are migrated. */
  readonly StorageClass?: StorageClass;
  readonly WebsiteRedirectLocation?: string;
  readonly Metadata: Record<string, string>;
}

export function headerInput(headers: ObjectHeaders, identity: ObjectIdentity | undefined, write?: string): HeaderInput {
  return {
    ContentType: headers.contentType,
    CacheControl: headers.cacheControl,
    ...(headers.contentEncoding === undefined ? {} : { ContentEncoding: headers.contentEncoding }),
    ...(headers.contentDisposition === undefined ? {} : { ContentDisposition: headers.contentDisposition }),
    ...(headers.contentLanguage === undefined ? {} : { ContentLanguage: headers.contentLanguage }),
    Metadata: {
      ...(headers.cacheTags === undefined ? {} : { [tagsName]: headers.cacheTags }),
      ...(identity === undefined ? {} : { [digestName]: identity.digest, [recipeName]: identity.recipe }),
      ...(write === undefined ? {} : { [writeName]: write }),
    },
  };
}

export function storedObject(key: ObjectKey, output: ObjectFields, size: number): StoredObject {
  const identity = identityIn(output.Metadata ?? {});
  return {
    key,
    size,
    etag: quotedEtag(output.ETag),
    headers: {
      contentType: output.ContentType ?? '',
      cacheControl: output.CacheControl ?? '',
      ...(output.ContentEncoding ? { contentEncoding: output.ContentEncoding } : {}),
      ...(output.ContentDisposition ? { contentDisposition: output.ContentDisposition } : {}),
      ...(output.ContentLanguage ? { contentLanguage: output.ContentLanguage } : {}),
      ...(output.Metadata?.[tagsName] ? { cacheTags: output.Metadata[tagsName] } : {}),
    },
    ...(output.LastModified === undefined ? {} : { modified: output.LastModified }),
    ...(identity === undefined ? {} : { identity }),
  };
}

/** The id of the write that stored an object. */
export function writeIn({ Metadata }: ObjectFields): string | undefined {
  return Metadata?.[writeName];
}

function identityIn(metadata: Readonly<Record<string, string>>): ObjectIdentity | undefined {
  const digest = metadata[digestName];
  const recipe = metadata[recipeName];
  if (digest === undefined || recipe === undefined) return undefined;
  try {
    return { digest: parseDigest(digest), recipe };
  } catch {
    return undefined; // not ours after all
  }
}

/** Compares ETags whether quoted or not. */
export function sameEtag(a: string, b: string): boolean {
  return bareEtag(a) === bareEtag(b);
}

/** One form for all: some servers quote it in headers and not in XML. '' where there is none. */
export function quotedEtag(etag: string | undefined): string {
  return etag === undefined || etag === '' || etag.endsWith('"') ? (etag ?? '') : `"${etag}"`;
}

export function bareEtag(etag: string): string {
  return etag.replace(/^(?:W\/)?"(.*)"$/, '$1');
}
