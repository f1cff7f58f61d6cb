/** How visitors get to the servers: who may come in, the address, the balancer. */
import { knownLater, type Difference, type Readiness, type Resource, type ResourceReader } from '../resource.js';
import type { Address, Balancer, Firewall, Listener, ListenerRequest, Server, TargetGroup } from './cloud.js';
import { unwantedOf, writersOf, type HostParts } from './parts.js';
import { priceOfAddress, priceOfBalancer } from './prices.js';

const everybody = ['0.0.0.0/0', '::/0'];

export function firewallOf(parts: HostParts): Resource<Firewall> {
  const { host, world } = parts;
  const ports = new Set([80, 443, host.health.port]);
  const rules = [
    ...[...ports].flatMap((port) => everybody.map((source) => `tcp ${port} ${source}`)),
    ...host.sshFrom.map((source) => `tcp 22 ${source}`),
  ];
  const missing = (live: Firewall) => rules.filter((rule) => !live.rules.includes(rule));
  const isSsh = (rule: string) => rule.startsWith('tcp 22 ');
  /** Networks that may not come in any more; every other rule was made by somebody else. */
  const outdated = (live: Firewall) => live.rules.filter((rule) => isSsh(rule) && !rules.includes(rule));
  const allow = async (live: Firewall): Promise<Firewall> => {
    const { cloud } = writersOf(parts);
    if (missing(live).length > 0) await cloud.allow(live.id, missing(live));
    if (outdated(live).length > 0) await cloud.forbid(live.id, outdated(live));
    return (await cloud.firewall()) ?? live;
  };
  return {
    kind: 'firewall',
    name: `firewall of ${host.name}`,
    needs: [],
    ...unwantedOf(parts),
    find: () => world.cloud.firewall(),
    identify: ({ id }) => id,
    compare: (live): readonly Difference[] => [
      ...missing(live).map((rule): Difference => ({ setting: 'allowed', to: rule, owner: 'ours' })),
      ...live.rules.flatMap((rule): readonly Difference[] => {
        if (rules.includes(rule)) return [];
        return [{ setting: 'allowed', from: rule, owner: isSsh(rule) ? 'ours' : 'foreign' }];
      }),
    ],
    async create() {
      const { cloud } = writersOf(parts);
      const { id } = await cloud.network();
      return allow(await cloud.createFirewall(id));
    },
    update: allow,
    remove: ({ id }) => writersOf(parts).cloud.deleteFirewall(id),
  };
}

interface KeptAddress extends Address {
  /** Others of ours: an allocation whose answer was lost. */
  readonly spare: readonly Address[];
}

export function addressOf(parts: HostParts): Resource<KeptAddress> {
  const { host, world } = parts;
  const look = async (): Promise<KeptAddress | null> => {
    const all = await world.cloud.addresses();
    const kept = all.find(({ association }) => association !== undefined) ?? all[0];
    return kept === undefined ? null : { ...kept, spare: all.filter(({ id }) => id !== kept.id) };
  };
  return {
    kind: 'address',
    name: `address of ${host.name}`,
    needs: [],
    monthly: priceOfAddress,
    ...unwantedOf(parts),
    find: look,
    identify: ({ address, id }) => `${address} (${id})`,
    compare: ({ spare }) =>
      spare.map(({ address }): Difference => ({ setting: 'second address', from: address, owner: 'ours' })),
    async create() {
      const { cloud, sleep } = writersOf(parts);
      // Allocating knows no token, and what a run before this one has made may not be told of yet.
      await sleep(5_000);
      const known = await look();
      if (known !== null) return known;
      return { ...(await cloud.allocateAddress()), spare: [] };
    },
    async update(live) {
      for (const { id } of live.spare) await writersOf(parts).cloud.releaseAddress(id);
      return { ...live, spare: [] };
    },
    async remove() {
      const { cloud } = writersOf(parts);
      for (const { id, association } of await cloud.addresses()) {
        if (association !== undefined) await cloud.disassociate(association.id);
        await cloud.releaseAddress(id);
      }
    },
  };
}

/** The address leads to the server, once that answers. */
export function associationOf(
  parts: HostParts,
  address: Resource<KeptAddress>,
  server: Resource<Server>,
  health: ResourceReader,
): Resource<{ readonly address: Address; readonly server: string }> {
  const { host, world } = parts;
  const look = async () => {
    const all = await world.cloud.addresses();
    const found = all.find(({ association }) => association !== undefined);
    return found?.association === undefined ? null : { address: found, server: found.association.server };
  };
  return {
    kind: 'association',
    name: `address on ${host.name}-1`,
    needs: [address, server, health],
    find: look,
    identify: (live) => `${live.address.address} on ${live.server}`,
    compare(live, findings): readonly Difference[] {
      const wanted = findings.of(server)?.id ?? knownLater;
      if (wanted === live.server) return [];
      return [{ setting: 'server', from: live.server, to: wanted, owner: 'ours' }];
    },
    async create(findings) {
      const [kept, machine] = [findings.of(address), findings.of(server)];
      if (kept === undefined || machine === undefined) throw new Error('nothing to associate');
      await writersOf(parts).cloud.associate(kept.id, machine.id);
      return { address: kept, server: machine.id };
    },
    async update(live, _, findings) {
      const machine = findings.of(server)?.id ?? '';
      await writersOf(parts).cloud.associate(live.address.id, machine);
      return { ...live, server: machine };
    },
  };
}

