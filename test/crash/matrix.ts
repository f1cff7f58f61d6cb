/**
 * The crash matrix: a publisher with adds, changes, removals and changed headers is killed before and after every single
 * operation of its stores and CDNs. After each kill visitors look, and the same command runs again.
 */
import { link, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { originNames } from '../../src/build/build.js';
import { decodePointer } from '../../src/release/recordFormat.js';
import { lockKey, pointerKey } from '../../src/release/keys.js';
import type { ObjectStore } from '../../src/release/ports.js';
import { digestOf } from '../../src/site/names.js';
import type { Killer } from './killedPublisher.js';
import { openEdge, openPlace, run, type Job, type Place } from './publisher.js';
import { findBroken, openPages } from './visitor.js';

const before = {
  'index.html': '<link rel=stylesheet href=/css/site.css><img src="/img/logo.png"><img src="/img/old.png">',
  'gone.html': '<img src=/img/old.png>',
  'css/site.css': `body { background: url(../img/back.png) } ${'/* filler */ '.repeat(40)}`,
  'img/logo.png': 'logo',
  'img/back.png': 'back',
  'img/old.png': 'old',
  'notes.txt': 'notes',
};
const after = {
  'index.html': '<link rel=stylesheet href=/css/site.css><img src="/img/logo.png"><img src="/img/new.png">',
  'new/index.html': '<img src=../img/new.png>',
  'css/site.css': before['css/site.css'],
  'img/logo.png': 'logo',
  'img/back.png': 'another back',
  'img/new.png': 'new',
  'notes.txt': 'notes',
};
/** The two releases. */
export const sites = { before, after } as const;
export const pages = ['/', '/gone.html', '/new/'];
/** The second publish also changes a header of a file that keeps its bytes. */
const headerRule = { rules: [{ match: 'notes.txt', cacheControl: 'no-cache' }] };

export interface Point {
  readonly operation: number;
  readonly moment: 'before' | 'after';
}

export interface Verdict extends Point {
  /** Empty when the point was passed as it should be. */
  readonly faults: readonly string[];
}

interface Lane {
  readonly folder: string;
  readonly port: number;
  readonly jobs: { readonly before: Omit<Job, 'place'>; readonly after: Omit<Job, 'place'> };
  /** End state of an undisturbed run, and how many operations that had. */
  readonly reference: Readonly<Record<string, string>>;
  readonly operations: number;
  /** Where the first release is live, as a folder: for places that are folders. */
  readonly snapshot: string;
}

export interface Matrix {
  readonly points: readonly Point[];
  readonly verdicts: readonly Verdict[];
}

/**
 * Runs the matrix.
 * @param makePlace an empty place; `root` is a folder for it.
 * @param lanes publishers at work at once, each with an edge of its own.
 */
export async function runMatrix(
  makePlace: (root: string) => Promise<Place>,
  killer: Killer,
  lanes: number,
): Promise<Matrix> {
  const folder = await mkdtemp(join(tmpdir(), 'twinorigin-matrix-'));
  try {
    const opened: Lane[] = [];
    for (let index = 0; index < lanes; index++) opened.push(await openLane(join(folder, String(index)), makePlace));
    const count = opened[0]!.operations;
    const points = Array.from({ length: count }, (_, index) => index + 1).flatMap((operation): Point[] => [
      { operation, moment: 'before' },
      { operation, moment: 'after' },
    ]);
    const queue = [...points.entries()];
    const verdicts: Verdict[] = [];
    await Promise.all(
      opened.map(async (lane) => {
        // Whatever goes wrong is told with its point, and does not stop the others.
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const [index, point] = next;
          const root = join(lane.folder, `p${index}`);
          const faults = await makePlace(root)
            .then((place) => tryPoint(place, lane, killer, point))
            .catch((error: unknown) => [error instanceof Error ? (error.stack ?? error.message) : String(error)]);
          verdicts.push({ ...point, faults });
          await rm(root, { recursive: true, force: true });
        }
      }),
    );
    return { points, verdicts };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function openLane(folder: string, makePlace: (root: string) => Promise<Place>): Promise<Lane> {
  await writeSite(join(folder, 'before'), before);
  await writeSite(join(folder, 'after'), after);
  const place = await makePlace(join(folder, 'reference'));
  const edge = await openEdge(place, 0);
  try {
    const common = { cacheDir: join(folder, 'cache'), urls: edge.urls };
    const jobs = {
      before: { ...common, site: join(folder, 'before'), now: '2026-11-24T12:00:00Z' },
      after: { ...common, site: join(folder, 'after'), now: '2026-11-25T12:00:00Z', settings: headerRule },
    };
    await run({ ...jobs.before, place });
    const snapshot = join(folder, 'snapshot');
    if (place.kind === 'directory') await linkTree(place.root, snapshot);
    let operations = 0;
    await run({ ...jobs.after, place }, { before: () => void operations++, after: () => undefined });
    return { folder, port: edge.port, jobs, operations, snapshot, reference: await readState(place) };
  } finally {
    await edge.close();
  }
}

/** Brings a place to where the first release is live. */
async function prepare(place: Place, { jobs, snapshot }: Lane): Promise<void> {
  if (place.kind === 'directory') await linkTree(snapshot, place.root);
  else await run({ ...jobs.before, place });
}

/** Nothing in a store folder is ever written in place: hard links are as good as copies. */
async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (entry.isDirectory()) await linkTree(join(from, entry.name), join(to, entry.name));
    else await link(join(from, entry.name), join(to, entry.name));
  }
}

