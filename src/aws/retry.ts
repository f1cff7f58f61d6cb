/**
 * How often and after how long the SDK tries again: its own loop and its own judgement of what is worth a retry,
 * with another budget. Its `adaptive` mode lets a client send so little after a few 503 that 1,000 small puts at 10 %
 * of 503 took 160 s instead of 4 (measured); its `standard` mode shares 500 tokens among all requests, which a wide
 * upload uses up within seconds of throttling. Sending less is the work of `pace.ts`.
 */
import type { S3ClientConfig } from '@aws-sdk/client-s3';

/** The interface is not exported under a name of its own by the packages that this one depends on. */
type RetryStrategy = Extract<NonNullable<S3ClientConfig['retryStrategy']>, { refreshRetryTokenForRetry: unknown }>;

/** Milliseconds before the first retry; doubled by each one. After a request to slow down, and after anything else. */
const throttledDelay = 1000;
const transientDelay = 50;
const longestDelay = 20_000;

export type RetryKind = 'throttling' | 'transient';

/**
 * Milliseconds to wait before the next try; undefined when there is none. Full jitter.
 * @param tried how often the request was sent. @param asked milliseconds that the server asks for.
 */
export function delayBefore(
  tried: number,
  attempts: number,
  kind: RetryKind | undefined,
  asked = 0,
): number | undefined {
  if (kind === undefined || tried >= attempts) return undefined;
  const base = kind === 'throttling' ? throttledDelay : transientDelay;
  const backoff = Math.random() * Math.min(longestDelay, base * 2 ** (tried - 1));
  return Math.max(backoff, Math.min(asked, longestDelay));
}

/** At most `attempts` tries of each request, the first included. */
export function retryUpTo(attempts: number): RetryStrategy {
  return {
    acquireInitialRetryToken: () => Promise.resolve(tokenOf(0, 0)),
    refreshRetryTokenForRetry(token, { errorType, retryAfterHint }) {
      const tried = token.getRetryCount() + 1;
      const kind = errorType === 'THROTTLING' ? 'throttling' : errorType === 'TRANSIENT' ? 'transient' : undefined;
      const asked = retryAfterHint === undefined ? 0 : retryAfterHint.getTime() - Date.now();
      const delay = delayBefore(tried, attempts, kind, asked);
      // The SDK then throws what the request ended with.
      return delay === undefined ? Promise.reject(new Error('not again')) : Promise.resolve(tokenOf(tried, delay));
    },
    recordSuccess: () => undefined,
  };
}

function tokenOf(retries: number, delay: number): { getRetryCount(): number; getRetryDelay(): number } {
  return { getRetryCount: () => retries, getRetryDelay: () => delay };
}
