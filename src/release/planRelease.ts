/** Plans the release that a build will be: in mode `atomic` its pages get a folder of their own first. */
import type { Build } from '../build/build.js';
import type { Inventory } from './inventory.js';
import { chooseRelease, makePlan, type PlanOptions } from './plan.js';
import { placeRelease } from './placeRelease.js';
import type { Plan, ReleaseId } from './release.js';

/** @returns the build as it will be stored, and the plan. A build that was restored from a record lies there already. */
export function planRelease(
  build: Build,
  inventory: Inventory,
  options: PlanOptions,
): { readonly placed: Build; readonly plan: Plan } {
  const isPlaced = build.rules?.mode === 'atomic' && !inventory.unchanged && build.servedFrom === undefined;
  const placed = isPlaced ? place(build, inventory, options.now) : build;
  return { placed, plan: makePlan(placed, inventory, options) };
}

/** What is live already is put right where it lies: another folder would be a copy of everything for nothing. */
function place(build: Build, inventory: Inventory, now: Date): Build {
  const { live, unfinished } = inventory;
  const folder = live?.edge?.folder ?? '';
  const isLive = live?.root === build.root && unfinished.length === 0 && folder !== '';
  if (!isLive) return placeRelease(build, chooseRelease(build, inventory, now).id);
  return { ...placeRelease(build, folder.slice('/releases/'.length) as ReleaseId), servedFrom: folder };
}
