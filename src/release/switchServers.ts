/** Puts a release on the servers that serve the pages, and switches them to it. */
import type { Build } from '../build/build.js';
import { acquireLock } from './lock.js';
import { pathInRelease } from './keys.js';
import { usualMissingPage } from './placeRelease.js';
import type { MendedServer, PagesServers, PlacedRelease, World } from './ports.js';
import { readPointer, readRecord } from './record.js';
import type { Plan, ReleaseRecord } from './release.js';
import { restoreBuild } from './rollback.js';
import type { PreparedEdge } from './switchEdge.js';
import { writeServerRules } from '../webserver/index.js';
import type { Problem } from '../problems.js';

/** The folder goes there now, unseen by anybody. Undefined where no server of ours serves the pages. */
export async function prepareServers(plan: Plan, build: Build, { servers }: World): Promise<PreparedEdge | undefined> {
  const release = folderNameOf(plan.edge);
  if (servers === undefined || release === undefined) return undefined;
  await servers.place(release, describePlaced(build, release));
  return { switchLive: () => servers.switchTo(release) };
}

/**
 * Puts the live release on servers that have lost it: one that was replaced with an empty disk, or one that was down
 * when the others were switched. Looks first, and takes the lock only when there is something to do.
 */
export async function serveAgain(world: World, wait: boolean): Promise<readonly Problem[]> {
  const { servers } = world;
  if (servers === undefined || (await findBehind(servers, world)).length === 0) return [];
  const lock = await acquireLock(world, { wait });
  try {
    const behind = await findBehind(servers, world);
    const record = await readLive(world);
    const release = folderNameOf(record?.edge);
    if (record === null || release === undefined || behind.length === 0) return [];
    await servers.place(release, describePlaced(restoreBuild(record, world), release));
    await lock.assertHeld();
    await servers.switchTo(release);
    return behind.map((name) => ({
      code: 'server-behind',
      severity: 'warning',
      message: `${name} did not serve release ${record.id}; it does again`,
    }));
  } finally {
    await lock.release();
  }
}

/**
 * Compares every byte of the live release on the servers with what was published, and sends what differs. A release is
 * changed in its folder: what visitors get in between is the old file or the right one.
 */
export async function mendServers(world: World, wait: boolean): Promise<readonly Problem[]> {
  const { servers } = world;
  if (servers === undefined) return [];
  const lock = await acquireLock(world, { wait });
  try {
    const record = await readLive(world);
    const release = folderNameOf(record?.edge);
    if (record === null || release === undefined) return [];
    const mended = await servers.mend(release, describePlaced(restoreBuild(record, world), release));
    return mended.flatMap(tellMended);
  } finally {
    await lock.release();
  }
}

function tellMended({ name, sent, foreign }: MendedServer): readonly Problem[] {
  const list = (paths: readonly string[]): string =>
    `${countFiles(paths)}: ${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ', …' : ''}`;
  return [
    ...(sent.length === 0
      ? []
      : [
          {
            code: 'server-differs',
            severity: 'warning',
            message: `${name} served something else than was published; sent again: ${list(sent)}`,
          } as const,
        ]),
    ...(foreign.length === 0
      ? []
      : [
          {
            code: 'foreign-objects',
            severity: 'note',
            message: `${name} serves what no release put there, ${list(foreign)}`,
            hint: 'They are left alone.',
          } as const,
        ]),
  ];
}

function countFiles({ length }: readonly string[]): string {
  return `${length} ${length === 1 ? 'file' : 'files'}`;
}

async function findBehind(servers: PagesServers, world: World): Promise<readonly string[]> {
  const [states, { pointer }] = await Promise.all([servers.look(), readPointer(world.readers.pages)]);
  const others = states.filter(({ live }) => live !== pointer.live);
  if (others.length === 0) return [];
  // After a rollback the folder is that of the release that was gone back to.
  const release = folderNameOf((await readLive(world))?.edge);
  return release === undefined ? [] : others.filter(({ live }) => live !== release).map(({ name }) => name);
}

async function readLive({ readers }: World): Promise<ReleaseRecord | null> {
  const { pointer } = await readPointer(readers.pages);
  return pointer.live === null ? null : readRecord(readers.pages, pointer.live);
}

/** The name of the folder that a release is served from; undefined where it has none. */
export function folderNameOf(served: ReleaseRecord['edge']): string | undefined {
  return /^\/releases\/([^/]+)$/.exec(served?.folder ?? '')?.[1];
}

function describePlaced(build: Build, release: string): PlacedRelease {
  const objects = build.objects.filter(
    (object) => object.origin === 'pages' && object.key.startsWith(`releases/${release}/`),
  );
  const { rules } = build;
  return {
    files: objects.map((object) => ({ path: pathInRelease(object.key), open: () => build.open(object) })),
    rulesFor(kind, folder) {
      if (rules === undefined) return [];
      const { urls, redirects, headers, missingPage = usualMissingPage } = rules;
      const files = objects
        .filter((object) => object.headers.contentEncoding === undefined)
        .map(({ key, headers: { contentType, cacheControl } }) => ({
          path: pathInRelease(key),
          contentType,
          cacheControl,
        }));
      return writeServerRules(kind, { urls, redirects, headers, missingPage, files }, folder);
    },
  };
}
