/** Conditional writes, on AWS and on stores that do them differently or not at all. */
import { ConditionFailed, type Condition, type StoreCapabilities } from '../release/ports.js';
import type { Bucket } from './bucket.js';
import { attemptsOf, errorName, statusOf } from './failure.js';
import { bareEtag, sameEtag } from './headers.js';
import { findOwnWrite, type Sending } from './ownWrite.js';
import { headObject } from './read.js';
import type { ConditionInput } from './requests.js';
import { bodySize, multipartThreshold, type Upload } from './upload.js';

/** A store of unknown make is found out with a body no larger than this. */
const probeSize = 1024 * 1024;

interface ConditionalPut {
  put(request: Sending, condition: Condition): Promise<{ etag: string }>;
  capabilities(): StoreCapabilities;
}

/** What a server was found to do with conditions; the same for all its buckets. */
export interface KnownConditions {
  writes: StoreCapabilities['conditionalWrites'];
  /** It compares ETags without their quotes. */
  bare: boolean;
  /** Under way while the first conditional write finds out. */
  learning?: Promise<void> | undefined;
}

/** Sends puts with a condition. Errors other than `ConditionFailed` are the SDK's own. */
export function openConditionalPut(bucket: Bucket, upload: Upload): ConditionalPut {
  /** Until the server is known there is nothing to tell of it. */
  let known: KnownConditions = { writes: 'unknown', bare: false };

  const input = (condition: Condition): ConditionInput =>
    'absent' in condition ? { IfNoneMatch: '*' } : { IfMatch: known.bare ? bareEtag(condition.etag) : condition.etag };

  async function attempt(request: Sending, condition: Condition): Promise<{ etag: string }> {
    try {
      return await upload(request, input(condition));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (known.writes === 'unknown') known.writes = 'yes';
      const own = attemptsOf(error) > 1 ? await findOwnWrite(bucket, request) : undefined;
      if (own !== undefined) return own;
      if ('etag' in condition && !known.bare && condition.etag !== bareEtag(condition.etag)) {
        // Ceph compares with the ETag as it keeps it, without quotes. Asking twice is safe: it stays conditional.
        const current = await headObject(bucket, request.key);
        if (current !== null && sameEtag(current.etag, condition.etag)) return attemptBare(request, condition);
      }
      throw new ConditionFailed(request.key);
    }
  }

  async function attemptBare(request: Sending, condition: { readonly etag: string }): Promise<{ etag: string }> {
    try {
      const result = await upload(request, { IfMatch: bareEtag(condition.etag) });
      known.bare = true;
      return result;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const own = attemptsOf(error) > 1 ? await findOwnWrite(bucket, request) : undefined;
      if (own !== undefined) return own;
      throw new ConditionFailed(request.key);
    }
  }

  /** Writes the same again under a condition that cannot hold: who accepts it ignores conditions. */
  async function probe(request: Sending): Promise<{ etag: string } | undefined> {
    try {
      const result = await upload(request, { IfNoneMatch: '*' });
      known.writes = 'no';
      return result;
    } catch (error) {
      if (isRefusal(error)) known.writes = 'yes';
      return undefined; // anything else leaves the question open
    }
  }

  async function put(request: Sending, condition: Condition): Promise<{ etag: string }> {
    // Also before a large upload: better no upload than one that is refused at its end.
    if (known.writes !== 'yes' || bodySize(request) > multipartThreshold) await check(bucket, request, condition);
    if (known.writes === 'no') return upload(request, {});
    let result: { etag: string };
    try {
      result = await attempt(request, condition);
    } catch (error) {
      if (statusOf(error) !== 501) throw error;
      known.writes = 'no'; // "A header you provided implies functionality that is not implemented"
      return upload(request, {});
    }
    if (known.writes !== 'unknown' || bodySize(request) > probeSize) return result;
    return (await probe(request)) ?? result;
  }

  return {
    capabilities: () => ({ conditionalWrites: known.writes }),
    async put(request, condition) {
      known = await bucket.conditions();
      // One write finds out for all others of this server, which would each have to look and to try.
      if (known.writes === 'unknown' && known.learning !== undefined) await known.learning;
      if (known.writes !== 'unknown' || known.learning !== undefined || bodySize(request) > probeSize)
        return put(request, condition);
      const first = put(request, condition);
      known.learning = first.then(ignore, ignore).then(() => (known.learning = undefined));
      return first;
    },
  };
}

/** 412, and 404 for If-Match on a missing key (S3 User Guide, "Conditional write behavior"). */
function isRefusal(error: unknown): boolean {
  return statusOf(error) === 412 || (statusOf(error) === 404 && errorName(error) === 'NoSuchKey');
}

/** For stores that do not look themselves: leaves a moment in which another publisher can write. */
async function check(bucket: Bucket, request: Sending, condition: Condition): Promise<void> {
  const current = await headObject(bucket, request.key);
  const holds = 'absent' in condition ? current === null : current !== null && sameEtag(current.etag, condition.etag);
  if (!holds) throw new ConditionFailed(request.key);
}

function ignore(): void {
  // Whoever asked for the write is told of its failure; those who waited for what it finds out try themselves.
}
