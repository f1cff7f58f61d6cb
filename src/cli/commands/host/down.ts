/** `host down`: removes everything that `host up` made, but for the volumes, unless told. */
import { PublishError, exitCodes } from '../../../errors.js';
import { applyProvision } from '../../../provision/apply.js';
import { noteNameOf } from '../../../provision/host/journal.js';
import { listHostResources } from '../../../provision/host/resources.js';
import { listSlots } from '../../../provision/host/slots.js';
import { planProvision } from '../../../provision/plan.js';
import { describeProvisionOutcome, describeProvisionPlan } from '../../../report/provisionJson.js';
import { renderProvisionOutcome, renderProvisionPlan } from '../../../report/provisionText.js';
import type { Invocation } from '../../action.js';
import { ask, canAsk } from '../../ask.js';
import { openHost, openWritingHost } from '../../hostWorld.js';

export async function run(invocation: Invocation): Promise<number> {
  const { options, terminal, signal } = invocation;
  const config = await invocation.loadConfig({ needsSite: false });
  const withVolumes = options.volumes === true;
  const unwanted = 'the host goes';
  if (options.dryRun === true) {
    const { reading, close } = await openHost(config, invocation);
    try {
      const plan = await planProvision(listHostResources({ ...reading, unwanted }, withVolumes).all);
      invocation.report(
        () => describeProvisionPlan(plan),
        () => renderProvisionPlan(plan, terminal.look),
      );
      return exitCodes.done;
    } finally {
      close();
    }
  }
  const { parts, world, close } = await openWritingHost(config, invocation);
  try {
    const { all } = listHostResources({ ...parts, unwanted }, withVolumes);
    const plan = await planProvision(all);
    if (plan.totals.remove > 0 && options.yes !== true) {
      terminal.note(renderProvisionPlan(plan, terminal.look));
      const question = withVolumes ? 'Remove all of this, with what is on the volumes?' : 'Remove all of this?';
      if (!canAsk() || !(await ask(question, signal)))
        throw new PublishError('guard-refused', 'nothing was removed', {
          hint: 'Say yes to the question, or --yes where nobody can be asked.',
        });
    }
    const outcome = await applyProvision(plan, all, world);
    for (const slot of listSlots(parts.host)) await parts.writers?.cloud.deleteNote(noteNameOf(slot));
    invocation.report(
      () => describeProvisionOutcome(outcome),
      () => renderProvisionOutcome(outcome, terminal.look),
    );
    return exitCodes.done;
  } finally {
    close();
  }
}
