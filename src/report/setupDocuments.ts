/** The JSON documents of `init` and `doctor`. */
import * as z from 'zod';

/** `init --json`. */
export const initDocumentSchema = z.strictObject({
  version: z.literal(1),
  generator: z.string().nullable().describe('Null for a site that no generator makes.'),
  site: z.string(),
  files: z.array(
    z.strictObject({
      path: z.string(),
      action: z.enum(['create', 'change']),
      text: z.string().describe('The whole file as it is, or would be, written.'),
    }),
  ),
  written: z.boolean(),
  notes: z.array(z.string()),
});

/** `doctor --json`. */
export const doctorDocumentSchema = z.strictObject({
  version: z.literal(1),
  healthy: z.boolean().describe('Nothing failed; warnings do not count.'),
  checks: z.array(
    z.strictObject({
      name: z.string().describe('Stable name.'),
      status: z.enum(['ok', 'warning', 'failed', 'skipped']),
      message: z.string(),
      fix: z.string().optional().describe('What to do about it.'),
    }),
  ),
});

export type InitDocument = z.infer<typeof initDocumentSchema>;
export type DoctorDocument = z.infer<typeof doctorDocumentSchema>;
