/** Proof through the public addresses that assets are served as the pages will need them. */
import type { Build } from '../build/build.js';
import { urlPath } from '../build/keys.js';
import { PublishError } from '../errors.js';
import type { World } from './ports.js';
import { runPool } from './pool.js';
import { findFaults } from './proveObject.js';
import type { Plan } from './release.js';

/** Requests under way at once: a proof, not a load test. */
const width = 8;

/**
 * Fetches new assets (all, or an even sample when there are more than `sample`), and an even sample of kept ones.
 * @returns how many were fetched.
 * @throws PublishError `verify-failed` naming each address and what is wrong with it.
 */
export async function verifyAssets(plan: Plan, build: Build, world: World, sample: number): Promise<number> {
  if (sample === 0) return 0;
  const started = performance.now();
  const isNew = new Set(plan.changes.filter(({ action }) => action !== 'keep').map(({ object }) => object));
  // Variants are reached through the plain address, as visitors reach them.
  const assets = build.objects.filter(({ stage, key, path }) => stage === 'asset' && !isVariant(key, path));
  // New content of a stable name goes live with the pages: it is not to be had yet.
  const fresh = assets.filter((object) => isNew.has(object) && object.immutable);
  const kept = assets.filter((object) => !isNew.has(object));
  const chosen = [...chooseEvenly(fresh, sample), ...chooseEvenly(kept, Math.min(3, sample))];
  world.emit({ type: 'phase-started', phase: 'verify', total: chosen.length });
  let done = 0;
  const wrong: string[] = [];
  const failures = await runPool(chosen, { most: width, signal: world.signal }, async (object) => {
    const url = `${plan.urls[object.origin]}/${urlPath(object.key)}`;
    const fetched = await world.fetch(url, {
      'origin': new URL(plan.urls.pages).origin,
      'accept-encoding': 'gzip, br',
    });
    for (const fault of await findFaults(object, fetched, { cors: true })) wrong.push(`${url}: ${fault}`);
    done++;
    world.emit({ type: 'phase-progress', phase: 'verify', done });
  });
  for (const { item, error } of failures)
    wrong.push(
      `${plan.urls[item.origin]}/${urlPath(item.key)}: ${error instanceof Error ? error.message : String(error)}`,
    );
  world.emit({ type: 'phase-finished', phase: 'verify', done, milliseconds: performance.now() - started });
  const first = wrong[0];
  if (first !== undefined) throw new PublishError('verify-failed', first, { items: wrong });
  return chosen.length;
}

function isVariant(key: string, path: string): boolean {
  return /\.(br|gz)$/.test(key) && !/\.(br|gz)$/.test(path);
}

/** The same sample for the same build, spread over all of it. */
function chooseEvenly<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)]).filter(
    (item) => item !== undefined,
  );
}
