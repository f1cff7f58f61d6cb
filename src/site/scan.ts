/** Turns a folder into a site: every file that may be published, with its digest and type. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { hasErrnoCode, PublishError } from '../errors.js';
import type { Event } from '../events.js';
import type { Problem } from '../problems.js';
import { charsetOf, mediaTypeOf } from './mediaType.js';
import { digestOf, logicalPath } from './names.js';
import { whenFilesAllow } from './openFiles.js';
import { readRules } from './rules/readRules.js';
import { ruleFiles } from './rules/rules.js';
import { holdsPrivateKey, mayHoldPrivateKey } from './secrets.js';
import type { Digest, LogicalPath, Site, SiteFile } from './site.js';
import { openStatCache, type RememberedContent } from './statCache.js';
import { walkFolder, type WalkedFile } from './walk.js';

export interface ScanOptions {
  /** Patterns in gitignore syntax of what is not part of the site. */
  readonly ignore?: readonly string[];
  /** Folder for the stat cache; without one every file is read. */
  readonly cacheDir?: string;
  readonly emit?: (event: Event) => void;
  readonly signal?: AbortSignal;
}

/** Files above this are hashed in pieces, so that memory stays bounded by the largest small file. */
const wholeFileBytes = 8 * 1024 * 1024;
/** Files up to this are read at once, while everything else waits: the disk's cache has them since they were scanned. */
const promptBytes = 256 * 1024;

/**
 * Scans a folder into a site.
 * @throws PublishError `site-missing`, `site-empty`, `site-unreadable`, `secret-file`, `symlink-outside`.
 */
export async function scanSite(root: string, options: ScanOptions = {}): Promise<Site> {
  const { emit = () => undefined, signal } = options;
  const started = performance.now();
  const walked = await walkFolder(root, options.ignore ?? []);
  if (walked.files.length === 0)
    throw new PublishError('site-empty', `there is nothing to publish in ${root}`, { file: root });
  emit({ type: 'phase-started', phase: 'scan', total: walked.files.length });

  const cache = openStatCache(options.cacheDir, root);
  const files = new Map<LogicalPath, SiteFile>();
  /** Behind links. */
  const elsewhere = new Map<LogicalPath, string>();
  const keys: string[] = [];
  const { rules, problems } = readRules(
    new Map(walked.files.filter(isRuleFile).map(({ path, file }) => [path, readText(file)])),
  );
  let bytes = 0;
  let yielded = performance.now();
  for (const entry of walked.files) {
    if (isRuleFile(entry)) continue;
    const recalled = cache.recall(entry.file, entry.stats);
    const content = recalled ?? readContent(entry, keys);
    if (recalled === undefined) cache.remember(entry.file, entry.stats, content);
    const path = parsePath(entry.path);
    const { digest, mediaType, charset } = content;
    const { size } = entry.stats;
    // Written out: every copy by spreading has a hidden class of its own, larger than the object.
    files.set(
      path,
      charset === undefined ? { path, size, digest, mediaType } : { path, size, digest, mediaType, charset },
    );
    if (entry.file !== join(root, path)) elsewhere.set(path, entry.file);
    bytes += entry.stats.size;
    // Reading is synchronous because that is several times faster; the loop still lets signals and progress through.
    if (performance.now() - yielded > 50) {
      emit({ type: 'phase-progress', phase: 'scan', done: files.size, bytes });
      await new Promise(setImmediate);
      signal?.throwIfAborted();
      yielded = performance.now();
    }
  }
  refuseKeys(root, keys);
  const locate = (path: LogicalPath): string => elsewhere.get(path) ?? join(root, path);
  cache.save();
  emit({ type: 'phase-finished', phase: 'scan', done: files.size, milliseconds: performance.now() - started });
  return {
    root,
    files,
    problems: [...walked.problems, ...findTwins(files.keys()), ...problems],
    rules,
    locate: ({ path }) => (files.has(path) ? locate(path) : undefined),
    read: (file) => readUnchanged(file, locate(file.path)),
  };
}

/** What the host is told, not what visitors get. */
function isRuleFile({ path }: WalkedFile): boolean {
  return ruleFiles.has(path);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new PublishError('site-unreadable', `cannot read ${file}: ${message}`, { file, cause });
  }
}

