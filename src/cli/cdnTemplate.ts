/** `cdn plan --format cloudformation`: what `cdn up` makes from nothing, as a template. Asks AWS nothing. */
import { exitCodes } from '../errors.js';
import { applyProvision } from '../provision/apply.js';
import { desireCdn } from '../provision/cdn/desire.js';
import { planProvision } from '../provision/plan.js';
import type { Invocation } from './action.js';
import { loadCdnConfig } from './cdn.js';

export async function printTemplate(invocation: Invocation): Promise<number> {
  const { terminal, signal } = invocation;
  const { settings } = await loadCdnConfig(invocation);
  const { openTemplate } = await import('../aws/index.js');
  const account = openTemplate(settings.name);
  const { resources } = desireCdn(settings, account);
  await applyProvision(await planProvision(resources), resources, {
    clock: () => new Date(),
    sleep: () => Promise.resolve(),
    emit: () => undefined,
    signal,
    patience: 0,
  });
  terminal.write(`${JSON.stringify(account.finish(), null, 2)}\n`);
  const named = Object.values(settings.origins).filter(({ distribution }) => distribution !== undefined).length;
  if (named > 0) terminal.note('A stack of this template makes new distributions beside those that are configured.');
  return exitCodes.done;
}
