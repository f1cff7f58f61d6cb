/** `host up`: makes what is missing, and nothing twice. */
import { exitCodes } from '../../../errors.js';
import { setUpHost } from '../../../provision/host/setUp.js';
import { describeProvisionOutcome } from '../../../report/provisionJson.js';
import { renderProvisionOutcome } from '../../../report/provisionText.js';
import type { Invocation } from '../../action.js';
import { openWritingHost } from '../../hostWorld.js';

export async function run(invocation: Invocation): Promise<number> {
  if (invocation.options.dryRun === true) return (await import('./plan.js')).run(invocation);
  const config = await invocation.loadConfig({ needsSite: false });
  const { parts, world, close } = await openWritingHost(config, invocation);
  try {
    const outcome = await setUpHost(parts, world);
    invocation.report(
      () => describeProvisionOutcome(outcome),
      () => renderProvisionOutcome(outcome, invocation.terminal.look),
    );
    return exitCodes.done;
  } finally {
    close();
  }
}
