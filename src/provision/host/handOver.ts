/** How a volume changes hands: the old server is stopped, gone, or its volume forced off, before the new one gets it. */
import { PublishError } from '../../errors.js';
import type { Journal } from './journal.js';
import { awaitState, writersOf, type HostParts } from './parts.js';
import { awaitServers } from './serverResources.js';
import { isAlive } from './slots.js';

/** Milliseconds: how long a system may take to shut down, and to give up a volume, before it is not asked any more. */
const patienceToStop = 90_000;
const patienceToDetach = 60_000;

/** Takes the volume from the old server: kindly while that answers, by force when it does not. */
export async function releaseVolume(parts: HostParts, journal: Journal): Promise<string> {
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
  if (!(await isFree())) await cloud.detach(journal.volume, holder.server, false);
  const freed = await succeeds(awaitState(`${journal.volume} stays`, writers, isFree, patienceToDetach));
  if (freed) return stopped ? `${server.id} stopped` : `${server.id} gave it up`;
  // Only now: a volume that is forced off loses what its system had not written yet.
  await cloud.detach(journal.volume, holder.server, true);
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

export async function attachVolume(parts: HostParts, volume: string, server: string): Promise<void> {
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
