/** A host for programs: `host status --json` and `host replace --json`. */
import * as z from 'zod';
import type { ReplacementPlan } from '../provision/host/planReplacement.js';
import type { Replacement } from '../provision/host/replace.js';
import type { HostStatus } from '../provision/host/status.js';
import type { ProvisionPlan } from '../provision/plan.js';
import { provisionDocumentSchema } from './documents.js';
import { describeProvisionPlan } from './provisionJson.js';

export const hostStatusDocumentSchema = provisionDocumentSchema.extend({
  servers: z.array(
    z.strictObject({
      slot: z.int().min(1),
      id: z.string().nullable(),
      state: z.string().nullable(),
      address: z.string().nullable(),
      healthy: z.boolean(),
      detail: z.string(),
      cpu: z.array(z.number().nullable()).describe('Percent by the hour, oldest first.'),
      unfinishedReplacement: z.boolean(),
    }),
  ),
  alarms: z.array(z.strictObject({ name: z.string(), state: z.enum(['ok', 'alarm', 'unknown']) })),
});

export const replacementDocumentSchema = z.strictObject({
  version: z.literal(1),
  slot: z.int().min(1),
  reason: z.string(),
  resumed: z.boolean().describe('It went on with what an earlier run had begun.'),
  old: z.string().nullable(),
  server: z.string(),
  snapshot: z.string().nullable(),
  milliseconds: z.number().min(0),
  steps: z.array(z.strictObject({ name: z.string(), milliseconds: z.number().min(0), note: z.string() })),
});

export const replacementPlanDocumentSchema = z.strictObject({
  version: z.literal(1),
  slot: z.int().min(1),
  resumed: z.boolean().describe('An earlier run has begun it.'),
  old: z.string().nullable(),
  steps: z.array(z.strictObject({ name: z.string(), what: z.string(), done: z.boolean() })),
});

export function describeReplacementPlan(plan: ReplacementPlan): z.infer<typeof replacementPlanDocumentSchema> {
  return { version: 1, ...plan, steps: [...plan.steps] };
}

export function describeHostStatus(plan: ProvisionPlan, status: HostStatus): z.infer<typeof hostStatusDocumentSchema> {
  return {
    ...describeProvisionPlan(plan),
    servers: status.servers.map(({ slot, server, healthy, detail, cpu, replacement }) => ({
      slot,
      id: server?.id ?? null,
      state: server?.state ?? null,
      address: server?.address ?? null,
      healthy,
      detail,
      cpu: [...cpu],
      unfinishedReplacement: replacement !== null && replacement.ended === undefined,
    })),
    alarms: status.alarms.map(({ name, state }) => ({ name, state })),
  };
}

export function describeReplacement({ journal, resumed }: Replacement): z.infer<typeof replacementDocumentSchema> {
  return {
    version: 1,
    slot: journal.slot,
    reason: journal.reason,
    resumed,
    old: journal.old ?? null,
    server: journal.server ?? '',
    snapshot: journal.snapshot ?? null,
    milliseconds: (journal.ended ?? journal.begun) - journal.begun,
    steps: journal.steps.map(({ name, begun, ended = begun, note = '' }) => ({
      name,
      milliseconds: ended - begun,
      note,
    })),
  };
}
