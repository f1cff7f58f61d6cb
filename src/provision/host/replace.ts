/**
 * Replaces the server of a slot: because it is dead, or because it is told to go. Every step can be repeated: it looks
 * first, and what it makes has tokens that follow from the server that goes. The order is what keeps two systems from
 * ever writing to one volume: the old one is stopped, gone or forced off before the new one gets it.
 */
import { PublishError } from '../../errors.js';
import type { ProvisionOutcome, ProvisionWorld } from '../apply.js';
import { applyProvision } from '../apply.js';
import { planProvision } from '../plan.js';
import type { Server, Volume } from './cloud.js';
import { noteNameOf, readJournal, type Journal, type JournalStep, type StepName } from './journal.js';
import { awaitState, writersOf, type HostParts } from './parts.js';
import { listHostResources } from './resources.js';
import { askHealth, awaitServers, launchServer } from './serverResources.js';
import { findPredecessor, isAlive } from './slots.js';
import { tokenOf } from './tokens.js';

export interface ReplaceRequest {
  readonly slot: number;
  /** For the journal: `asked for`, `does not answer`. */
  readonly reason: string;
  /** Where the new server shall be; another zone than the volume's means a new volume from a snapshot. */
  readonly zone?: string | undefined;
}

export interface Replacement {
  readonly journal: Journal;
  /** It went on with what an earlier run had begun. */
  readonly resumed: boolean;
}

/** Milliseconds: how long a system may take to shut down, and to give up a volume, before it is not asked any more. */
const patienceToStop = 90_000;
const patienceToDetach = 60_000;
/** And to answer after it has its volume: installing the web server takes a minute or two. */
const patienceToAnswer = 900_000;

export async function replaceServer(
  parts: HostParts,
  request: ReplaceRequest,
  world: ProvisionWorld,
): Promise<Replacement> {
  const { cloud } = writersOf(parts);
  const { slot } = request;
  const earlier = await readJournal(cloud, slot);
  const resumed = earlier !== null && earlier.ended === undefined;
  let journal = resumed ? await forgetDead(parts, earlier) : await beginJournal(parts, request);
  const save = async (change: Partial<Journal>): Promise<void> => {
    journal = { ...journal, ...change };
    await cloud.writeNote(noteNameOf(slot), JSON.stringify(journal));
  };
  await save({});

  await step('snapshot', async () => {
    if (!(await isVolumeThere())) return 'no volume to take one of';
    const snapshot = await snapshotOnce(parts, journal);
    await save({ snapshot });
    return snapshot;
  });
  if (journal.zone !== undefined)
    await step('volume', async () => {
      const { id, zone } = await makeVolume(parts, journal);
      await save({ newVolume: id });
      return `${id} in ${zone}`;
    });
  await step('launch', async () => {
    const server = await launchSuccessor(parts, journal);
    await save({ server: server.id });
    return `${server.id} in ${server.zone}`;
  });
  // In another zone there is another volume, and nothing to take from anybody.
  if (journal.newVolume === undefined) await step('release', () => releaseVolume(parts, journal));
  await step('attach', async () => {
    const { server = '' } = journal;
    await attachVolume(parts, journal.newVolume ?? journal.volume, server);
    return `${journal.newVolume ?? journal.volume} on ${server}`;
  });
  await step('health', () => awaitHealth(parts, journal, world));
  await step('switch', async () => {
    const { steps } = await settleHost(parts, world);
    return steps.map(({ name }) => name).join(', ');
  });
  await step('retire', () => retire(parts, journal));
  await save({ ended: world.clock().getTime() });
  return { journal, resumed };

  /** A step that the journal knows as ended is not looked at again, except that its server may have died since. */
  async function step(name: StepName, work: () => Promise<string>): Promise<void> {
    if (journal.steps.some((one) => one.name === name && one.ended !== undefined)) return;
    world.signal.throwIfAborted();
    const begun = journal.steps.find((one) => one.name === name)?.begun ?? world.clock().getTime();
    world.emit({ type: 'resource-started', kind: 'step', name, action: 'update' });
    const note = await work();
    const ended = world.clock().getTime();
    const done: JournalStep = { name, begun, ended, note };
    await save({ steps: [...journal.steps.filter((one) => one.name !== name), done] });
    const milliseconds = ended - begun;
    world.emit({ type: 'resource-finished', kind: 'step', name, action: 'update', id: note, milliseconds });
  }

  async function isVolumeThere(): Promise<boolean> {
    return (await cloud.volumes()).some(({ id }) => id === journal.volume);
  }
}