export function targetGroupOf(parts: HostParts): Resource<TargetGroup> {
  const { host, world } = parts;
  return {
    kind: 'target group',
    name: `targets of ${host.name}`,
    needs: [],
    ...unwantedOf(parts),
    find: () => world.cloud.targetGroup(),
    identify: ({ id }) => id,
    compare: () => [],
    async create() {
      const { cloud } = writersOf(parts);
      const { id } = await cloud.network();
      return cloud.createTargetGroup(id, host.health.port, host.health.path);
    },
    update: (live) => Promise.resolve(live),
    remove: ({ id }) => writersOf(parts).cloud.deleteTargetGroup(id),
  };
}

export function balancerOf(parts: HostParts, firewall: Resource<Firewall> | undefined): Resource<Balancer> {
  const { host, world } = parts;
  return {
    kind: 'balancer',
    name: `balancer of ${host.name}`,
    needs: firewall === undefined ? [] : [firewall],
    monthly: priceOfBalancer,
    ...unwantedOf(parts),
    find: () => world.cloud.balancer(),
    identify: ({ dnsName }) => dnsName,
    compare: () => [],
    readiness: ({ active }): Readiness => (active ? { ready: true } : { ready: false, reason: 'is being set up' }),
    async create(findings) {
      const { cloud } = writersOf(parts);
      const { subnets } = await cloud.network();
      const own = firewall === undefined ? undefined : findings.of(firewall)?.id;
      const firewalls = own === undefined ? (host.instance.securityGroups ?? []) : [own];
      return cloud.createBalancer(
        subnets.map(({ id }) => id),
        firewalls,
      );
    },
    update: (live) => Promise.resolve(live),
    remove: ({ id }) => writersOf(parts).cloud.deleteBalancer(id),
  };
}

export function listenerOf(
  parts: HostParts,
  port: number,
  balancer: Resource<Balancer>,
  group: Resource<TargetGroup>,
): Resource<Listener> {
  const { host, world } = parts;
  const certificate = port === 443 ? host.balancer?.certificate : undefined;
  return {
    kind: 'listener',
    name: `port ${port} of ${host.name}`,
    needs: [balancer, group],
    ...unwantedOf(parts),
    async find(findings) {
      const found = findings.of(balancer);
      if (found === undefined) return null;
      return (await world.cloud.listeners(found.id)).find((one) => one.port === port) ?? null;
    },
    identify: ({ id }) => id,
    compare: () => [],
    create(findings) {
      const to: ListenerRequest['to'] =
        port === 80 && host.balancer?.certificate !== undefined ? 'https' : { group: findings.of(group)?.id ?? '' };
      return writersOf(parts).cloud.createListener(findings.of(balancer)?.id ?? '', { port, certificate, to });
    },
    update: (live) => Promise.resolve(live),
    remove: ({ id }) => writersOf(parts).cloud.deleteListener(id),
  };
}

interface Registration {
  readonly group: string;
  readonly server: string;
  readonly state: string;
  readonly reason: string;
}

/** The servers of all slots, and no others, get visitors from the balancer. */
export function registrationOf(
  parts: HostParts,
  slot: number,
  group: Resource<TargetGroup>,
  server: Resource<Server>,
  listener: ResourceReader,
  health: ResourceReader,
): Resource<Registration> {
  const { host, world } = parts;
  const look = async (wanted: string | undefined): Promise<Registration | null> => {
    const found = await world.cloud.targetGroup();
    const target = found?.targets.find((one) => one.server === wanted);
    if (found === null || target === undefined) return null;
    return { group: found.id, server: target.server, state: target.state, reason: target.reason ?? '' };
  };
  return {
    kind: 'registration',
    name: `${host.name}-${slot} behind the balancer`,
    needs: [group, server, listener, health],
    find: (findings) => look(findings.of(server)?.id),
    identify: ({ server: id }) => id,
    compare: () => [],
    readiness: ({ state, reason }): Readiness =>
      state === 'healthy' ? { ready: true } : { ready: false, reason: `is ${state} (${reason})` },
    async create(findings) {
      const [found, machine] = [findings.of(group), findings.of(server)];
      if (found === undefined || machine === undefined) throw new Error('nothing to register');
      await writersOf(parts).cloud.register(found.id, machine.id);
      const known = { group: found.id, server: machine.id, state: 'initial', reason: 'is being registered' };
      return (await look(machine.id)) ?? known;
    },
    update: (live) => Promise.resolve(live),
  };
}
