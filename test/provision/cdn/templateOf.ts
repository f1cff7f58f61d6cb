/** A template of settings, as `cdn plan --format cloudformation` prints it. */
import { openTemplate } from '../../../src/aws/index.js';
import { applyProvision } from '../../../src/provision/apply.js';
import { desireCdn } from '../../../src/provision/cdn/desire.js';
import type { CdnSettings } from '../../../src/provision/cdn/settings.js';
import { planProvision } from '../../../src/provision/plan.js';
import { makeWorld } from '../memoryAccount.js';

export async function templateOf(settings: CdnSettings) {
  const account = openTemplate(settings.name);
  const { resources } = desireCdn(settings, account);
  await applyProvision(await planProvision(resources), resources, makeWorld());
  return account.finish();
}
