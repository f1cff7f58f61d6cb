/**
 * Remembers what a file's content was when it had these stats. It only decides whether a file is read again, never
 * whether an object is uploaded: that is the digests' business.
 */
import { mkdirSync, readFileSync, renameSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from './names.js';
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
/**
 * A file changed within this time of being read may change again without its time stamp moving (as in git's index):
 * two seconds cover FAT and servers whose clocks differ a little.
 */
const racyMilliseconds = 2000;
/** File systems of Linux on disks of this machine stamp with its own clock, which ticks at least every 10 ms. */
const preciseMilliseconds = 100;
/** ext2 to 4, XFS, Btrfs, F2FS, tmpfs, overlayfs, ZFS: the magic numbers of statfs(2). */
const preciseTypes: ReadonlySet<number> = new Set([
  0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x01021994, 0x794c7630, 0x2fc12fc1,
]);

/** Opens the cache of one site folder; without a cache folder it remembers nothing. */
export function openStatCache(cacheDir: string | undefined, root: string): StatCache {
  const name = digestOf(root).slice(0, 16);
  const racy = isPrecise(root) ? preciseMilliseconds : racyMilliseconds;
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
      if (Math.max(stats.mtimeMs, stats.ctimeMs) > opened - racy) return;
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

function isPrecise(root: string): boolean {
  try {
    return process.platform === 'linux' && preciseTypes.has(statfsSync(root).type >>> 0);
  } catch {
    return false;
  }
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
