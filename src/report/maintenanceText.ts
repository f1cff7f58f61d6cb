/** Whether the pages are closed. */
import type { MaintenanceDocument } from './operationDocuments.js';
import { paint, showSafely, type Look } from './text.js';

export interface ToldMaintenance {
  /** What visitors read; null when the site is open. */
  readonly message: string | null;
  /** It is, or would be, another state than before. */
  readonly changed: boolean;
  /** False when nothing was to be written. */
  readonly applied: boolean;
}

/** `maintenance --json`. */
export function describeMaintenance({ message, changed, applied }: ToldMaintenance): MaintenanceDocument {
  return { version: 1, closed: message !== null, message, changed, applied };
}

/** One line. */
export function renderMaintenance({ message, changed, applied }: ToldMaintenance, look: Look): string {
  const verb = changed ? (applied ? 'are now' : 'would be') : 'are';
  if (message === null) return `${paint(look, 'green', '✓')} The pages ${verb} open`;
  return `${paint(look, 'yellow', '!')} The pages ${verb} closed. Visitors read: ${showSafely(message)}`;
}
