/** `cdn up`: makes the account as the configuration says, after asking, and writes the ids into the configuration. */
import { setTimeout as wait } from 'node:timers/promises';
import { PublishError, exitCodes } from '../../../errors.js';
import { applyProvision, type ProvisionOutcome } from '../../../provision/apply.js';
import { desireCdn, type Desired } from '../../../provision/cdn/desire.js';
import { planProvision } from '../../../provision/plan.js';
import { describeProvisionOutcome } from '../../../report/provisionJson.js';
import { renderProvisionOutcome, renderProvisionPlan } from '../../../report/provisionText.js';
import type { Invocation } from '../../action.js';
import { ask, canAsk } from '../../ask.js';
import { loadCdnConfig, openCdnAws, type CdnConfig } from '../../cdn.js';
import { describeSettings, isEditable, writeConfig, type Setting } from '../../configEdit.js';

/** A distribution is deployed within minutes; a certificate is issued within half an hour. */
const patience = 40 * 60_000;

export async function run(invocation: Invocation): Promise<number> {
  const { options, terminal, signal } = invocation;
  if (options.dryRun === true) {
    // The dry run is the plan: an account that can be written to is not even opened.
    const plan = await import('./plan.js');
    return plan.run(invocation);
  }
  const cdn = await loadCdnConfig(invocation);
  const { room, aws } = await openCdnAws(invocation);
  try {
    const desired = desireCdn(cdn.settings, room.openCdnAccount(aws));
    const plan = await planProvision(desired.resources);
    if (!plan.empty && options.yes !== true) {
      terminal.note(renderProvisionPlan(plan, terminal.errorLook));
      if (!(await confirm('Apply this?', invocation))) return exitCodes.done;
    }
    const outcome = await applyProvision(plan, desired.resources, {
      clock: () => new Date(),
      sleep: (milliseconds) => wait(milliseconds, undefined, { signal }),
      emit: terminal.listen,
      signal,
      patience,
    });
    await writeIds(cdn, desired, outcome, invocation);
    invocation.report(
      () => describeProvisionOutcome(outcome),
      () => renderProvisionOutcome(outcome, terminal.look),
    );
    return outcome.waiting.length > 0 ? exitCodes.changes : exitCodes.done;
  } finally {
    aws.close();
  }
}

async function writeIds(cdn: CdnConfig, desired: Desired, outcome: ProvisionOutcome, invocation: Invocation) {
  const settings = listNewSettings(cdn, desired, outcome);
  if (settings.length === 0) return;
  const { terminal } = invocation;
  const { file } = cdn;
  if (file === null || !isEditable(file.file))
    terminal.complain(`Add to ${file?.shown ?? 'the configuration'}:\n${describeSettings(settings)}`);
  else {
    terminal.note(`To be written into ${file.shown}:\n${describeSettings(settings)}`);
    if (!(await confirm(`Write this into ${file.shown}?`, invocation))) return;
    await writeConfig(file.file, settings);
  }
}

/** Ids, and the addresses of distributions that have no name of their own. */
function listNewSettings(
  { config, choosesEncodings }: CdnConfig,
  { distributions, keyValueStore }: Desired,
  { findings }: ProvisionOutcome,
): readonly Setting[] {
  const settings: Setting[] = [];
  for (const [name, resource] of distributions) {
    const live = findings.of(resource);
    const origin = config.origins[name];
    if (live === undefined || !('bucket' in origin)) continue;
    if (origin.distribution !== live.id) settings.push({ path: ['origins', name, 'distribution'], value: live.id });
    const { hostname } = new URL(origin.url);
    if (hostname.endsWith('.cloudfront.net') && hostname !== live.domain)
      settings.push({ path: ['origins', name, 'url'], value: `https://${live.domain}` });
  }
  const { pages } = config.origins;
  const arn = keyValueStore && findings.of(keyValueStore)?.arn;
  if (arn !== undefined && 'bucket' in pages && pages.keyValueStore !== arn)
    settings.push({ path: ['origins', 'pages', 'keyValueStore'], value: arn });
  if (choosesEncodings && settings.length > 0) settings.push({ path: ['encodings'], value: 'negotiate' });
  return settings;
}

/**
 * True for yes. With --yes nobody is asked.
 * @throws PublishError `usage` where nobody can be asked.
 */
async function confirm(question: string, { options, signal }: Invocation): Promise<boolean> {
  if (options.yes === true) return true;
  if (canAsk() && options.json !== true) return ask(question, signal);
  throw new PublishError('usage', 'this changes your account, and there is nobody to ask', {
    hint: 'Look at the plan first (twinorigin cdn plan), then say --yes.',
  });
}
