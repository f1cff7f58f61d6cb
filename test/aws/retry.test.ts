import { expect, it } from 'vitest';
import { retryUpTo } from '../../src/aws/retry.js';

type Info = Parameters<ReturnType<typeof retryUpTo>['refreshRetryTokenForRetry']>[1];

/** The delays that one request waits when every try of it ends like this. */
async function delaysOf(attempts: number, info: Info): Promise<number[]> {
  const strategy = retryUpTo(attempts);
  const delays: number[] = [];
  let token = await strategy.acquireInitialRetryToken('');
  try {
    for (;;) {
      token = await strategy.refreshRetryTokenForRetry(token, info);
      delays.push(token.getRetryDelay());
    }
  } catch {
    return delays;
  }
}

it('tries as often as it was told, each time after a longer while at most', async () => {
  const delays = await delaysOf(8, { errorType: 'THROTTLING' });
  expect(delays).toHaveLength(7);
  for (const [retry, delay] of delays.entries()) expect(delay).toBeLessThanOrEqual(Math.min(20_000, 1000 * 2 ** retry));
  expect((await delaysOf(8, { errorType: 'TRANSIENT' })).every((delay, retry) => delay <= 50 * 2 ** retry)).toBe(true);
});

it('does not try again what would end the same', async () => {
  expect(await delaysOf(8, { errorType: 'CLIENT_ERROR' })).toEqual([]);
  expect(await delaysOf(8, { errorType: 'SERVER_ERROR' })).toEqual([]);
});

it('waits as long as the server asks, within reason', async () => {
  const [delay] = await delaysOf(2, { errorType: 'THROTTLING', retryAfterHint: new Date(Date.now() + 5000) });
  expect(delay).toBeGreaterThan(4500);
  const [reasonable] = await delaysOf(2, { errorType: 'THROTTLING', retryAfterHint: new Date(Date.now() + 3_600_000) });
  expect(reasonable).toBe(20_000);
});

it('does not let one request use up the tries of another', async () => {
  const strategy = retryUpTo(2);
  for (let request = 0; request < 1000; request++) {
    const token = await strategy.acquireInitialRetryToken('');
    await strategy.refreshRetryTokenForRetry(token, { errorType: 'THROTTLING' });
  }
});
