/** Adds lines to reasons, for those who ask; reads only the files that decided something. */
import { locateOffset } from '../site/lines.js';
import type { LogicalPath, Site } from '../site/site.js';

/** A decision with the reference behind it, whose file its reason names as `(file)`. */
export interface Reasoned {
  readonly reason: string;
  readonly at?: { readonly path: LogicalPath; readonly offset: number };
}

/**
 * The same decisions, with reasons that say `(file:line)` instead of `(file)`.
 * @param paths the files whose reasons are wanted.
 * @throws PublishError `site-changed` when a file is no longer what was scanned.
 */
export async function locateReasons<T extends Reasoned>(
  site: Site,
  decided: ReadonlyMap<LogicalPath, T>,
  paths: Iterable<LogicalPath>,
): Promise<ReadonlyMap<LogicalPath, T>> {
  const located = new Map(decided);
  /** One decision often holds a whole group of files. */
  const lines = new Map<string, number>();
  for (const path of paths) {
    const decision = decided.get(path);
    const file = decision?.at && site.files.get(decision.at.path);
    if (decision?.at === undefined || file === undefined) continue;
    const place = `${file.path}:${decision.at.offset}`;
    const line = lines.get(place) ?? locateOffset(await site.read(file), decision.at.offset).line;
    lines.set(place, line);
    const end = decision.reason.lastIndexOf(`(${file.path})`) + file.path.length + 1;
    const reason = `${decision.reason.slice(0, end)}:${line}${decision.reason.slice(end)}`;
    located.set(path, { ...decision, reason });
  }
  return located;
}
