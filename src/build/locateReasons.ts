/** Adds lines to reasons, for those who ask; reads only the files that decided something. */
import { locateOffset } from '../site/lines.js';
import type { LogicalPath, Site } from '../site/site.js';
import type { Mobility } from './mobility.js';

/**
 * The same decisions, with reasons that end in `(file:line)` instead of `(file)`.
 * @param paths the files whose reasons are wanted.
 * @throws PublishError `site-changed` when a file is no longer what was scanned.
 */
export async function locateReasons(
  site: Site,
  decided: ReadonlyMap<LogicalPath, Mobility>,
  paths: Iterable<LogicalPath>,
): Promise<ReadonlyMap<LogicalPath, Mobility>> {
  const located = new Map(decided);
  /** One decision often holds a whole group of files. */
  const lines = new Map<string, number>();
  for (const path of paths) {
    const mobility = decided.get(path);
    const file = mobility?.at && site.files.get(mobility.at.path);
    if (mobility?.at === undefined || file === undefined) continue;
    const place = `${file.path}:${mobility.at.offset}`;
    const line = lines.get(place) ?? locateOffset(await site.read(file), mobility.at.offset).line;
    lines.set(place, line);
    const sentence = mobility.reason.slice(0, -`(${file.path})`.length);
    located.set(path, { ...mobility, reason: `${sentence}(${file.path}:${line})` });
  }
  return located;
}
