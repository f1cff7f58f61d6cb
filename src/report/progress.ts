/** Progress of every phase: one live line per running phase on a terminal, plain lines elsewhere. */
import type { Event, Phase } from '../events.js';
import { openRemaining, type Remaining } from '../remaining.js';
import { countOf, formatBytes, formatCount, formatDuration } from './amounts.js';
import { provisionVerbs } from './provisionVerbs.js';
import { measureWidth, pad, paint, showSafely, shorten, type Look } from './text.js';

/** What each phase does, and what it counts. */
const phases: Readonly<Record<Phase, readonly [label: string, noun: string]>> = {
  scan: ['read and hash', 'file'],
  find: ['find references', 'file'],
  build: ['fingerprint and rewrite', 'object'],
  encode: ['compress', 'object'],
  inventory: ['read what is live', 'record'],
  compare: ['compare with the stores', 'object'],
  upload: ['upload assets', 'object'],
  verify: ['verify through the CDN', 'object'],
  pages: ['put pages live', 'object'],
  gather: ['gather the pages', 'file'],
  send: ['send to the servers', 'file'],
  invalidate: ['invalidate', 'path'],
  prune: ['prune', 'object'],
  crawl: ['fetch the live site', 'file'],
  survey: ['count what is there', 'object'],
  sort: ['look at what there is', 'object'],
  batch: ['copy by jobs', 'object'],
  migrate: ['migrate', 'object'],
  audit: ['verify what was migrated', 'object'],
};
const labelWidth = Math.max(...Object.values(phases).map(([label]) => label.length));

interface Running {
  readonly started: number;
  readonly total?: number | undefined;
  readonly totalBytes?: number | undefined;
  readonly remaining: Remaining;
  done: number;
  bytes: number;
  /** When the last plain line about it was written. */
  told: number;
}

interface ProgressOptions {
  readonly look: Look;
  /** Rewrites its own lines; needs a terminal. */
  readonly live: boolean;
  readonly write: (text: string) => void;
  /** Milliseconds; for tests. */
  readonly now?: () => number;
}

export interface Progress {
  readonly listen: (event: Event) => void;
  /** Tells what is finished and removes the live lines, so that other text can be written. */
  readonly clear: () => void;
}

type Finished = Extract<Event, { type: 'phase-finished' }>;

const repaintEvery = 80;
const tellEvery = 10_000;

