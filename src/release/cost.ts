/** What a publish costs at list price. */
import type { Change, Cost, Plan } from './release.js';
import { originNames } from '../build/build.js';
import { priceTable } from '../prices.js';

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
    usd: round(puts * priceTable.s3Put.usd + gets * priceTable.s3Get.usd),
    usdBeyondFreePaths: round(invalidationPaths * priceTable.invalidationPath.usd),
  };
}

function round(usd: number): number {
  return Math.round(usd * 1e6) / 1e6;
}
