/**
 * Publishers of different releases at once, as processes of their own, while visitors keep pages and load what they
 * name. TWINORIGIN_ROUNDS=10 makes it ten times as many.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAws } from '../../src/aws/index.js';
import { readPointer, readRecord } from '../../src/release/record.js';
import { openKiller, type Killer } from '../crash/killedPublisher.js';
import { writeSite } from '../crash/matrix.js';
import { openEdge, openPlace, run, type Job, type Place } from '../crash/publisher.js';
import { findBroken, openPages, type HeldPage } from '../crash/visitor.js';
import { createBucket, rgw, useCredentials } from './server.js';

const times = Number(process.env.TWINORIGIN_ROUNDS ?? '1');
const paths = ['/', '/news/'];

const release = (name: string) => ({
  'index.html': `<link rel=stylesheet href=a.css><img src=logo.png><p>${name}</p>`,
  'news/index.html': `<link rel=stylesheet href=../a.css><img src=../own.png><p>${name}</p>`,
  'a.css': `a{background:url(back.png)} /* ${name} */`,
  'back.png': `back ${name}`,
  'own.png': `own ${name}`,
  'logo.png': 'logo',
});

let killer: Killer;
let folder: string;
beforeAll(async () => {
  killer = await openKiller();
  folder = await mkdtemp(join(tmpdir(), 'twinorigin-races-'));
}, 300_000);
afterAll(async () => {
  await killer.close();
  await rm(folder, { recursive: true, force: true });
});

const nameIn = ({ content }: HeldPage): string | undefined => /<p>(.*)<\/p>/.exec(content.toString())?.[1];

/** Opens pages, keeps some of them, and looks for what they name, until told to leave. */
function sendVisitors(urls: Job['urls']) {
  const held: HeldPage[] = [];
  const broken: string[] = [];
  let looks = 0;
  let open = true;
  const walking = (async () => {
    while (open) {
      held.push(...(await openPages(urls, paths)));
      broken.push(...(await findBroken(urls, held)));
      looks++;
      if (held.length > 8) held.splice(0, 4);
      // The publishers need the processors too.
      await setTimeout(50);
    }
  })();
  return {
    async leave() {
      open = false;
      await walking;
      return { broken, looks };
    },
  };
}

async function race(place: Place, publishers: number) {
  const edge = await openEdge(place, 0);
  try {
    const jobOf = async (index: number): Promise<Job> => {
      const site = join(place.root, `site ${index}`);
      await writeSite(site, release(`release ${index}`));
      const cacheDir = join(place.root, `cache ${index}`);
      const options = { wait: index % 2 === 0 };
      return { place, site, cacheDir, urls: edge.urls, now: `2026-11-25T12:00:0${index}Z`, options };
    };
    const jobs = await Promise.all(Array.from({ length: publishers + 1 }, (_, index) => jobOf(index)));
    await run(jobs[0]!);
    const visitors = sendVisitors(edge.urls);
    const outcomes = await Promise.all(jobs.slice(1).map((job) => killer.finish(job)));
    const { broken, looks } = await visitors.leave();
    expect(broken).toEqual([]);
    // A loser is told why; nobody fails in any other way.
    for (const outcome of outcomes) expect([null, 'locked 10']).toContain(outcome);
    const winners = outcomes.filter((outcome) => outcome === null).length;
    expect(winners).toBeGreaterThan(0);

    const shown = await openPages(edge.urls, paths);
    expect(shown).toHaveLength(paths.length);
    const live = nameIn(shown[0]!);
    expect(shown.map(nameIn)).toEqual(shown.map(() => live));
    expect(outcomes[Number(live?.slice('release '.length)) - 1]).toBeNull();
    expect(await findBroken(edge.urls, shown)).toEqual([]);

    const { stores, close } = openPlace(place);
    const { pointer } = await readPointer(stores.pages);
    expect(pointer.unfinished).toEqual([]);
    let length = 0;
    // Each release names the one before it, down to the first.
    for (let id = pointer.live; id !== null; length++) id = (await readRecord(stores.pages, id)).previous;
    close();
    expect(length).toBe(1 + winners);
    return { winners, looks };
  } finally {
    await edge.close();
  }
}

async function raceOften(where: string, makePlace: (root: string) => Place): Promise<void> {
  for (const [publishers, rounds] of [
    [2, 6],
    [4, 3],
    [8, 2],
  ] as const) {
    let releases = 0;
    let seen = 0;
    for (let round = 0; round < rounds * times; round++) {
      const root = join(folder, randomBytes(4).toString('hex'));
      const { winners, looks } = await race(makePlace(root), publishers);
      releases += winners;
      seen += looks;
      await rm(root, { recursive: true, force: true });
    }
    process.stdout.write(
      `${publishers} publishers on ${where}, ${rounds * times} rounds: ${releases} releases, ${seen} looks, none broken\n`,
    );
  }
}

const patience = { timeout: 3_600_000 };

describe('2, 4 and 8 publisher processes at once', () => {
  it('end as exactly one of them, and no visitor misses anything, on folders', patience, () =>
    raceOften('folders', (root) => ({ kind: 'directory', root })),
  );

  it('end as exactly one of them, and no visitor misses anything, on Ceph', patience, async () => {
    useCredentials(rgw());
    const aws = openAws({ endpointUrl: rgw().url });
    const bucket = await createBucket(aws);
    aws.close();
    await raceOften('Ceph radosgw', (root) => ({
      kind: 's3',
      root,
      endpoint: rgw().url,
      bucket,
      prefix: randomBytes(4).toString('hex'),
    }));
  });
});
