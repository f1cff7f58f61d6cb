/** `host replace`: puts a new server in the place of one; with `--watch`, whenever it does not answer. */
import { PublishError, exitCodes } from '../../../errors.js';
import type { ReplaceRequest } from '../../../provision/host/openReplacement.js';
import { planReplacement } from '../../../provision/host/planReplacement.js';
import { replaceServer } from '../../../provision/host/replace.js';
import { listSlots } from '../../../provision/host/slots.js';
import { watchHost } from '../../../provision/host/watch.js';
import { describeReplacement, describeReplacementPlan } from '../../../report/hostJson.js';
import { renderReplacement, renderReplacementPlan } from '../../../report/hostText.js';
import type { Config } from '../../../config.js';
import type { Invocation } from '../../action.js';
import { openHost, openWritingHost } from '../../hostWorld.js';

export async function run(invocation: Invocation): Promise<number> {
  const { options, terminal, signal } = invocation;
  const config = await invocation.loadConfig({ needsSite: false });
  const slot = options.slot ?? 1;
  const request: ReplaceRequest = { slot, reason: 'asked for', zone: options.zone };
  if (config.host !== undefined && !listSlots(config.host).includes(slot))
    throw new PublishError('usage', `the host has no slot ${slot}`, {
      hint: `It has ${config.host.count}, counted from 1.`,
    });
  if (options.watch === true && (options.slot !== undefined || options.zone !== undefined))
    throw new PublishError('usage', '--watch looks after every slot: --slot and --zone do not go with it');
  if (options.dryRun === true) return showPlan(config, request, invocation);
  const { parts, world, close } = await openWritingHost(config, invocation);
  try {
    if (options.watch === true) {
      terminal.note(`Watching ${parts.host.name} until Ctrl-C.`);
      invocation.expectStop();
      await watchHost(parts, world, signal);
      return exitCodes.done;
    }
    const replacement = await replaceServer(parts, request, world);
    invocation.report(
      () => describeReplacement(replacement),
      () => renderReplacement(replacement, terminal.look),
    );
    return exitCodes.done;
  } finally {
    close();
  }
}

/** Holds nothing that could write. */
async function showPlan(config: Config, request: ReplaceRequest, invocation: Invocation): Promise<number> {
  const { reading, close } = await openHost(config, invocation);
  try {
    const plan = await planReplacement(reading, request);
    invocation.report(
      () => describeReplacementPlan(plan),
      () => renderReplacementPlan(plan, invocation.terminal.look),
    );
    return exitCodes.done;
  } finally {
    close();
  }
}
