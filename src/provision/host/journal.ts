/**
 * What a replacement has done so far, kept where it outlives every machine. Whoever goes on after a crash reads it;
 * what it does not know yet is seen from the things themselves.
 */
import * as z from 'zod';
import { PublishError } from '../../errors.js';
import type { CloudReader } from './cloud.js';

export const stepNames = [
  'snapshot', // of the old volume, begun
  'volume', // in another zone: a new volume from the snapshot
  'launch', // the new server boots
  'release', // the old server has let go of the volume
  'attach', // the volume is on the new server, and on no other
  'health', // the new server answers over HTTP
  'switch', // address, name, balancer and alarms lead to it
  'retire', // the old server is gone
] as const;
export type StepName = (typeof stepNames)[number];

const stepSchema = z.strictObject({
  name: z.enum(stepNames),
  /** Milliseconds since 1970. */
  begun: z.number(),
  ended: z.number().optional(),
  /** What was made or found, for people. */
  note: z.string().optional(),
});

const journalSchema = z.strictObject({
  version: z.literal(1),
  id: z.string(),
  slot: z.int(),
  reason: z.string(),
  begun: z.number(),
  ended: z.number().optional(),
  /** The server that goes; absent when there was none. */
  old: z.string().optional(),
  server: z.string().optional(),
  snapshot: z.string().optional(),
  volume: z.string(),
  /** Another zone than that of the volume: it is made anew from a snapshot. */
  zone: z.string().optional(),
  /** The volume in that zone. */
  newVolume: z.string().optional(),
  steps: z.array(stepSchema),
});

export type Journal = z.infer<typeof journalSchema>;
export type JournalStep = Journal['steps'][number];

export function noteNameOf(slot: number): string {
  return `replacement-${slot}`;
}

/** The last replacement of a slot; null when there was none. @throws PublishError `host-failed` when it is unreadable. */
export async function readJournal(cloud: CloudReader, slot: number): Promise<Journal | null> {
  const text = await cloud.readNote(noteNameOf(slot));
  if (text === null) return null;
  try {
    return journalSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new PublishError('host-failed', `the journal of the replacement of slot ${slot} cannot be read`, {
      cause,
      hint: 'It was written by a newer twinorigin, or changed by hand: look at the parameter /twinorigin/host/….',
    });
  }
}

/** @throws PublishError `guard-refused` when a replacement began and did not end. */
export async function refuseUnfinished(cloud: CloudReader, slots: readonly number[]): Promise<void> {
  for (const slot of slots) {
    const journal = await readJournal(cloud, slot);
    if (journal === null || journal.ended !== undefined) continue;
    const at = journal.steps.at(-1)?.name ?? 'its beginning';
    throw new PublishError('guard-refused', `the replacement of slot ${slot} is not finished; it is at "${at}"`, {
      hint: `Run twinorigin host replace --slot ${slot}: it goes on where it ended.`,
    });
  }
}
