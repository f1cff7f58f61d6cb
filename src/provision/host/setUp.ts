/** `host up`, and what has to be known before anything is rented. */
import { applyProvision, type ProvisionOutcome, type ProvisionWorld } from '../apply.js';
import { planProvision } from '../plan.js';
import { refuseUnfinished } from './journal.js';
import { writersOf, type HostParts } from './parts.js';
import { refuseLaunch } from './refuseLaunch.js';
import { findHostProblems, listHostResources } from './resources.js';
import type { HostSettings } from './settings.js';
import { listSlots } from './slots.js';

/** @throws PublishError `guard-refused` while a replacement is not finished, and what the services answer. */
export async function setUpHost(parts: HostParts, world: ProvisionWorld): Promise<ProvisionOutcome> {
  await refuseUnfinished(parts.world.cloud, listSlots(parts.host));
  const { all } = listHostResources(parts);
  const plan = await planProvision(all, await findHostProblems(parts));
  await refuseLaunch(parts, plan);
  if (!plan.empty) await rehearseName(parts);
  return applyProvision(plan, all, world);
}

/**
 * The name is changed last, minutes after the first server has been paid for: a key or a zone that is wrong is better
 * known before.
 */
export async function rehearseName(parts: HostParts): Promise<void> {
  const { dns } = parts.host;
  if (dns !== undefined) await writersOf(parts).dns?.rehearse(dns.name);
}

/** Whether the name leads to the address that a server happens to have. */
export function isNameFollowing({ address, balancer, dns, ipv6 }: HostSettings): boolean {
  return dns !== undefined && (address === 'dynamic' || ipv6) && balancer === undefined;
}
