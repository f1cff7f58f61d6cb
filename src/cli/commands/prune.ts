/** `prune`: lets go of what retention no longer keeps; with --dry-run, says what that is. */
import { exitCodes } from '../../errors.js';
import { prune } from '../../publish.js';
import { planPrune, type PrunePlan } from '../../release/prune.js';
import { describePrune, renderPrune } from '../../report/pruneText.js';
import type { Invocation } from '../action.js';
import { openReadingWorld, openWorld } from '../world.js';

export async function run(invocation: Invocation): Promise<number> {
  const { options } = invocation;
  const config = await invocation.loadConfig({ needsSite: false });
  if (options.dryRun === true) {
    // A world that can write is not even opened.
    const { world, close } = await openReadingWorld(config, invocation);
    try {
      tell(invocation, await planPrune(world, config.retention), false);
      return exitCodes.done;
    } finally {
      await close();
    }
  }
  // Nothing is fetched through the CDN: no local edge has to run.
  const { world, close } = await openWorld({ ...config, verify: { sample: 0 } }, invocation);
  try {
    tell(invocation, await prune(config, world, { wait: options.wait === true }), true);
    return exitCodes.done;
  } finally {
    await close();
  }
}

function tell({ report, terminal }: Invocation, plan: PrunePlan, applied: boolean): void {
  report(
    () => describePrune(plan, applied),
    () => renderPrune(plan, applied, terminal.look),
  );
}
