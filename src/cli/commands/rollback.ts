/** `rollback`: puts an earlier release live again, without the site. */
import { exitCodes } from '../../errors.js';
import { planRollback, rollBack } from '../../publish.js';
import { describeOutcome, describePlan } from '../../report/json.js';
import { renderOutcome } from '../../report/outcomeText.js';
import { renderPlan } from '../../report/planText.js';
import type { Invocation } from '../action.js';
import { openReadingWorld, openWorld } from '../world.js';

export async function run(invocation: Invocation): Promise<number> {
  const { options, argument, terminal } = invocation;
  const config = await invocation.loadConfig({ needsSite: false });
  if (options.dryRun === true) {
    // A world that can write is not even opened.
    const { world, close } = await openReadingWorld(config, invocation);
    try {
      const { plan } = await planRollback(config, world, argument);
      invocation.report(
        () => describePlan(plan),
        () => renderPlan(plan, terminal.look),
      );
      return exitCodes.done;
    } finally {
      await close();
    }
  }
  const { world, close } = await openWorld(config, invocation);
  try {
    const rules = { force: options.force === true, wait: options.wait === true };
    const outcome = await rollBack(config, world, argument, rules);
    invocation.report(
      () => describeOutcome(outcome),
      () => renderOutcome(outcome, terminal.look),
    );
    return exitCodes.done;
  } finally {
    await close();
  }
}
