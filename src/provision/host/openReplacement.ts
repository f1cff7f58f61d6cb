/** Where a replacement begins, or goes on: its journal. Reads only. */
import { PublishError } from '../../errors.js';
import { readJournal, type Journal } from './journal.js';
import type { HostParts } from './parts.js';
import { findPredecessor, isAlive } from './slots.js';
import { tokenOf } from './tokens.js';

export interface ReplaceRequest {
  readonly slot: number;
  /** For the journal: `asked for`, `does not answer`. */
  readonly reason: string;
  /** Where the new server shall be; another zone than the volume's means a new volume from a snapshot. */
  readonly zone?: string | undefined;
}

export interface OpenedReplacement {
  readonly journal: Journal;
  /** An earlier run has begun it. */
  readonly resumed: boolean;
}

export async function openReplacement(parts: HostParts, request: ReplaceRequest): Promise<OpenedReplacement> {
  const earlier = await readJournal(parts.world.cloud, request.slot);
  return earlier !== null && earlier.ended === undefined
    ? { journal: await forgetDead(parts, earlier), resumed: true }
    : { journal: await beginJournal(parts, request), resumed: false };
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
