/** What a replacement makes: a snapshot, where wanted a volume elsewhere, and the next server. Each is made once. */
import { PublishError } from '../../errors.js';
import type { Server, Volume } from './cloud.js';
import type { Journal } from './journal.js';
import { awaitState, writersOf, type HostParts } from './parts.js';
import { launchServer } from './serverResources.js';
import { findPredecessor, isAlive } from './slots.js';
import { tokenOf } from './tokens.js';

/** Taking one knows no token: it is found again by its purpose. */
export async function snapshotOnce(parts: HostParts, journal: Journal): Promise<string> {
  const { cloud } = writersOf(parts);
  const purpose = `replace ${journal.id}`;
  const made = (await cloud.snapshots()).find((one) => one.purpose === purpose);
  if (made !== undefined) return made.id;
  const volume = (await cloud.volumes()).find(({ id }) => id === journal.volume);
  return volume === undefined ? '' : (await cloud.createSnapshot(volume, purpose)).id;
}

export async function launchSuccessor(parts: HostParts, journal: Journal): Promise<Server> {
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
export async function makeVolume(parts: HostParts, journal: Journal): Promise<Volume> {
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
