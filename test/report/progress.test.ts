import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/events.js';
import { createProgress } from '../../src/report/progress.js';
import { plain } from './look.js';

function show(live: boolean, steps: readonly (Event | number)[]): string {
  let now = 0;
  let written = '';
  const progress = createProgress({ look: plain, live, write: (text) => (written += text), now: () => now });
  for (const step of steps) {
    if (typeof step === 'number') now += step;
    else progress.listen(step);
  }
  progress.clear();
  return written;
}

const started: Event = { type: 'phase-started', phase: 'upload', total: 1600, bytes: 67_000_000 };
const progressed = (done: number, bytes: number): Event => ({ type: 'phase-progress', phase: 'upload', done, bytes });
const finished: Event = { type: 'phase-finished', phase: 'upload', done: 1600, milliseconds: 4200 };

describe('progress', () => {
  it('is one plain line per finished phase where there is no terminal', () => {
    const text = show(false, [started, 500, progressed(1600, 67_000_000), finished]);
    expect(text).toMatch(/^✓ upload assets +1,600 objects +67 MB +4\.2 s\n$/);
    expect(text).not.toContain('\u001b');
  });
  it('says now and then how far a long phase is, with the remaining time', () => {
    const text = show(false, [started, 11_000, progressed(400, 16_750_000), 20, progressed(401, 16_750_000)]);
    expect(text).toMatch(/^• upload assets +400\/1,600 objects {2}17 MB of 67 MB {2}33 s left\n$/);
  });
  it('rewrites its own lines on a terminal, one per running phase', () => {
    const text = show(true, [started, { type: 'phase-started', phase: 'encode' }, 100, progressed(1, 10), finished]);
    expect(text).toContain('\u001b[2A\u001b[0J');
    expect(text.split('\u001b[2A\u001b[0J').at(-1)).toMatch(/^• compress .*\n/);
  });
  it('tells about a phase that runs in several steps once', () => {
    const step = (done: number): Event => ({ type: 'phase-finished', phase: 'pages', done, milliseconds: 1000 });
    const start: Event = { type: 'phase-started', phase: 'pages' };
    expect(show(false, [start, step(3), start, step(0), start, step(4)])).toMatch(
      /^✓ put pages live +7 objects +3\.0 s\n$/,
    );
  });
  it('does not repaint for every event', () => {
    const steps = Array.from({ length: 1000 }, (_, done) => progressed(done, done));
    expect(show(true, [started, ...steps]).split('\n').length).toBeLessThan(5);
  });
  it('names an object that failed at once, harmlessly', () => {
    const failed = {
      type: 'object-failed',
      origin: 'images',
      key: 'a\u001b.png',
      message: 'reset',
    } as unknown as Event;
    expect(show(false, [failed])).toBe('✗ images a\\x1b.png: reset\n');
  });
});
