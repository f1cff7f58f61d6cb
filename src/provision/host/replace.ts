/**
 * Replaces the server of a slot: because it is dead, or because it is told to go. Every step can be repeated: it looks
 * first, and what it makes has tokens that follow from the server that goes. The order is what keeps two systems from
 * ever writing to one volume: the old one is stopped, gone or forced off before the new one gets it.
 */
import { PublishError } from '../../errors.js';
import type { ProvisionOutcome, ProvisionWorld } from '../apply.js';
import { applyProvision } from '../apply.js';
import { planProvision } from '../plan.js';
import { attachVolume, releaseVolume } from './handOver.js';
import { noteNameOf, type Journal, type JournalStep, type StepName } from './journal.js';
import { openReplacement, type ReplaceRequest } from './openReplacement.js';
import { awaitState, writersOf, type HostParts } from './parts.js';
import { listHostResources } from './resources.js';
import { isNameFollowing, rehearseName } from './setUp.js';
import { askHealth, awaitServers } from './serverResources.js';
import { isAlive } from './slots.js';
import { launchSuccessor, makeVolume, snapshotOnce } from './successor.js';

export interface Replacement {
  readonly journal: Journal;
  /** It went on with what an earlier run had begun. */
  readonly resumed: boolean;
}

/** Milliseconds: how long a server may take to answer after it has its volume; installing takes a minute or two. */
const patienceToAnswer = 900_000;

export async function replaceServer(
  parts: HostParts,
  request: ReplaceRequest,
  world: ProvisionWorld,
): Promise<Replacement> {
  const { cloud } = writersOf(parts);
  const { slot } = request;
  const begun = await openReplacement(parts, request);
  const { resumed } = begun;
  let { journal } = begun;
  // Where the name has to follow, a server that cannot be found by it would be of no use. An address of its own moves.
  if (!resumed && isNameFollowing(parts.host)) await rehearseName(parts);
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
