/** What the fake S3 holds, and the conditions it checks at the moment of writing. */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { header } from './body.js';
import { S3Error } from './reply.js';

export interface FakeObject {
  readonly bytes: Buffer;
  /** Without quotes. */
  readonly etag: string;
  /** Stored headers and `x-amz-meta-…`, lowercase. */
  readonly headers: Readonly<Record<string, string>>;
  readonly checksums: Readonly<Record<string, string>>;
  readonly modified: Date;
}

export interface FakeUpload {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: Map<number, { readonly bytes: Buffer; readonly etag: string }>;
}

export interface FakeBucket {
  readonly name: string;
  readonly region: string;
  readonly objects: Map<string, FakeObject>;
  readonly uploads: Map<string, FakeUpload>;
  /** Documents by subresource: `policy`, `cors`… */
  readonly settings: Map<string, string>;
}

/** Ways in which servers that call themselves S3-compatible differ; all off: AWS's rules. */
export interface Deviations {
  /** `ignored`: conditions of writes are accepted and not looked at. `refused`: 501 NotImplemented. */
  conditionalWrites?: 'ignored' | 'refused';
  /** CompleteMultipartUpload does not look at conditions (Ceph). */
  unconditionalComplete?: boolean;
  /** If-Match of a PUT holds only for an ETag without quotes (Ceph). */
  bareIfMatch?: boolean;
  /** If-Match on a missing key answers 412 instead of 404 (Ceph). */
  missingIfMatch412?: boolean;
  /** CompleteMultipartUpload answers an empty ETag (Ceph, moto). */
  emptyCompleteEtag?: boolean;
  /** Keys in listings stand as they are, whatever encoding-type says. */
  plainListing?: boolean;
  /** Every page of a listing is the first one, and has a next. */
  endlessListing?: boolean;
  /** Listings ignore the prefix. */
  unfilteredListing?: boolean;
  /** Missing objects answer 403, as AWS does for users without s3:ListBucket. */
  hideMissing?: boolean;
}

const kept = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
  'x-amz-website-redirect-location',
];

/** The headers of a request that are stored with the object. */
export function storedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const stored: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  let metadata = 0;
  for (const name of Object.keys(headers)) {
    const value = header(headers, name) ?? '';
    if (name.startsWith('x-amz-meta-')) metadata += name.length - 'x-amz-meta-'.length + value.length;
    else if (!kept.includes(name)) continue;
    stored[name] = value;
  }
  // "the user-defined metadata is limited to 2 KB" (User Guide, "Working with object metadata")
  if (metadata > 2048) throw new S3Error(400, 'MetadataTooLarge', 'Your metadata headers exceed the maximum size.');
  const encodings = (stored['content-encoding'] ?? '').split(',').map((coding) => coding.trim());
  const encoding = encodings.filter((coding) => coding !== '' && coding !== 'aws-chunked').join(',');
  delete stored['content-encoding'];
  return encoding === '' ? stored : { ...stored, 'content-encoding': encoding };
}

export function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}

/** If-None-Match and If-Match of a write (User Guide, "Conditional write behavior"). */
export function checkCondition(
  headers: IncomingHttpHeaders,
  current: FakeObject | undefined,
  deviations: Deviations,
): void {
  const [none, match] = [header(headers, 'if-none-match'), header(headers, 'if-match')];
  if ((none === undefined && match === undefined) || deviations.conditionalWrites === 'ignored') return;
  const unsupported = deviations.conditionalWrites === 'refused' || (none !== undefined && none !== '*');
  if (unsupported) {
    throw new S3Error(501, 'NotImplemented', 'A header you provided implies functionality that is not implemented');
  }
  const failed = new S3Error(
    412,
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
  );
  if (none === '*' && current !== undefined) throw failed;
  if (match === undefined) return;
  if (current === undefined) {
    if (deviations.missingIfMatch412 === true) throw failed;
    throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
  }
  const wanted = deviations.bareIfMatch === true ? match : bare(match);
  if (match !== '*' && wanted !== current.etag) throw failed;
}

export function bare(etag: string): string {
  return etag.replace(/^"(.*)"$/, '$1');
}
