/** Plans the CDN and tells the plan: what `cdn plan` and `cdn status` have in common. Cannot write. */
import { exitCodes } from '../errors.js';
import { desireCdn } from '../provision/cdn/desire.js';
import { planProvision, type ProvisionPlan } from '../provision/plan.js';
import { describeProvisionPlan } from '../report/provisionJson.js';
import type { Look } from '../report/text.js';
import type { Invocation } from './action.js';
import { loadCdnConfig, openCdnAws } from './cdn.js';

/** @returns the exit code: `changes` where it was asked for and something differs. */
export async function tellCdn(
  invocation: Invocation,
  render: (plan: ProvisionPlan, look: Look) => string,
): Promise<number> {
  const { options, terminal } = invocation;
  const { settings } = await loadCdnConfig(invocation);
  const { room, aws } = await openCdnAws(invocation);
  try {
    const { resources } = desireCdn(settings, room.openCdnAccountReader(aws));
    const plan = await planProvision(resources);
    invocation.report(
      () => describeProvisionPlan(plan),
      () => render(plan, terminal.look),
    );
    return options.exitCode === true && !plan.empty ? exitCodes.changes : exitCodes.done;
  } finally {
    aws.close();
  }
}
