/** `host up`: makes what is missing, and nothing twice. */
import { exitCodes } from '../../../errors.js';
import { applyProvision } from '../../../provision/apply.js';
import { refuseUnfinished } from '../../../provision/host/journal.js';
import { findHostProblems, listHostResources } from '../../../provision/host/resources.js';
import { listSlots } from '../../../provision/host/slots.js';
import { planProvision } from '../../../provision/plan.js';
import { describeProvisionOutcome } from '../../../report/provisionJson.js';
import { renderProvisionOutcome } from '../../../report/provisionText.js';
import type { Invocation } from '../../action.js';
import { openWritingHost } from '../../hostWorld.js';

export async function run(invocation: Invocation): Promise<number> {
  if (invocation.options.dryRun === true) return (await import('./plan.js')).run(invocation);
  const config = await invocation.loadConfig({ needsSite: false });
  const { parts, world, close } = await openWritingHost(config, invocation);
  try {
    await refuseUnfinished(parts.world.cloud, listSlots(parts.host));
    const { all } = listHostResources(parts);
    const outcome = await applyProvision(await planProvision(all, await findHostProblems(parts)), all, world);
    invocation.report(
      () => describeProvisionOutcome(outcome),
      () => renderProvisionOutcome(outcome, invocation.terminal.look),
    );
    return exitCodes.done;
  } finally {
    close();
  }
}
