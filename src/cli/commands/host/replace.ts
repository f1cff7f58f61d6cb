/** `host replace`: puts a new server in the place of one; with `--watch`, whenever it does not answer. */
import { PublishError, exitCodes } from '../../../errors.js';
import { replaceServer, type ReplaceRequest } from '../../../provision/host/replace.js';
import { listSlots } from '../../../provision/host/slots.js';
import { watchHost } from '../../../provision/host/watch.js';
import { describeReplacement } from '../../../report/hostJson.js';
import { renderReplacement } from '../../../report/hostText.js';
import type { Invocation } from '../../action.js';
import { openWritingHost } from '../../hostWorld.js';

export async function run(invocation: Invocation): Promise<number> {
  const { options, terminal, signal } = invocation;
  if (options.dryRun === true) return (await import('./plan.js')).run(invocation);
  const config = await invocation.loadConfig({ needsSite: false });
  const slot = options.slot ?? 1;
  const { parts, world, close } = await openWritingHost(config, invocation);
  try {
    if (!listSlots(parts.host).includes(slot))
      throw new PublishError('usage', `the host has no slot ${slot}`, {
        hint: `It has ${parts.host.count}, counted from 1.`,
      });
    if (options.watch === true) {
      if (options.slot !== undefined || options.zone !== undefined)
        throw new PublishError('usage', '--watch looks after every slot: --slot and --zone do not go with it');
      terminal.note(`Watching ${parts.host.name} until Ctrl-C.`);
      invocation.expectStop();
      await watchHost(parts, world, signal);
      return exitCodes.done;
    }
    const request: ReplaceRequest = { slot, reason: 'asked for', zone: options.zone };
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
