/** Holds two visits of the same page against each other. */
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import type { Visit } from './visit.js';

/** What is worse after than before; empty `problems` means nothing is. */
export interface Comparison {
  readonly path: string;
  /** Sentences for people. */
  readonly problems: readonly string[];
  /** Pixels that differ; the larger picture's size where the sizes differ. */
  readonly differentPixels: number;
  /** A PNG that marks the differences, where there are any and the sizes agree. */
  readonly difference?: Buffer;
}

export interface CompareOptions {
  /** How many pixels may differ; default none. */
  readonly tolerance?: number;
}

/** Compares pages pairwise by path; a page that is on one side only is a problem. */
export function comparePages(
  before: readonly Visit[],
  after: readonly Visit[],
  options: CompareOptions = {},
): readonly Comparison[] {
  const left = new Map(before.map((visit) => [visit.path, visit]));
  const right = new Map(after.map((visit) => [visit.path, visit]));
  return [...new Set([...left.keys(), ...right.keys()])].map((path) => {
    const [first, second] = [left.get(path), right.get(path)];
    if (first && second) return comparePage(first, second, options);
    return { path, problems: [`was visited only ${first ? 'before' : 'after'}`], differentPixels: 0 };
  });
}

/** Same picture, fonts and workers; no new failed request and no new console error. */
export function comparePage(before: Visit, after: Visit, { tolerance = 0 }: CompareOptions = {}): Comparison {
  const picture = comparePictures(before.screenshot, after.screenshot);
  const problems = [
    ...(picture.differentPixels > tolerance ? [picture.problem] : []),
    ...surplus(before.failures, after.failures, (failure) => `${failure.type} ${failure.reason}`).map(
      (failure) => `new failed request: ${failure.type} ${failure.url} (${failure.reason})`,
    ),
    ...surplus(before.errors, after.errors, withoutAddresses).map((error) => `new console error: ${error}`),
    ...surplus(after.fonts, before.fonts, (font) => font).map((font) => `font no longer loaded: ${font}`),
    ...(after.workers.length === before.workers.length
      ? []
      : [`${before.workers.length} workers before, ${after.workers.length} after`]),
    ...(after.title === before.title ? [] : [`title was "${before.title}", is "${after.title}"`]),
  ];
  const { differentPixels, difference } = picture;
  return { path: before.path, problems, differentPixels, ...(difference ? { difference } : {}) };
}

interface PictureComparison {
  readonly differentPixels: number;
  readonly problem: string;
  readonly difference?: Buffer;
}

function comparePictures(before: Buffer, after: Buffer): PictureComparison {
  if (before.equals(after)) return { differentPixels: 0, problem: '' };
  const [first, second] = [PNG.sync.read(before), PNG.sync.read(after)];
  if (first.width !== second.width || first.height !== second.height) {
    const sizes = [first, second].map(({ width, height }) => `${width} by ${height}`);
    const differentPixels = Math.max(first.width * first.height, second.width * second.height);
    return { differentPixels, problem: `picture was ${sizes[0]!} pixels, is ${sizes[1]!}` };
  }
  const { width, height } = first;
  const marks = new PNG({ width, height });
  const differentPixels = pixelmatch(first.data, second.data, marks.data, width, height, { threshold: 0.05 });
  return { differentPixels, problem: `${differentPixels} pixels differ`, difference: PNG.sync.write(marks) };
}

/** What `after` has more of than `before`, counted by what `nameOf` calls the same. */
function surplus<T>(before: readonly T[], after: readonly T[], nameOf: (item: T) => string): T[] {
  const left = new Map<string, number>();
  for (const item of before) left.set(nameOf(item), (left.get(nameOf(item)) ?? 0) + 1);
  return after.filter((item) => {
    const count = left.get(nameOf(item)) ?? 0;
    left.set(nameOf(item), count - 1);
    return count <= 0;
  });
}

/** Addresses change when a site moves; what went wrong does not. */
function withoutAddresses(message: string): string {
  return message.replace(/\b(?:https?|blob):[^\s'")]+/g, 'URL');
}
