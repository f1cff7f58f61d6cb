/** A host has places to fill, numbered from 1: each has one server and one volume. */
import type { HostSettings } from './settings.js';
import type { Server, Volume } from './cloud.js';

export function listSlots({ count }: HostSettings): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

export function isAlive({ state }: Server): boolean {
  return state !== 'terminated' && state !== 'shutting-down';
}

/** The server of a slot: while one is being replaced, the newer one. */
export function findServer(servers: readonly Server[], slot: number): Server | null {
  return servers.findLast((server) => server.slot === slot && isAlive(server)) ?? null;
}

/** The last server of a slot, dead or alive: the next one is its successor. */
export function findPredecessor(servers: readonly Server[], slot: number): Server | null {
  return servers.findLast((server) => server.slot === slot) ?? null;
}

export function findVolume(volumes: readonly Volume[], slot: number): Volume | null {
  return volumes.findLast((volume) => volume.slot === slot) ?? null;
}

/** Where the health of a server is asked for. */
export function healthUrl({ health }: HostSettings, address: string): string {
  const port = health.port === 80 ? '' : `:${health.port}`;
  return `http://${address}${port}${health.path}`;
}

/** `us-east-1a` is a zone of `us-east-1`. */
export function regionOf(zone: string): string {
  return zone.replace(/[a-z]$/, '');
}
