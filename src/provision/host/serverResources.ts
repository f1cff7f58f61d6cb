/** A slot of a host: its volume, its server, one on the other, and whether it answers. */
import { PublishError } from '../../errors.js';
import { knownLater, type Difference, type Readiness, type Resource } from '../resource.js';
import type { Firewall, Server, Volume } from './cloud.js';
import { awaitState, unwantedOf, writersOf, type HostParts } from './parts.js';
import { priceOfServer, priceOfVolume } from './prices.js';
import { recipeOf } from './recipe.js';
import { findPredecessor, findServer, findVolume, healthUrl } from './slots.js';
import { tokenOf } from './tokens.js';
import { writeUserData } from './userData.js';

/** The disk that outlives servers. Kept when the host goes, unless told otherwise. */
export function volumeOf(parts: HostParts, slot: number, zone: () => Promise<string>): Resource<Volume> {
  const { host, world } = parts;
  return {
    kind: 'volume',
    name: `volume ${host.name}-${slot}`,
    needs: [],
    monthly: priceOfVolume(host),
    ...unwantedOf(parts),
    find: async () => findVolume(await world.cloud.volumes(), slot),
    identify: ({ id }) => id,
    compare: () => [],
    readiness: ({ state }): Readiness =>
      state === 'available' || state === 'in-use' ? { ready: true } : { ready: false, reason: `is ${state}` },
    create: async () =>
      writersOf(parts).cloud.createVolume({
        token: tokenOf(host.name, 'volume', slot, 'first'),
        slot,
        generation: 1,
        zone: await zone(),
        gib: host.volume.gib,
        type: host.volume.type,
        kmsKey: host.volume.kmsKey,
        snapshot: host.volume.snapshot,
      }),
    update: (live) => Promise.resolve(live),
    async remove() {
      const writers = writersOf(parts);
      for (const { id, slot: owner } of await world.cloud.volumes()) {
        if (owner !== slot) continue;
        const isFree = async () => (await world.cloud.volumes()).every((one) => one.id !== id || !one.attachment);
        await awaitState(`${id} is still attached`, writers, isFree);
        await writers.cloud.deleteVolume(id);
      }
    },
  };
}

export function serverOf(
  parts: HostParts,
  slot: number,
  volume: Resource<Volume>,
  firewall: Resource<Firewall> | undefined,
): Resource<Server> {
  const { host, world } = parts;
  return {
    kind: 'server',
    name: `server ${host.name}-${slot}`,
    needs: [volume, ...(firewall === undefined ? [] : [firewall])],
    monthly: priceOfServer(host),
    ...unwantedOf(parts),
    find: async () => findServer(await world.cloud.servers(), slot),
    identify: ({ id }) => id,
    // Made from something else: told as a problem, and put right by `host replace`, which loses no data.
    compare: () => [],
    readiness: ({ state, id }): Readiness => {
      if (state === 'running') return { ready: true };
      if (state === 'pending') return { ready: false, reason: 'is booting' };
      const todo = [`start it (aws ec2 start-instances --instance-ids ${id}) or run twinorigin host replace`];
      return { ready: false, reason: `is ${state}`, todo };
    },
    async create(findings) {
      const { cloud } = writersOf(parts);
      const disk = findings.of(volume);
      if (disk === undefined) throw new Error('a server without a volume');
      const ids = firewall === undefined ? (host.instance.securityGroups ?? []) : [findings.of(firewall)?.id ?? ''];
      return launchServer(parts, slot, disk, ids, findPredecessor(await cloud.servers(), slot));
    },
    update: (live) => Promise.resolve(live),
    async remove() {
      const writers = writersOf(parts);
      const ours = (await world.cloud.servers()).filter((one) => one.slot === slot && one.state !== 'terminated');
      for (const { id } of ours) await writers.cloud.terminate(id);
      await awaitServers(
        parts,
        ours.map(({ id }) => id),
        ['terminated'],
      );
    },
  };
}

/** Starts the successor of a server; asked again, it is the same one. */
export async function launchServer(
  parts: HostParts,
  slot: number,
  volume: Pick<Volume, 'id' | 'zone'>,
  firewalls: readonly string[],
  predecessor: Server | null,
): Promise<Server> {
  const { host, world } = parts;
  const { cloud } = writersOf(parts);
  const { instance } = host;
  const { subnets } = await cloud.network();
  const subnet = subnets.find(({ zone }) => zone === volume.zone);
  if (subnet === undefined)
    throw new PublishError('host-failed', `the default VPC has no subnet in ${volume.zone}, where ${volume.id} is`, {
      hint: `Make one: aws ec2 create-default-subnet --availability-zone ${volume.zone}.`,
    });
  return cloud.launch({
    token: tokenOf(host.name, 'server', slot, predecessor?.id ?? 'first', volume.id),
    slot,
    generation: (predecessor?.generation ?? 0) + 1,
    recipe: recipeOf(host, world.setup),
    imageName: instance.image,
    image: await cloud.image(instance.image),
    type: instance.type,
    spot: instance.market === 'spot',
    subnet: subnet.id,
    ipv6: host.ipv6,
    firewalls,
    diskGiB: instance.diskGiB,
    userData: writeUserData(host, volume.id, world.setup),
    keyPair: instance.keyPair,
    profile: instance.profile,
  });
}

