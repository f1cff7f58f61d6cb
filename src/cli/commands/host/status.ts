/** `host status`: what there is, how it is, and how the last day was. */
import { exitCodes } from '../../../errors.js';
import { findHostProblems, listHostResources } from '../../../provision/host/resources.js';
import { lookAtHost } from '../../../provision/host/status.js';
import { planProvision } from '../../../provision/plan.js';
import { describeHostStatus } from '../../../report/hostJson.js';
import { renderHostStatus } from '../../../report/hostText.js';
import type { Invocation } from '../../action.js';
import { openHost } from '../../hostWorld.js';

export async function run(invocation: Invocation): Promise<number> {
  const config = await invocation.loadConfig({ needsSite: false });
  const { reading, close } = await openHost(config, invocation);
  try {
    const plan = await planProvision(listHostResources(reading).all, await findHostProblems(reading));
    const status = await lookAtHost(reading);
    invocation.report(
      () => describeHostStatus(plan, status),
      () => renderHostStatus(plan, status, invocation.terminal.look),
    );
    return exitCodes.done;
  } finally {
    close();
  }
}
