/** What a publish costs at list price. */
import type { Change, Cost, Plan } from './release.js';
import { originNames } from '../build/build.js';

/**
 * US dollars, us-east-1, S3 Standard, as of 2026-11: https://aws.amazon.com/s3/pricing/ (PUT, COPY and LIST requests,
 * GET requests) and https://aws.amazon.com/cloudfront/pricing/ (invalidation paths beyond 1,000 a month).
 */
export const prices = { put: 0.005 / 1000, get: 0.0004 / 1000, invalidationPath: 0.005 } as const;

/** The pointer twice and the record once; the pointer, and a record unless nothing changed, are read. */
const bookkeeping = { puts: 3, gets: 2 };

export function estimateCost(changes: readonly Change[], invalidations: Plan['invalidations'], empty: boolean): Cost {
  let puts = empty ? 0 : bookkeeping.puts;
  for (const { action, object } of changes) {
    if (action === 'create' || action === 'update')
      puts += object?.immutable === false && (object.stage === 'page' || object.stage === 'last') ? 2 : 1;
    else if (action === 'headers') puts += 1;
  }
  const gets = empty ? 1 : bookkeeping.gets;
  const invalidationPaths = originNames.reduce((sum, origin) => sum + invalidations[origin].length, 0);
  return {
    puts,
    gets,
    invalidationPaths,
    usd: round(puts * prices.put + gets * prices.get),
    usdBeyondFreePaths: round(invalidationPaths * prices.invalidationPath),
  };
}

function round(usd: number): number {
  return Math.round(usd * 1e6) / 1e6;
}
