/** `host plan`, and every `--dry-run`: what there is and what would be done. Holds nothing that could write. */
import { exitCodes } from '../../../errors.js';
import { planProvision } from '../../../provision/plan.js';
import { refuseLaunch } from '../../../provision/host/refuseLaunch.js';
import { findHostProblems, listHostResources } from '../../../provision/host/resources.js';
import { describeProvisionPlan } from '../../../report/provisionJson.js';
import { renderProvisionPlan } from '../../../report/provisionText.js';
import type { Invocation } from '../../action.js';
import { openHost } from '../../hostWorld.js';

export async function run(invocation: Invocation): Promise<number> {
  const config = await invocation.loadConfig({ needsSite: false });
  const { reading, close } = await openHost(config, invocation);
  try {
    const plan = await planProvision(listHostResources(reading).all, await findHostProblems(reading));
    await refuseLaunch(reading, plan);
    invocation.report(
      () => describeProvisionPlan(plan),
      () => renderProvisionPlan(plan, invocation.terminal.look),
    );
    return invocation.options.exitCode === true && !plan.empty ? exitCodes.changes : exitCodes.done;
  } finally {
    close();
  }
}
