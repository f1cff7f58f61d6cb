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

/** Sends puts with a condition. Errors other than `ConditionFailed` are the SDK's own. */
export function openConditionalPut(bucket: Bucket, upload: Upload): ConditionalPut {
  let writes: StoreCapabilities['conditionalWrites'] = 'unknown';
  let bare = false;
  let probing: Promise<void> | undefined;

  const input = (condition: Condition): ConditionInput =>
    'absent' in condition ? { IfNoneMatch: '*' } : { IfMatch: bare ? bareEtag(condition.etag) : condition.etag };

  async function attempt(request: Sending, condition: Condition): Promise<{ etag: string }> {
    try {
      return await upload(request, input(condition));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (writes === 'unknown') writes = 'yes';
      const own = attemptsOf(error) > 1 ? await findOwnWrite(bucket, request) : undefined;
      if (own !== undefined) return own;
      if ('etag' in condition && !bare && condition.etag !== bareEtag(condition.etag)) {
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
      bare = true;
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
      writes = 'no';
      return result;
    } catch (error) {
      if (isRefusal(error)) writes = 'yes';
      return undefined; // anything else leaves the question open
    }
  }

  return {
    capabilities: () => ({ conditionalWrites: writes }),
    async put(request, condition) {
      if ((await bucket.endpoint()) === undefined) writes = 'yes'; // AWS: since November 2024 for both conditions
      // Also before a large upload: better no upload than one that is refused at its end.
      if (writes !== 'yes' || bodySize(request) > multipartThreshold) await check(bucket, request, condition);
      if (writes === 'no') return upload(request, {});
      let result: { etag: string };
      try {
        result = await attempt(request, condition);
      } catch (error) {
        if (statusOf(error) !== 501) throw error;
        writes = 'no'; // "A header you provided implies functionality that is not implemented"
        return upload(request, {});
      }
      if (writes !== 'unknown' || probing !== undefined || bodySize(request) > probeSize) return result;
      const probed = probe(request);
      probing = probed.then(() => undefined);
      const repeated = await probed;
      probing = undefined;
      return repeated ?? result;
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
