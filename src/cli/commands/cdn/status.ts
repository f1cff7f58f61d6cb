/** `cdn status`: what there is, and how it differs from what the configuration says. Cannot write. */
import { exitCodes } from '../../../errors.js';
import { desireCdn } from '../../../provision/cdn/desire.js';
import { planProvision } from '../../../provision/plan.js';
import { describeProvisionPlan } from '../../../report/provisionJson.js';
import { renderProvisionStatus } from '../../../report/provisionText.js';
import type { Invocation } from '../../action.js';
import { loadCdnConfig, openCdnAws } from '../../cdn.js';

export async function run(invocation: Invocation): Promise<number> {
  const { options, terminal } = invocation;
  const { settings } = await loadCdnConfig(invocation);
  const { room, aws } = await openCdnAws(invocation);
  try {
    const { resources } = desireCdn(settings, room.openCdnAccountReader(aws));
    const plan = await planProvision(resources);
    invocation.report(
      () => describeProvisionPlan(plan),
      () => renderProvisionStatus(plan, terminal.look),
    );
    return options.exitCode === true && !plan.empty ? exitCodes.changes : exitCodes.done;
  } finally {
    aws.close();
  }
}
