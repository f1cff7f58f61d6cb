/** How a host is: its servers, alarms and the last replacement. Reads only. */
import type { AlarmSettings, Alarm, Server } from './cloud.js';
import { readJournal, type Journal } from './journal.js';
import type { HostParts } from './parts.js';
import { askHealth } from './serverResources.js';
import { findServer, listSlots } from './slots.js';

export interface ServerStatus {
  readonly slot: number;
  /** Null when there is none. */
  readonly server: Server | null;
  readonly healthy: boolean;
  readonly detail: string;
  /** Percent of the processor by the hour, oldest first; null where nothing was measured. */
  readonly cpu: readonly (number | null)[];
  readonly replacement: Journal | null;
}

export interface HostStatus {
  readonly host: string;
  readonly servers: readonly ServerStatus[];
  readonly alarms: readonly Alarm[];
}

export async function lookAtHost(parts: HostParts): Promise<HostStatus> {
  const { host, world } = parts;
  const { cloud } = world;
  const known = await cloud.servers();
  const servers: ServerStatus[] = [];
  for (const slot of listSlots(host)) {
    const server = findServer(known, slot);
    const replacement = await readJournal(cloud, slot);
    if (server === null) {
      servers.push({ slot, server, healthy: false, detail: 'there is no server', cpu: [], replacement });
      continue;
    }
    const { healthy, detail } = await askHealth(parts, server);
    servers.push({ slot, server, healthy, detail, cpu: await cloud.lastDay(cpuOf(server)), replacement });
  }
  return { host: host.name, servers, alarms: await cloud.alarms() };
}

function cpuOf({ id }: Server): AlarmSettings {
  return {
    namespace: 'AWS/EC2',
    metric: 'CPUUtilization',
    dimensions: { InstanceId: id },
    statistic: 'Average',
    threshold: 0,
    period: 3600,
    periods: 1,
    missing: 'missing',
    actions: [],
  };
}