async function beginJournal(parts: HostParts, { slot, reason, zone }: ReplaceRequest): Promise<Journal> {
  const { cloud, clock } = parts.world;
  const [servers, volumes] = [await cloud.servers(), await cloud.volumes()];
  const old = findPredecessor(servers, slot);
  const volume = volumes.findLast((one) => one.slot === slot);
  if (volume === undefined)
    throw new PublishError(
      'host-failed',
      `slot ${slot} of ${parts.host.name} has no volume, so nothing to put a server on`,
      {
        hint: 'Run twinorigin host up: it makes one.',
      },
    );
  const elsewhere = zone !== undefined && zone !== volume.zone;
  return {
    version: 1,
    // Of what is replaced: the same again is the same replacement, even if the journal could not be written.
    id: tokenOf(parts.host.name, 'replace', slot, old?.id ?? 'none', volume.id).slice(-12),
    slot,
    reason,
    begun: clock().getTime(),
    ...(old !== null && { old: old.id }),
    volume: volume.id,
    ...(elsewhere && { zone }),
    steps: [],
  };
}

/** The new server may have died as well: everything from its launch on is done again, with the next one. */
async function forgetDead(parts: HostParts, journal: Journal): Promise<Journal> {
  const server = (await parts.world.cloud.servers()).find(({ id }) => id === journal.server);
  if (journal.server === undefined || (server !== undefined && isAlive(server))) return journal;
  const kept = journal.steps.filter(({ name }) => name === 'snapshot' || name === 'volume');
  return { ...journal, server: undefined, steps: kept };
}

/** Taking one knows no token: it is found again by its purpose. */
async function snapshotOnce(parts: HostParts, journal: Journal): Promise<string> {
  const { cloud } = writersOf(parts);
  const purpose = `replace ${journal.id}`;
  const made = (await cloud.snapshots()).find((one) => one.purpose === purpose);
  if (made !== undefined) return made.id;
  const volume = (await cloud.volumes()).find(({ id }) => id === journal.volume);
  return volume === undefined ? '' : (await cloud.createSnapshot(volume, purpose)).id;
}

async function launchSuccessor(parts: HostParts, journal: Journal): Promise<Server> {
  const { cloud } = writersOf(parts);
  const servers = await cloud.servers();
  const successor = servers.findLast((one) => one.slot === journal.slot && isAlive(one) && one.id !== journal.old);
  if (successor !== undefined) return successor;
  const volume =
    journal.zone === undefined ? await findVolume(parts, journal.volume) : await makeVolume(parts, journal);
  const firewall = parts.host.instance.securityGroups ?? [(await cloud.firewall())?.id ?? ''];
  if (firewall.includes(''))
    throw new PublishError('host-failed', `${parts.host.name} has no firewall`, {
      hint: 'Run twinorigin host up first.',
    });
  const old = servers.find(({ id }) => id === journal.old) ?? null;
  return launchServer(parts, journal.slot, volume, firewall, old ?? findPredecessor(servers, journal.slot));
}

async function findVolume(parts: HostParts, id: string): Promise<Volume> {
  const found = (await parts.world.cloud.volumes()).find((one) => one.id === id);
  if (found === undefined) throw new PublishError('host-failed', `the volume ${id} is gone`);
  return found;
}

/** In another zone: from the newest snapshot that can be had. The one just begun is waited for. */
async function makeVolume(parts: HostParts, journal: Journal): Promise<Volume> {
  const writers = writersOf(parts);
  const { cloud } = writers;
  const { host } = parts;
  const old = (await cloud.volumes()).find(({ id }) => id === journal.volume);
  const newest = async () => {
    const own = (await cloud.snapshots()).filter(({ slot }) => slot === journal.slot);
    return own.find(({ id }) => id === journal.snapshot) ?? own.findLast(({ completed }) => completed);
  };
  const source = await newest();
  if (source === undefined)
    throw new PublishError(
      'host-failed',
      `there is no snapshot of slot ${journal.slot}: nothing can be made of it elsewhere`,
    );
  const isDone = async () => (await cloud.snapshots()).some(({ id, completed }) => id === source.id && completed);
  await awaitState(`the snapshot ${source.id} is not complete`, writers, isDone, 3_600_000);
  return cloud.createVolume({
    token: tokenOf(host.name, 'volume', journal.slot, journal.id),
    slot: journal.slot,
    generation: (old?.generation ?? 0) + 1,
    zone: journal.zone ?? '',
    gib: Math.max(host.volume.gib, old?.gib ?? 0),
    type: host.volume.type,
    kmsKey: host.volume.kmsKey,
    snapshot: source.id,
  });
}

