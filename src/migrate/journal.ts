/**
 * What a migration has done, on disk: one JSON line an object, appended and flushed to the disk in batches. A run may be
 * killed at any moment: what was done after the last flush is done again, which changes nothing. A torn last line is
 * cut off. Marks say up to which key everything is done, so that a run of any size goes on with a bounded memory.
 */
import { createReadStream } from 'node:fs';
import { mkdir, open, truncate, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PublishError, hasErrnoCode } from '../errors.js';
import type { BulkAction } from './decide.js';

/** Which migration a journal belongs to. */
export interface JournalHead {
  readonly source: string;
  readonly target: string;
  /** Rules that decide what becomes of an object: others would be another migration. */
  readonly rules: string;
}

export interface JournalEntry {
  readonly key: string;
  readonly action: BulkAction;
  /** Bytes in the source. */
  readonly size: number;
  /** ETag the target has to have; '' where none can be foretold. */
  readonly etag: string;
}

export interface Totals {
  readonly objects: number;
  readonly bytes: number;
  readonly actions: Readonly<Record<BulkAction, number>>;
}

export const noTotals: Totals = { objects: 0, bytes: 0, actions: { keep: 0, headers: 0, copy: 0, compress: 0 } };

export interface JournalState {
  /** Everything up to here is done, but for `failed`. */
  readonly after: string;
  /** Done behind `after`. */
  readonly ahead: ReadonlySet<string>;
  readonly failed: ReadonlyMap<string, string>;
  readonly totals: Totals;
  /** Runs so far. */
  readonly runs: number;
  readonly finished: boolean;
}

type Line =
  | ({ readonly t: 'start' } & JournalHead)
  | { readonly t: 'done'; readonly k: string; readonly a: BulkAction; readonly s: number; readonly e: string }
  | { readonly t: 'fail'; readonly k: string; readonly m: string }
  | { readonly t: 'mark'; readonly k: string }
  | { readonly t: 'end' };

export interface Journal {
  /** As it was when it was opened. */
  readonly state: JournalState;
  done(entry: JournalEntry): Promise<void>;
  fail(key: string, message: string): Promise<void>;
  mark(key: string): Promise<void>;
  end(): Promise<void>;
  /** Flushes. */
  close(): Promise<void>;
}

/** Lines kept back at most before they are flushed, and for how many milliseconds. */
const batch = 256;
const interval = 1000;

/** @throws PublishError `usage` when the file is the journal of another migration, or no journal. */
export async function openJournal(file: string, head: JournalHead): Promise<Journal> {
  await mkdir(dirname(file), { recursive: true });
  const state = await readJournal(file, head);
  const handle = await open(file, 'a');
  let waiting: Line[] = [{ t: 'start', ...head }];
  let writing: Promise<void> = Promise.resolve();
  const flush = (): Promise<void> => {
    const lines = waiting;
    waiting = [];
    if (lines.length > 0) writing = writing.then(() => append(handle, lines));
    return writing;
  };
  let flushed = performance.now();
  const add = async (line: Line): Promise<void> => {
    waiting.push(line);
    if (waiting.length < batch && performance.now() - flushed < interval) return;
    flushed = performance.now();
    await flush();
  };
  await flush();
  return {
    state,
    done: ({ key, action, size, etag }) => add({ t: 'done', k: key, a: action, s: size, e: etag }),
    fail: (key, message) => add({ t: 'fail', k: key, m: message }),
    mark: (key) => add({ t: 'mark', k: key }),
    async end() {
      waiting.push({ t: 'end' });
      await flush();
    },
    async close() {
      await flush();
      await handle.close();
    },
  };
}

async function append(handle: FileHandle, lines: readonly Line[]): Promise<void> {
  await handle.appendFile(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await handle.datasync();
}

async function readJournal(file: string, head: JournalHead): Promise<JournalState> {
  let after = '';
  let ahead = new Set<string>();
  const failed = new Map<string, string>();
  const actions = { ...noTotals.actions };
  let objects = 0;
  let bytes = 0;
  let runs = 0;
  let finished = false;
  for await (const line of readLines(file, head)) {
    finished = false;
    if (line.t === 'start') runs++;
    else if (line.t === 'done') {
      objects++;
      bytes += line.s;
      actions[line.a]++;
      failed.delete(line.k);
      ahead.add(line.k);
    } else if (line.t === 'fail') failed.set(line.k, line.m);
    else if (line.t === 'mark') {
      after = line.k;
      // Marks follow what they are about: what is left was done ahead of them. Bytewise, as keys are listed.
      const border = Buffer.from(after);
      ahead = new Set([...ahead].filter((key) => Buffer.compare(Buffer.from(key), border) > 0));
    } else finished = true;
  }
  return { after, ahead, failed, totals: { objects, bytes, actions }, runs, finished };
}

/** Whole lines only; the file is cut behind the last one. */
async function* readLines(file: string, head: JournalHead): AsyncGenerator<Line> {
  let rest: Buffer = Buffer.alloc(0);
  let whole = 0;
  let first = true;
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 16 }) as AsyncIterable<Buffer>) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        const line = parseLine(rest.subarray(0, end).toString());
        whole += end + 1;
        rest = rest.subarray(end + 1);
        if (line === null) {
          // After a power failure a block may be missing in what was not yet flushed; nothing behind it counts.
          if (first) throw foreign(file);
          await truncate(file, whole - (end + 1));
          return;
        }
        if (first || line.t === 'start') checkHead(file, line, head);
        first = false;
        yield line;
      }
    }
  } catch (error) {
    if (hasErrnoCode(error, 'ENOENT')) return;
    throw error;
  }
  if (rest.length > 0) {
    if (first && whole === 0 && !'{"t":"start"'.startsWith(rest.subarray(0, 12).toString())) throw foreign(file);
    await truncate(file, whole);
  }
}

function parseLine(text: string): Line | null {
  try {
    const line = JSON.parse(text) as Line;
    return ['start', 'done', 'fail', 'mark', 'end'].includes(line.t) ? line : null;
  } catch {
    return null;
  }
}

function checkHead(file: string, line: Line, head: JournalHead): void {
  if (line.t !== 'start') throw foreign(file);
  for (const name of ['source', 'target', 'rules'] as const)
    if (line[name] !== head[name])
      throw new PublishError('usage', `this is the journal of another migration: its ${name} is ${line[name]}`, {
        file,
        hint: `Finish that one, or begin anew with --restart (the ${name} is now ${head[name]}).`,
      });
}

function foreign(file: string): PublishError {
  return new PublishError('usage', 'this file is no journal of a migration', {
    file,
    hint: 'Move it away, or begin anew with --restart.',
  });
}

/** The entries of a journal, for the verification. An object that was done again comes again. */
export async function* readEntries(file: string, head: JournalHead): AsyncGenerator<JournalEntry> {
  for await (const line of readLines(file, head))
    if (line.t === 'done') yield { key: line.k, action: line.a, size: line.s, etag: line.e };
}
