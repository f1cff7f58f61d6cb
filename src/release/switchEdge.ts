/** Tells the edge which release it serves: first the tables, which nobody looks at yet, then one write that switches. */
import { randomBytes } from 'node:crypto';
import type { Build } from '../build/build.js';
import { liveKey, previewKeyPrefix, releaseKeyPrefix, secretKey, type LiveRelease } from '../edge/live.js';
import { PublishError } from '../errors.js';
import { makeEdgeEntries, type EdgeEntries } from './edgeEntries.js';
import { pathInRelease } from './keys.js';
import { EdgeChanged, type EdgeChange, type EdgeState, type EdgeStore, type World } from './ports.js';
import type { Plan } from './release.js';

/** The value before the last switch: what slow parts of the CDN may still read. */
export const beforeKey = 'before';
/** 5 MB for a key-value store (AWS, "Quotas on key value stores"). */
const largestStore = 5 * 1024 * 1024;

export interface PreparedEdge {
  /** One write: visitors get the release from now on. */
  switchLive(): Promise<void>;
}

/** Puts the tables of a release. Undefined where no function of ours stands before the pages. */
export async function prepareEdge(plan: Plan, build: Build, world: World): Promise<PreparedEdge | undefined> {
  const { edge } = world;
  if (edge === undefined || plan.edge === undefined) return undefined;
  const entries = describeRelease(plan, build);
  await putTables(edge, entries);
  return {
    switchLive: () =>
      changeEdge(edge, ({ entries: known }) => {
        const { live } = entries;
        const current = parseLive(known.get(liveKey));
        const next = JSON.stringify(current?.m === undefined ? live : { ...live, m: current.m });
        const put = new Map([[liveKey, next]]);
        if (current !== undefined && current.i !== live.i) put.set(beforeKey, known.get(liveKey) ?? '');
        return { put, remove: [] };
      }),
  };
}

/** Puts the tables of a release under the name of a preview, beside the live one. */
export async function switchPreview(plan: Plan, build: Build, edge: EdgeStore, name: string): Promise<void> {
  const { live, tables } = describeRelease(plan, build);
  const entries: EdgeEntries = { live: { ...live, v: 1 }, tables };
  await putTables(edge, entries);
  const value = JSON.stringify(entries.live);
  await changeEdge(edge, () => ({ put: new Map([[previewKeyPrefix + name, value]]), remove: [] }));
}

/** Applies a change to what is there; looks again when somebody else wrote in the meantime. */
export async function changeEdge(edge: EdgeStore, decide: (state: EdgeState) => EdgeChange): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const state = await edge.read();
    const { put, remove } = decide(state);
    const isChanged = [...put].some(([key, value]) => state.entries.get(key) !== value);
    const gone = remove.filter((key) => state.entries.has(key));
    if (!isChanged && gone.length === 0) return;
    try {
      await edge.write({ put, remove: gone }, state.version);
      return;
    } catch (error) {
      if (!(error instanceof EdgeChanged)) throw error;
      if (attempt === 5)
        throw new PublishError('cdn-failed', `${edge.name} is being changed by somebody else`, { cause: error });
    }
  }
}

/** Removes releases that are let go, but never the live one. */
export async function forgetReleases(edge: EdgeStore, releases: readonly string[]): Promise<void> {
  await changeEdge(edge, ({ entries }) => {
    const remove = [...entries].flatMap(([key, value]) => {
      const isSelectable = key.startsWith(releaseKeyPrefix) || key.startsWith(previewKeyPrefix);
      return isSelectable && releases.includes(parseLive(value)?.i ?? '') ? [key] : [];
    });
    return { put: new Map(), remove };
  });
}

function describeRelease(plan: Plan, build: Build): EdgeEntries {
  if (plan.edge === undefined) throw new Error('a release that no edge serves');
  // Variants have the path of their file; a file of the site may itself be called `data.json.gz`.
  const paths = new Set<string>(build.objects.filter(({ origin }) => origin === 'pages').map(({ path }) => path));
  return makeEdgeEntries(plan.release, plan.edge.folder, plan.edge.rules, [...paths].map(pathInRelease).sort());
}

async function putTables(edge: EdgeStore, { live, tables }: EdgeEntries): Promise<void> {
  await changeEdge(edge, ({ entries }) => {
    const put = new Map(tables);
    if (!entries.has(secretKey)) put.set(secretKey, randomBytes(24).toString('base64url'));
    // A pinned visitor stays on it after it has ceased to be the live one.
    if (live.p !== '') put.set(releaseKeyPrefix + live.i, JSON.stringify(live));
    const remove = listUnused(entries, live);
    const size = [...new Map([...entries, ...put])]
      .filter(([key]) => !remove.includes(key))
      .reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
    if (size > largestStore)
      throw new PublishError('rules-too-large', `${edge.name} would hold ${size} bytes; ${largestStore} are possible`);
    return { put, remove };
  });
}

/** Tables that no release names which the edge may still be asked for. */
function listUnused(entries: ReadonlyMap<string, string>, next: LiveRelease): string[] {
  const used = new Set([next.t]);
  for (const [key, value] of entries)
    if (isRelease(key)) {
      const release = parseLive(value);
      if (release !== undefined) used.add(release.t);
    }
  return [...entries.keys()].filter((key) => {
    const generation = /^([0-9a-f]{10})[trdh]\d+$/.exec(key)?.[1];
    return generation !== undefined && !used.has(generation);
  });
}

function isRelease(key: string): boolean {
  return key === liveKey || key === beforeKey || key.startsWith(releaseKeyPrefix) || key.startsWith(previewKeyPrefix);
}

export function parseLive(text: string | undefined): LiveRelease | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as LiveRelease;
  } catch {
    return undefined;
  }
}