/** Takes the volume from the old server: kindly while that answers, by force when it does not. */
async function releaseVolume(parts: HostParts, journal: Journal): Promise<string> {
  const writers = writersOf(parts);
  const { cloud } = writers;
  const attachedTo = async () => (await cloud.volumes()).find(({ id }) => id === journal.volume)?.attachment;
  const holder = await attachedTo();
  if (holder === undefined) return 'was free';
  if (holder.server === journal.server) return 'has it already';
  const server = (await cloud.servers()).find(({ id }) => id === holder.server);
  const isFree = async () => (await attachedTo())?.server !== holder.server;
  if (server === undefined || !isAlive(server)) {
    await awaitState(`${journal.volume} is not free`, writers, isFree);
    return `${holder.server} was gone`;
  }
  // A system that shuts down writes everything first. A spot instance cannot be stopped, only ended.
  const isStopped = async () => {
    const found = (await cloud.servers()).find(({ id }) => id === holder.server);
    return found === undefined || found.state === 'stopped' || found.state === 'terminated';
  };
  if (server.spot) await cloud.terminate(server.id);
  else if (server.state === 'running' || server.state === 'pending') await cloud.stop(server.id, false);
  const stopped = await succeeds(awaitState(`${server.id} does not stop`, writers, isStopped, patienceToStop));
  if (!stopped && !server.spot) await cloud.stop(server.id, true);
  if (!(await isFree())) await cloud.detach(journal.volume, false);
  const freed = await succeeds(awaitState(`${journal.volume} stays`, writers, isFree, patienceToDetach));
  if (freed) return stopped ? `${server.id} stopped` : `${server.id} gave it up`;
  // Only now: a volume that is forced off loses what its system had not written yet.
  await cloud.detach(journal.volume, true);
  await awaitState(`${journal.volume} stays on ${server.id} although it was forced off`, writers, isFree);
  return `forced off ${server.id}, which did not answer`;
}

async function succeeds(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof PublishError && error.code === 'not-ready') return false;
    throw error;
  }
}

async function attachVolume(parts: HostParts, volume: string, server: string): Promise<void> {
  const writers = writersOf(parts);
  const { cloud } = writers;
  await awaitServers(parts, [server], ['running', 'stopped']);
  const look = async () => (await cloud.volumes()).find(({ id }) => id === volume);
  await awaitState(`${volume} is not there`, writers, async () => {
    const state = (await look())?.state;
    return state === 'available' || state === 'in-use';
  });
  const holder = (await look())?.attachment?.server;
  if (holder !== undefined && holder !== server)
    throw new PublishError('host-failed', `${volume} was attached to ${holder} by somebody else meanwhile`);
  if (holder === undefined) await cloud.attach(volume, server);
  const isAttached = async () => (await look())?.attachment?.state === 'attached';
  await awaitState(`${volume} does not become attached to ${server}`, writers, isAttached);
}

async function awaitHealth(parts: HostParts, journal: Journal, world: ProvisionWorld): Promise<string> {
  const { server = '' } = journal;
  let told = '';
  const isHealthy = async () => {
    const found = (await parts.world.cloud.servers()).find(({ id }) => id === server);
    if (found === undefined || !isAlive(found))
      throw new PublishError('host-failed', `the new server ${server} died before it answered`, {
        hint: 'Look at its console output in the EC2 console. twinorigin host replace tries once more with another one.',
      });
    const { healthy, detail } = await askHealth(parts, found);
    if (detail !== told && !healthy)
      world.emit({ type: 'resource-waiting', kind: 'step', name: 'health', reason: `does not answer yet (${detail})` });
    told = detail;
    return healthy;
  };
  await awaitState(`${server} does not answer`, writersOf(parts), isHealthy, patienceToAnswer);
  return told;
}

/** Address, name, balancer and alarms follow the server that is there: the same wishes as `host up`. */
async function settleHost(parts: HostParts, world: ProvisionWorld): Promise<ProvisionOutcome> {
  const { all } = listHostResources(parts);
  return applyProvision(await planProvision(all), all, world);
}

async function retire(parts: HostParts, journal: Journal): Promise<string> {
  const { cloud } = writersOf(parts);
  const targets = (await cloud.targetGroup())?.targets ?? [];
  const group = (await cloud.targetGroup())?.id;
  const servers = await cloud.servers();
  const old = servers.filter((one) => one.slot === journal.slot && one.id !== journal.server && isAlive(one));
  for (const { server } of targets) {
    const isOurs = servers.some(({ id, slot }) => id === server && slot === journal.slot);
    if (isOurs && server !== journal.server && group !== undefined) await cloud.deregister(group, server);
  }
  for (const { id } of old) await cloud.terminate(id);
  await awaitServers(
    parts,
    old.map(({ id }) => id),
    ['terminated'],
  );
  const snapshots = (await cloud.snapshots()).filter((one) => one.slot === journal.slot);
  const twins = snapshots.filter((one) => one.purpose === `replace ${journal.id}` && one.id !== journal.snapshot);
  const aged = snapshots.slice(0, Math.max(0, snapshots.length - parts.host.volume.keepSnapshots));
  for (const id of new Set([...twins, ...aged].map((one) => one.id))) await cloud.deleteSnapshot(id);
  const gone = old.map(({ id }) => id).join(', ');
  return gone === '' ? 'nothing was left of it' : `${gone} is gone`;
}