export async function awaitServers(parts: HostParts, ids: readonly string[], states: readonly string[]): Promise<void> {
  await awaitState(`${ids.join(', ')} should be ${states.join(' or ')}`, writersOf(parts), async () => {
    const servers = await parts.world.cloud.servers();
    // One that is not listed any more was terminated an hour ago.
    return ids.every((id) => states.includes(servers.find((one) => one.id === id)?.state ?? 'terminated'));
  });
}

interface Attached {
  readonly volume: string;
  readonly server: string;
  readonly state: string;
}

export function attachmentOf(
  parts: HostParts,
  slot: number,
  volume: Resource<Volume>,
  server: Resource<Server>,
): Resource<Attached> {
  const { host, world } = parts;
  const look = async (): Promise<Attached | null> => {
    const found = findVolume(await world.cloud.volumes(), slot);
    return found?.attachment === undefined ? null : { volume: found.id, ...found.attachment };
  };
  return {
    kind: 'attachment',
    name: `volume on ${host.name}-${slot}`,
    needs: [volume, server],
    find: look,
    identify: (live) => `${live.volume} on ${live.server}`,
    compare(live, findings): readonly Difference[] {
      const wanted = findings.of(server)?.id ?? knownLater;
      if (live.server === wanted) return [];
      return [{ setting: 'server', from: live.server, to: wanted, owner: 'ours' }];
    },
    readiness: ({ state }): Readiness =>
      state === 'attached' ? { ready: true } : { ready: false, reason: `is ${state}` },
    async create(findings) {
      const [disk, machine] = [findings.of(volume), findings.of(server)];
      if (disk === undefined || machine === undefined) throw new Error('nothing to attach');
      await writersOf(parts).cloud.attach(disk.id, machine.id);
      return (await look()) ?? { volume: disk.id, server: machine.id, state: 'attaching' };
    },
    async update(live, _, findings) {
      const machine = findings.of(server);
      const other = (await world.cloud.servers()).find(({ id }) => id === live.server);
      // Only a server that is gone gives its volume up by itself; from any other it is taken by `host replace`.
      if (other !== undefined && other.state !== 'terminated' && other.state !== 'shutting-down')
        throw new PublishError(
          'guard-refused',
          `${live.volume} is still attached to ${live.server}, which is ${other.state}`,
          {
            hint: 'Run twinorigin host replace: it takes the volume over in the right order.',
          },
        );
      const isFree = async () => (await look())?.server !== live.server;
      await awaitState(`${live.volume} is still attached to ${live.server}`, writersOf(parts), isFree);
      await writersOf(parts).cloud.attach(live.volume, machine?.id ?? '');
      return (await look()) ?? live;
    },
  };
}

export interface Health {
  readonly server: string;
  readonly healthy: boolean;
  readonly detail: string;
}

/** Whether the server answers for the volume. Nothing is made here: it is waited for. */
export function healthOf(parts: HostParts, slot: number, attachment: Resource<unknown>): Resource<Health> {
  const { host, world } = parts;
  const look = async (): Promise<Health | null> => {
    const server = findServer(await world.cloud.servers(), slot);
    return server === null ? null : askHealth(parts, server);
  };
  return {
    kind: 'health',
    name: `answer of ${host.name}-${slot}`,
    needs: [attachment],
    find: look,
    identify: ({ detail }) => detail,
    compare: () => [],
    readiness: ({ healthy, detail }): Readiness =>
      healthy ? { ready: true } : { ready: false, reason: `does not answer yet (${detail})` },
    async create() {
      const live = await look();
      if (live === null) throw new PublishError('host-failed', `the server of ${host.name}-${slot} is gone`);
      return live;
    },
    update: (live) => Promise.resolve(live),
  };
}

export async function askHealth({ host, world }: HostParts, server: Server): Promise<Health> {
  const known = { server: server.id };
  if (server.address === undefined) return { ...known, healthy: false, detail: `${server.id} is ${server.state}` };
  const answer = await world.probe(healthUrl(host, server.address));
  if ('failure' in answer) return { ...known, healthy: false, detail: `${server.address}: ${answer.failure}` };
  return { ...known, healthy: answer.status === 200, detail: `${server.address}: HTTP ${answer.status}` };
}
