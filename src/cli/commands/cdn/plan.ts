/** `cdn plan`: what `cdn up` would do, or the same as a CloudFormation template. Cannot write. */
import { exitCodes } from '../../../errors.js';
import { desireCdn } from '../../../provision/cdn/desire.js';
import { planProvision } from '../../../provision/plan.js';
import { describeProvisionPlan } from '../../../report/provisionJson.js';
import { renderProvisionPlan } from '../../../report/provisionText.js';
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
      () => renderProvisionPlan(plan, terminal.look),
    );
    return options.exitCode === true && !plan.empty ? exitCodes.changes : exitCodes.done;
  } finally {
    aws.close();
  }
}
