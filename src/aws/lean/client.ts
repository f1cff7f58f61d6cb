/** Sends signed requests and tries again what is worth it, by the rules that the SDK has (`retry.ts`). */
import type { Pace } from '../pace.js';
import { delayBefore, type RetryKind } from '../retry.js';
import { failureOf, type LeanFailure } from './failure.js';
import { openSigner, type Credentials, type Header } from './signature.js';
import type { Answer, Sent, Transport } from './transport.js';

export interface LeanSettings {
  readonly region: string;
  /** Of AWS, undefined; else a custom endpoint, with which buckets stand in the path. */
  readonly endpoint: URL | undefined;
  /** Asked before every request: whoever provides them renews them before they expire. */
  readonly credentials: () => Promise<Credentials>;
  /** Tries of one request, the first included. */
  readonly attempts: number;
  readonly pace: (bucket: string) => Pace;
  readonly signal: AbortSignal | undefined;
}

export interface Asked {
  readonly method: Sent['method'];
  readonly bucket: string;
  /** Percent-encoded; '' for the bucket itself. */
  readonly path: string;
  readonly query?: string;
  readonly headers?: readonly Header[];
  readonly body?: Buffer;
  /** SHA-256 of the body in hex. */
  readonly digest?: string;
  /** "On a 409 failure you should retry the upload" (S3 User Guide, "Conditional write behavior"). */
  readonly retriesConflicts?: boolean;
  /** Reads the answer as part of the attempt; what it throws is tried again when it says so. */
  readonly check?: (answer: Answer) => void;
}

export type Ask = (asked: Asked) => Promise<Answer>;

/** SHA-256 of nothing. */
const emptyDigest = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

export function openLeanClient(settings: LeanSettings, transport: Transport): Ask {
  const { attempts, credentials, pace, signal } = settings;
  const signer = openSigner(settings.region);
  /** Milliseconds that the server's clock is ahead of ours. */
  let skew = 0;

  async function sendOnce(asked: Asked, place: Place): Promise<Answer> {
    const { method, query = '', body } = asked;
    const headers: Header[] = [['host', place.host], ...(asked.headers ?? [])];
    const path = place.base + asked.path;
    const flat = signer.sign(
      { method, path, query, headers, digest: asked.digest ?? emptyDigest },
      await credentials(),
      new Date(Date.now() + skew),
    );
    flat.push('user-agent', 'twinorigin');
    const target = query === '' ? path : `${path}?${query}`;
    return transport.send({ method, origin: place.origin, path: target, headers: flat, body });
  }

  return async (asked) => {
    const place = placeOf(settings, asked.bucket);
    const told = pace(asked.bucket);
    for (let tried = 1; ; tried++) {
      let failure: LeanFailure;
      try {
        const answer = await sendOnce(asked, place);
        if (answer.status < 300) {
          asked.check?.(answer);
          told.tell(undefined);
          return answer;
        }
        failure = failureOf(answer, tried);
      } catch (error) {
        failure = error as LeanFailure;
        failure.$metadata = { attempts: tried };
      }
      told.tell(failure);
      // The answer tells the time of the server: the next try is signed with that.
      const ahead = skewIn(failure);
      if (ahead !== undefined) skew = ahead;
      const delay = delayBefore(
        tried,
        attempts,
        ahead !== undefined ? 'transient' : kindOf(failure, asked),
        hintIn(failure),
      );
      if (delay === undefined || signal?.aborted === true) throw failure;
      await pause(delay, signal);
    }
  };
}

interface Place {
  readonly origin: string;
  readonly host: string;
  /** Path before the key. */
  readonly base: string;
}

/** Where a bucket is: in the host name on AWS, except where its name has dots, which certificates do not cover. */
function placeOf({ endpoint, region }: LeanSettings, bucket: string): Place {
  if (endpoint !== undefined) {
    const folder = endpoint.pathname.replace(/\/$/, '');
    return { origin: endpoint.origin, host: endpoint.host, base: `${folder}/${bucket}/` };
  }
  const domain = `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  const host = bucket.includes('.') ? domain : `${bucket}.${domain}`;
  return { origin: `https://${host}`, host, base: bucket.includes('.') ? `/${bucket}/` : '/' };
}

const throttled = new Set([
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
]);
const passingCodes = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
]);

/** As the SDK judges (`@smithy/core`, retry: throttling and transient errors). */
function kindOf(failure: LeanFailure, { retriesConflicts }: Asked): RetryKind | undefined {
  const status = failure.$metadata?.httpStatusCode ?? 0;
  const name = failure.Code ?? failure.name;
  if (status === 429 || throttled.has(name)) return 'throttling';
  if (retriesConflicts === true && ['ConditionalRequestConflict', 'OperationAborted'].includes(name))
    return 'transient';
  const isPassing =
    failure.isPassing === true ||
    ['TimeoutError', 'RequestTimeout'].includes(name) ||
    passingCodes.has(failure.code ?? '') ||
    [500, 502, 503, 504].includes(status);
  return isPassing ? 'transient' : undefined;
}

function hintIn(failure: LeanFailure): number | undefined {
  const after = failure.$response?.headers['retry-after'];
  if (after === undefined) return undefined;
  const seconds = Number(after);
  const milliseconds = Number.isNaN(seconds) ? Date.parse(after) - Date.now() : seconds * 1000;
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

/** Milliseconds by which the server's clock is ahead, when that is what it complains about. */
function skewIn(failure: LeanFailure): number | undefined {
  if (!['RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture'].includes(failure.Code ?? '')) return undefined;
  const time = Date.parse(failure.$response?.headers.date ?? '');
  return Number.isNaN(time) ? undefined : time - Date.now();
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done, { once: true });
  });
}
