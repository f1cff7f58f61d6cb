/** Looks after a host: asks for its health, replaces what does not answer, and takes snapshots when they are due. */
import type { ProvisionWorld } from '../apply.js';
import { writersOf, type HostParts } from './parts.js';
import { replaceServer } from './replace.js';
import { askHealth } from './serverResources.js';
import { findServer, findVolume, listSlots } from './slots.js';

const hour = 3_600_000;

/** Until the signal: its reason is not an error here. `rounds` bounds it for tests. */
export async function watchHost(
  parts: HostParts,
  world: ProvisionWorld,
  signal: AbortSignal,
  rounds = Infinity,
): Promise<void> {
  const { host } = parts;
  const failures = new Map<number, number>();
  for (let round = 0; round < rounds && !signal.aborted; round++) {
    for (const slot of listSlots(host)) {
      const detail = await findFailure(parts, slot);
      const count = detail === undefined ? 0 : (failures.get(slot) ?? 0) + 1;
      failures.set(slot, count);
      if (detail === undefined) continue;
      const reason = `does not answer, ${count} of ${host.health.failures} (${detail})`;
      world.emit({ type: 'resource-waiting', kind: 'health', name: `${host.name}-${slot}`, reason });
      if (count < host.health.failures) continue;
      await replaceServer(parts, { slot, reason: detail }, world);
      failures.set(slot, 0);
    }
    await takeSnapshots(parts, world);
    try {
      await world.sleep(host.health.seconds * 1000);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
  }
}

/** What is wrong with a slot; undefined when it answers. */
async function findFailure(parts: HostParts, slot: number): Promise<string | undefined> {
  const server = findServer(await parts.world.cloud.servers(), slot);
  if (server === null) return 'there is no server';
  const { healthy, detail } = await askHealth(parts, server);
  return healthy ? undefined : detail;
}

async function takeSnapshots(parts: HostParts, world: ProvisionWorld): Promise<void> {
  const { host } = parts;
  const { cloud, clock } = parts.world;
  const { snapshotHours, keepSnapshots } = host.volume;
  if (snapshotHours === undefined) return;
  const writers = writersOf(parts);
  const volumes = await cloud.volumes();
  for (const slot of listSlots(host)) {
    const volume = findVolume(volumes, slot);
    const own = (await cloud.snapshots()).filter((one) => one.slot === slot);
    const last = own.at(-1);
    const isDue = last === undefined || clock().getTime() - Date.parse(last.startedAt) >= snapshotHours * hour;
    if (volume === null || !isDue) continue;
    const made = await writers.cloud.createSnapshot(volume, 'schedule');
    const name = `snapshot of ${host.name}-${slot}`;
    world.emit({ type: 'resource-finished', kind: 'snapshot', name, action: 'create', id: made.id, milliseconds: 0 });
    for (const { id } of own.slice(0, Math.max(0, own.length + 1 - keepSnapshots)))
      await writers.cloud.deleteSnapshot(id);
  }
}
