/** What `host replace` would do, step by step. Reads only. */
import type { Server } from './cloud.js';
import type { Journal, StepName } from './journal.js';
import { openReplacement, type ReplaceRequest } from './openReplacement.js';
import type { HostParts } from './parts.js';
import { findVolume, isAlive } from './slots.js';

export interface PlannedStep {
  readonly name: StepName;
  /** One sentence without its end. */
  readonly what: string;
  /** An earlier run has done it. */
  readonly done: boolean;
}

export interface ReplacementPlan {
  readonly slot: number;
  readonly resumed: boolean;
  /** Null when there was none. */
  readonly old: string | null;
  readonly steps: readonly PlannedStep[];
}

export async function planReplacement(parts: HostParts, request: ReplaceRequest): Promise<ReplacementPlan> {
  const { cloud } = parts.world;
  const { journal, resumed } = await openReplacement(parts, request);
  const [servers, volumes] = [await cloud.servers(), await cloud.volumes()];
  const old = servers.find(({ id }) => id === journal.old);
  const volume = volumes.find(({ id }) => id === journal.volume) ?? findVolume(volumes, journal.slot);
  const elsewhere = journal.zone !== undefined;
  const steps: readonly (readonly [StepName, string])[] = [
    ['snapshot', `take a snapshot of ${journal.volume}`],
    ...(elsewhere ? [['volume', `make a new volume from it in ${journal.zone ?? ''}`] as const] : []),
    ['launch', describeLaunch(parts, journal, volume?.zone)],
    ...(elsewhere ? [] : [['release', describeRelease(journal, old, volume?.attachment?.server)] as const]),
    ['attach', `attach ${elsewhere ? 'the new volume' : journal.volume} to the new server, and to no other`],
    ['health', `wait until it answers at ${parts.host.health.path}, at most 15 minutes`],
    ['switch', describeSwitch(parts)],
    ['retire', describeRetiring(parts, old)],
  ];
  const isDone = (name: StepName) => journal.steps.some((step) => step.name === name && step.ended !== undefined);
  return {
    slot: journal.slot,
    resumed,
    old: journal.old ?? null,
    steps: steps.map(([name, what]) => ({ name, what, done: isDone(name) })),
  };
}

function describeLaunch({ host }: HostParts, { zone, server }: Journal, volumeZone = ''): string {
  if (server !== undefined) return `go on with ${server}`;
  const { type, market, image } = host.instance;
  return `launch a ${type} (${market}) in ${zone ?? volumeZone} from ${image}`;
}

function describeRelease({ volume }: Journal, old: Server | undefined, holder: string | undefined): string {
  if (holder === undefined) return `nothing: ${volume} is free`;
  if (old?.id !== holder || !isAlive(old)) return `wait until ${volume} is free of ${holder}`;
  if (old.spot) return `end ${holder}, which lets go of ${volume}; force it off after a minute`;
  return `stop ${holder} and detach ${volume}; by force if it does not answer`;
}

function describeSwitch({ host }: HostParts): string {
  const led = [
    ...(host.balancer === undefined && host.address === 'elastic' ? ['the address'] : []),
    ...(host.balancer === undefined ? [] : ['the balancer']),
    ...(host.dns !== undefined && host.balancer === undefined && host.address === 'dynamic' ? [host.dns.name] : []),
    ...(host.alarms === undefined ? [] : ['the alarms']),
  ];
  return led.length === 0 ? 'nothing leads to it but its own address' : `lead ${led.join(', ')} to it`;
}

function describeRetiring({ host }: HostParts, old: Server | undefined): string {
  const kept = `keep the newest ${host.volume.keepSnapshots} snapshots`;
  return old === undefined || !isAlive(old) ? kept : `end ${old.id}, and ${kept}`;
}
