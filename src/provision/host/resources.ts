/** Everything a host consists of, in the order of needs. */
import { PublishError } from '../../errors.js';
import type { Problem } from '../../problems.js';
import type { Findings, Resource } from '../resource.js';
import { alarmsOf } from './alarmResources.js';
import { isDiskMeasured } from './bootAgent.js';
import type { Server } from './cloud.js';
import {
  addressOf,
  associationOf,
  balancerOf,
  firewallOf,
  listenerOf,
  registrationOf,
  targetGroupOf,
} from './edgeResources.js';
import { healthCheckOf, nameOf, type Destination } from './nameResources.js';
import type { HostParts } from './parts.js';
import { describeStale } from './recipe.js';
import { attachmentOf, healthOf, serverOf, volumeOf } from './serverResources.js';
import { findServer, listSlots } from './slots.js';

export interface HostResources {
  readonly all: readonly Resource[];
  readonly servers: readonly Resource<Server>[];
}

/** The wished-for host. With `parts.unwanted` the list of what is to go; volumes only with `withVolumes`. */
export function listHostResources(parts: HostParts, withVolumes = true): HostResources {
  const { host } = parts;
  const isGoing = parts.unwanted !== undefined;
  const firewall = host.instance.securityGroups === undefined ? firewallOf(parts) : undefined;
  const keptParts = isGoing && !withVolumes ? { ...parts, unwanted: undefined } : parts;
  const slots = listSlots(host).map((slot) => {
    const volume = volumeOf(keptParts, slot, () => chooseZone(parts, slot));
    const server = serverOf(parts, slot, volume, firewall);
    const attachment = attachmentOf(parts, slot, volume, server);
    const health = healthOf(parts, slot, attachment);
    return { slot, volume, server, attachment, health };
  });
  const servers = slots.map(({ server }) => server);
  const [first] = slots;
  if (first === undefined) throw new Error('a host without a slot');

  const behind = host.balancer === undefined ? undefined : openBalancing(parts, firewall, slots);
  const isElastic = host.balancer === undefined && host.address === 'elastic';
  const address = isElastic ? addressOf(parts) : undefined;
  const association = address && associationOf(parts, address, first.server, first.health);

  const addressFor = (findings: Findings): string | undefined =>
    address === undefined ? findings.of(first.server)?.address : findings.of(address)?.address;
  const destination = (findings: Findings): Destination | undefined => {
    if (behind === undefined) {
      const [found, server] = [addressFor(findings), findings.of(first.server)];
      if (found === undefined || (host.ipv6 && server === undefined)) return undefined;
      const ipv6 = host.ipv6 ? server?.ipv6 : undefined;
      return { addresses: [found], ...(ipv6 !== undefined && { ipv6: [ipv6] }) };
    }
    const found = findings.of(behind.balancer);
    return found === undefined ? undefined : { target: found.dnsName, zone: found.dnsZone };
  };
  const { dns } = host;
  const ready = behind?.registrations ?? (association === undefined ? [first.health, first.server] : [association]);
  const owner = behind === undefined ? (address ?? first.server) : behind.balancer;
  const isChecked = dns?.provider === 'route53' && (dns.healthCheck || dns.failover !== undefined) && !behind;
  const check = dns !== undefined && isChecked ? healthCheckOf(parts, dns, addressFor, [owner]) : undefined;
  const name = dns && nameOf(parts, dns, destination, isGoing ? [] : [owner, ...ready], check);
  const alarms = alarmsOf(parts, servers, behind?.balancer);

  const made = [
    ...(firewall === undefined ? [] : [firewall]),
    ...slots.flatMap(({ volume, server }) => [volume, server]),
    ...(behind === undefined ? [] : [behind.group, behind.balancer, ...behind.listeners]),
    ...(address === undefined ? [] : [address]),
    ...(check === undefined ? [] : [check]),
    ...(name === undefined ? [] : [name]),
    ...alarms,
  ];
  // What has no existence of its own goes with what it belongs to.
  const ties = [
    ...slots.flatMap(({ attachment, health }) => [attachment, health]),
    ...(association === undefined ? [] : [association]),
    ...(behind?.registrations ?? []),
  ];
  const all = isGoing ? made.filter((one) => one.unwanted !== undefined || one.kind === 'volume') : [...made, ...ties];
  return { all, servers };
}

