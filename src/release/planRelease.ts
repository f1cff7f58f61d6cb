/** Plans the release that a build will be: in mode `atomic` its pages get a folder of their own first. */
import type { Build } from '../build/build.js';
import type { Inventory } from './inventory.js';
import { chooseRelease, makePlan, type PlanOptions } from './plan.js';
import { placeRelease } from './placeRelease.js';
import type { Plan } from './release.js';

/** @returns the build as it will be stored, and the plan. A build that was restored from a record lies there already. */
export function planRelease(
  build: Build,
  inventory: Inventory,
  options: PlanOptions,
): { readonly placed: Build; readonly plan: Plan } {
  const isPlaced = build.rules?.mode === 'atomic' && !inventory.unchanged && !('servedFrom' in build);
  const placed = isPlaced ? placeRelease(build, chooseRelease(build, inventory, options.now).id) : build;
  return { placed, plan: makePlan(placed, inventory, options) };
}