/** Listens to the pipeline's events and shows them. */
export function createProgress({ look, live, write, now = () => performance.now() }: ProgressOptions): Progress {
  const running = new Map<Phase, Running>();
  /** Told when another phase begins: some phases run in several steps, and count as one. */
  let finished: { readonly event: Finished; readonly bytes: number } | undefined;
  let painted = 0;
  let paintedAt = -Infinity;

  function erase(): void {
    if (painted > 0) write(`\u001b[${painted}A\u001b[0J`);
    painted = 0;
  }
  function clear(): void {
    erase();
    if (finished !== undefined) write(`${showFinished(finished.event, finished.bytes, look)}\n`);
    finished = undefined;
  }
  function finish(event: Finished, bytes: number): void {
    if (finished?.event.phase === event.phase) {
      const { done, milliseconds } = finished.event;
      const sum = { ...event, done: done + event.done, milliseconds: milliseconds + event.milliseconds };
      finished = { event: sum, bytes: finished.bytes + bytes };
      return;
    }
    clear();
    // A step that had nothing to do is not worth a line.
    if (event.done > 0) finished = { event, bytes };
  }
  function repaint(): void {
    erase();
    paintedAt = now();
    for (const [phase, state] of running) write(`${showRunning(phase, state, look, now())}\n`);
    painted = running.size;
  }
  function say(line: string): void {
    clear();
    write(`${line}\n`);
    if (live && running.size > 0) repaint();
  }

  function listen(event: Event): void {
    switch (event.type) {
      case 'phase-started':
        if (finished?.event.phase !== event.phase) clear();
        running.set(event.phase, {
          started: now(),
          total: event.total,
          totalBytes: event.bytes,
          remaining: openRemaining(),
          done: 0,
          bytes: 0,
          told: now(),
        });
        if (live) repaint();
        return;
      case 'phase-progress': {
        const state = running.get(event.phase);
        if (state === undefined) return;
        state.done = event.done;
        state.bytes = event.bytes ?? state.bytes;
        if (live && now() - paintedAt >= repaintEvery) repaint();
        if (!live && now() - state.told >= tellEvery) {
          state.told = now();
          write(`${showRunning(event.phase, state, look, now())}\n`);
        }
        return;
      }
      case 'phase-finished': {
        const bytes = running.get(event.phase)?.bytes ?? 0;
        running.delete(event.phase);
        finish(event, bytes);
        if (live) repaint();
        return;
      }
      case 'object-failed': {
        const what = `${event.origin} ${showSafely(event.key)}: ${showSafely(event.message)}`;
        say(`${paint(look, 'red', '✗')} ${what}`);
        return;
      }
      case 'invalidation-started':
        if (look.verbose) say(`  ${event.origin}: invalidation ${event.id} of ${countOf(event.paths.length, 'path')}`);
        return;
      case 'resource-started':
        if (live) say(`${paint(look, 'cyan', '•')} ${showSafely(event.name)}: ${provisionVerbs[event.action].doing}`);
        return;
      case 'resource-waiting':
        say(`${paint(look, 'cyan', '•')} ${showSafely(event.name)} ${showSafely(event.reason)}`);
        return;
      case 'resource-finished': {
        const what = `${showSafely(event.name)}: ${provisionVerbs[event.action].done}`;
        const took = paint(look, 'dim', `${showSafely(event.id)} (${formatDuration(event.milliseconds)})`);
        say(`${paint(look, 'green', '✓')} ${what}  ${took}`);
        return;
      }
      case 'problem':
        // Problems are part of the report, where they are sorted and counted.
        return;
    }
  }
  return { listen, clear };
}

function showFinished(event: Finished, sent: number, look: Look): string {
  const [label, noun] = phases[event.phase];
  const bytes = sent > 0 ? formatBytes(sent) : '';
  const counts = `${pad(countOf(event.done, noun), 15, 'left')}  ${pad(bytes, 7, 'left')}`;
  const line = `${paint(look, 'green', '✓')} ${pad(label, labelWidth)}  ${counts}  ${pad(formatDuration(event.milliseconds), 6, 'left')}`;
  return measureWidth(line) <= look.width
    ? line
    : `${paint(look, 'green', '✓')} ${label}: ${countOf(event.done, noun)}`;
}

function showRunning(phase: Phase, state: Running, look: Look, now: number): string {
  const [label, noun] = phases[phase];
  const of = state.total === undefined ? '' : `/${formatCount(state.total)}`;
  const bytes =
    state.bytes === 0
      ? ''
      : `  ${formatBytes(state.bytes)}${state.totalBytes === undefined ? '' : ` of ${formatBytes(state.totalBytes)}`}`;
  const left = estimateLeft(state, now);
  const rest = left === undefined ? '' : `  ${formatDuration(left)} left`;
  const counts = `${formatCount(state.done)}${of} ${noun}s${bytes}${rest}`;
  // One line on the screen must stay one line, or the next repaint would move up too few.
  return `${paint(look, 'cyan', '•')} ${shorten(`${pad(label, labelWidth)}  ${counts}`, look.width - 3)}`;
}

/** By bytes where their total is known, else by count. */
function estimateLeft({ started, done, total, bytes, totalBytes, remaining }: Running, now: number) {
  const share =
    totalBytes !== undefined && totalBytes > 0 ? bytes / totalBytes : total === undefined ? 0 : done / total;
  return remaining.estimate(share, now - started);
}