interface Slot {
  readonly slot: number;
  readonly server: Resource<Server>;
  readonly health: Resource<unknown>;
}

function openBalancing(parts: HostParts, firewall: ReturnType<typeof firewallOf> | undefined, slots: readonly Slot[]) {
  const group = targetGroupOf(parts);
  const balancer = balancerOf(parts, firewall);
  const ports = parts.host.balancer?.certificate === undefined ? [80] : [80, 443];
  const listeners = ports.map((port) => listenerOf(parts, port, balancer, group));
  const main = listeners.at(-1);
  if (main === undefined) throw new Error('a balancer without a listener');
  const registrations = slots.map(({ slot, server, health }) =>
    registrationOf(parts, slot, group, server, main, health),
  );
  return { group, balancer, listeners, registrations };
}

/** Slots take turns in the zones, so that two servers never share one where there are two. */
async function chooseZone({ host, world }: HostParts, slot: number): Promise<string> {
  const [{ subnets }, offered] = await Promise.all([world.cloud.network(), world.cloud.zonesOf(host.instance.type)]);
  const usable = subnets.map(({ zone }) => zone).filter((zone) => offered.includes(zone));
  const zones = host.zones ?? usable;
  const wrong = zones.find((zone) => !usable.includes(zone));
  if (wrong !== undefined)
    throw new PublishError('config-invalid', `${host.instance.type} cannot be had in ${wrong}`, {
      hint: `In the default VPC of this region it can be had in ${usable.join(', ')}.`,
    });
  const zone = zones[(slot - 1) % zones.length];
  if (zone === undefined)
    throw new PublishError('config-invalid', `${host.instance.type} cannot be had in this region`);
  return zone;
}

/** What is worth saying beside the plan. */
export async function findHostProblems({ host, world }: HostParts): Promise<readonly Problem[]> {
  const [servers, volumes] = await Promise.all([world.cloud.servers(), world.cloud.volumes()]);
  const unwatched: readonly Problem[] =
    host.alarms === undefined || isDiskMeasured(host)
      ? []
      : [
          {
            code: 'disk-unwatched',
            severity: 'warning',
            message: 'no alarm tells when a volume is full: the CloudWatch agent may not send what it measures',
            hint: 'Name an instance profile with the policy CloudWatchAgentServerPolicy ("host.instance.profile").',
          },
        ];
  const perSlot = listSlots(host).flatMap((slot): readonly Problem[] => {
    const server = findServer(servers, slot);
    const stale = server === null ? '' : describeStale(server, host, world.setup);
    const volume = volumes.findLast((one) => one.slot === slot);
    const grown = volume !== undefined && volume.gib < host.volume.gib;
    return [
      ...(stale === ''
        ? []
        : [
            {
              code: 'server-outdated',
              severity: 'warning' as const,
              message: `${host.name}-${slot} (${server?.id ?? ''}) was made with ${stale}`,
              hint: 'twinorigin host replace makes it anew; the volume stays.',
            },
          ]),
      ...(grown
        ? [
            {
              code: 'volume-small',
              severity: 'warning' as const,
              message: `${volume.id} has ${volume.gib} GiB instead of ${host.volume.gib}`,
              hint: `Grow it without a break: aws ec2 modify-volume --volume-id ${volume.id} --size ${host.volume.gib}, then resize2fs on the server.`,
            },
          ]
        : []),
    ];
  });
  return [...unwatched, ...perSlot];
}
