/**
 * Remembers what a file's content was when it had these stats. It only decides whether a file is read again, never
 * whether an object is uploaded: that is the digests' business.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest, MediaType } from './site.js';

export interface RememberedContent {
  readonly digest: Digest;
  readonly mediaType: MediaType;
  readonly charset?: 'utf-8';
}

interface FileStats {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
}

type Entry = readonly [signature: string, digest: string, mediaType: string, charset: 'utf-8' | 0];

export interface StatCache {
  recall(file: string, stats: FileStats): RememberedContent | undefined;
  remember(file: string, stats: FileStats, content: RememberedContent): void;
  /** Writes the cache; a cache that cannot be written is no error, only slower. */
  save(): void;
}

/** Bumped when media type or charset rules change. */
const version = 1;
/** A file changed within this time of being read may change again without its time stamp moving (as in git's index). */
const racyMilliseconds = 2000;

/** Opens the cache of one site folder; without a folder it remembers nothing. */
export function openStatCache(cacheDir: string | undefined, name: string): StatCache {
  const file = cacheDir === undefined ? undefined : join(cacheDir, `stat-${name}.json`);
  const known = file === undefined ? new Map<string, Entry>() : load(file);
  const seen = new Map<string, Entry>();
  const opened = Date.now();
  let changed = false;
  return {
    recall(path, stats) {
      const entry = known.get(path);
      if (entry?.[0] !== signatureOf(stats)) return undefined;
      seen.set(path, entry);
      const [, digest, mediaType, charset] = entry;
      return { digest: digest as Digest, mediaType, ...(charset === 0 ? {} : { charset }) };
    },
    remember(path, stats, content) {
      changed = true;
      if (Math.max(stats.mtimeMs, stats.ctimeMs) > opened - racyMilliseconds) return;
      seen.set(path, [signatureOf(stats), content.digest, content.mediaType, content.charset ?? 0]);
    },
    save() {
      if (file === undefined || (!changed && seen.size === known.size)) return;
      try {
        mkdirSync(join(file, '..'), { recursive: true });
        const temporary = `${file}.${process.pid}`;
        writeFileSync(temporary, JSON.stringify({ version, entries: [...seen] }));
        renameSync(temporary, file);
      } catch {
        // Read-only or full: the next run reads the files again.
      }
    },
  };
}

function signatureOf({ size, mtimeMs, ctimeMs, ino }: FileStats): string {
  return `${size}:${mtimeMs}:${ctimeMs}:${ino}`;
}

function load(file: string): Map<string, Entry> {
  try {
    const content = JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown; entries?: [string, Entry][] };
    return content.version === version && Array.isArray(content.entries)
      ? new Map<string, Entry>(content.entries)
      : new Map<string, Entry>();
  } catch {
    return new Map();
  }
}