function parsePath(path: string): LogicalPath {
  // Names that are not valid UTF-8 arrive with replacement characters and could not be addressed by any URL.
  if (path.includes('\ufffd'))
    throw new PublishError('site-unreadable', `the name of ${path} is not valid UTF-8`, {
      file: path,
      hint: 'Rename the file.',
    });
  return logicalPath(path);
}

function readContent(entry: WalkedFile, keys: string[]): RememberedContent {
  try {
    return entry.stats.size > wholeFileBytes ? readLarge(entry) : readSmall(entry, keys);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new PublishError('site-unreadable', `cannot read ${entry.path}: ${message}`, { file: entry.file, cause });
  }
}

function readSmall(entry: WalkedFile, keys: string[]): RememberedContent {
  const bytes = readShared(entry);
  if (mayHoldPrivateKey(entry.path) && holdsPrivateKey(bytes)) keys.push(entry.path);
  const mediaType = mediaTypeOf(entry.path, () => bytes);
  const charset = charsetOf(mediaType, bytes);
  return { digest: digestOf(bytes), mediaType, ...(charset === undefined ? {} : { charset }) };
}

/** Where files are read into, one after the other: memory that is not asked for is not to be collected. */
let shared = Buffer.alloc(0);

/** A file's content, until the next file is read. */
function readShared({ file, stats }: WalkedFile): Buffer {
  if (shared.length < stats.size) shared = Buffer.allocUnsafe(Math.min(2 * stats.size, wholeFileBytes));
  const handle = openSync(file, 'r');
  try {
    let filled = 0;
    while (filled < stats.size) {
      const length = readSync(handle, shared, filled, stats.size - filled, null);
      if (length === 0) break;
      filled += length;
    }
    return shared.subarray(0, filled);
  } finally {
    closeSync(handle);
  }
}

function readLarge(entry: WalkedFile): RememberedContent {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  let head: Buffer | undefined;
  const handle = openSync(entry.file, 'r');
  try {
    for (let length = readSync(handle, buffer); length > 0; length = readSync(handle, buffer)) {
      head ??= Buffer.from(buffer.subarray(0, length));
      hash.update(buffer.subarray(0, length));
    }
  } finally {
    closeSync(handle);
  }
  return { digest: hash.digest('hex') as Digest, mediaType: mediaTypeOf(entry.path, () => head ?? Buffer.alloc(0)) };
}

function refuseKeys(root: string, keys: readonly string[]): void {
  const first = keys[0];
  if (first !== undefined)
    throw new PublishError('secret-file', `${first} holds a private key`, { file: join(root, first), items: keys });
}

async function readUnchanged(file: SiteFile, location: string): Promise<Buffer> {
  let bytes: Buffer;
  try {
    // For small files the promises would cost several times what the reading does.
    bytes = await whenFilesAllow(() => (file.size <= promptBytes ? readFileSync(location) : readFile(location)));
  } catch (cause) {
    if (hasErrnoCode(cause, 'EMFILE', 'ENFILE'))
      throw new PublishError('site-unreadable', `${file.path}: too many files are open`, {
        file: file.path,
        hint: 'Raise the limit of open files (ulimit -n).',
        cause,
      });
    throw new PublishError('site-changed', `${file.path} cannot be read any more`, { file: file.path, cause });
  }
  if (bytes.length !== file.size || digestOf(bytes) !== file.digest)
    throw new PublishError('site-changed', `${file.path} changed while it was being published`, { file: file.path });
  return bytes;
}

/** Names that some file systems and some people cannot tell apart; S3 and browsers can. */
function* findTwins(paths: Iterable<LogicalPath>): Iterable<Problem> {
  const folded = new Map<string, LogicalPath>();
  for (const path of paths) {
    const form = (/[^\0-\x7f]/.test(path) ? path.normalize('NFC') : path).toLowerCase();
    const twin = folded.get(form);
    if (twin === undefined) folded.set(form, path);
    else
      yield {
        code: 'twin-names',
        severity: 'note',
        message: `differs from ${twin} only in ${path.toLowerCase() === twin.toLowerCase() ? 'case' : 'Unicode form'}`,
        file: path,
      };
  }
}