async function tryPoint(place: Place, lane: Lane, killer: Killer, { operation, moment }: Point): Promise<string[]> {
  const faults: string[] = [];
  const { urls } = lane.jobs.before;
  // Like CloudFront, it has served the old release to many and remembers it.
  const edge = await openEdge(place, lane.port);
  try {
    await prepare(place, lane);
    const held = await openPages(urls, pages);
    await findBroken(urls, held);
    const signal = await killer.publish({ ...lane.jobs.after, place }, operation, moment);
    if (signal !== 'SIGKILL') faults.push(`it was not killed but ended with ${signal ?? 'exit code 0'}`);
    const look = async (when: string) => {
      const now = await openPages(urls, pages);
      if (now.length === 0) faults.push(`${when}: no page at all`);
      for (const url of await findBroken(urls, [...held, ...now])) faults.push(`${when}: ${url} is missing`);
    };
    await look('after the kill');
    await run({ ...lane.jobs.after, place });
    await look('after the second run');
    // What the edge remembered of changed pages was invalidated, or visitors would still get it.
    const shown = await openPages(urls, pages);
    const wanted = new Map(Object.entries(lane.reference));
    for (const page of shown) {
      const key = page.url.slice(urls.pages.length + 1).replace(/(^|\/)$/, '$1index.html');
      if (!wanted.get(`pages/${key}`)?.includes(digestOf(page.content))) faults.push(`${page.url} is stale`);
    }
    if (shown.some(({ url }) => url.endsWith('/gone.html'))) faults.push('a removed page is still served');
    faults.push(...compareStates(lane.reference, await readState(place)));
  } finally {
    await edge.close();
  }
  return faults;
}

/** Every object with its headers and the digest of its bytes. Not the lock; and of the pointer not its count. */
export async function readState(place: Place): Promise<Record<string, string>> {
  const { stores, close } = openPlace(place);
  const state: Record<string, string> = {};
  for (const origin of originNames)
    for (const [key, text] of await readStore(stores[origin])) state[`${origin}/${key}`] = text;
  close();
  return state;
}

async function readStore(store: ObjectStore): Promise<[string, string][]> {
  const keys = [];
  for await (const { key } of store.list('')) if (key !== lockKey) keys.push(key);
  return Promise.all(
    keys.map(async (key): Promise<[string, string]> => {
      const { object, bytes } = (await store.get(key))!;
      const { headers, identity } = object;
      const content =
        key === pointerKey ? JSON.stringify({ ...decodePointer(bytes.toString()), sequence: 0 }) : digestOf(bytes);
      return [key, JSON.stringify({ headers, identity, content })];
    }),
  );
}

export function compareStates(
  wanted: Readonly<Record<string, string>>,
  found: Readonly<Record<string, string>>,
): string[] {
  return [...new Set([...Object.keys(wanted), ...Object.keys(found)])]
    .filter((place) => wanted[place] !== found[place])
    .map((place) => `${place} is ${found[place] ?? 'missing'} instead of ${wanted[place] ?? 'nothing'}`);
}

export async function writeSite(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}
