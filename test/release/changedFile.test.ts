/** A build that still writes while its site is being published. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { withCredentials } from '../aws/credentials.js';
import { openPlace, run, type Job, type Place } from '../crash/publisher.js';
import { startFakeS3 } from '../fakes/fakeS3.js';

withCredentials();

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

const mebibyte = 1024 * 1024;

describe.each(['directory', 's3'] as const)('a file that changes while it is being published (%s)', (kind) => {
  // Small ones are read whole, those above 1 MiB streamed from disk, those above 16 MiB sent in parts.
  it.each([
    ['of a few bytes', 'photo.png', 20],
    ['of some megabytes', 'film.mp4', 3 * mebibyte],
    ['that is sent in parts', 'film.mp4', 18 * mebibyte],
  ])(
    '%s is noticed, although it keeps its size, and nothing goes live',
    { timeout: 120_000 },
    async (_, name, size) => {
      const folder = mkdtempSync(join(tmpdir(), 'twinorigin-changed-'));
      opened.push({ close: () => rmSync(folder, { recursive: true, force: true }) });
      const root = join(folder, 'place');
      const site = join(folder, 'site');
      mkdirSync(site);
      writeFileSync(join(site, 'index.html'), `<img src=photo.png><video src=film.mp4></video>`);
      const film = join(site, name);
      writeFileSync(film, Buffer.alloc(size, 'a'));
      let place: Place = { kind: 'directory', root };
      if (kind === 's3') {
        const fake = await startFakeS3();
        opened.push(fake);
        place = { kind: 's3', root, endpoint: fake.url, bucket: 'bucket', prefix: 'p' };
      }
      const urls = {
        images: 'http://images.localhost:1',
        resources: 'http://r.localhost:1',
        pages: 'http://www.localhost:1',
      };
      const job: Job = {
        place,
        site,
        cacheDir: join(folder, 'cache'),
        urls,
        now: '2026-11-25T12:00:00Z',
        settings: { verify: { sample: 0 } },
        options: {
          onPlanned: () => {
            const bytes = readFileSync(film);
            bytes[bytes.length - 5] = 98;
            writeFileSync(film, bytes);
          },
        },
      };
      const { stores, close } = openPlace(place);
      opened.push({ close });
      await expect(run(job)).rejects.toMatchObject({ code: 'site-changed', exitCode: 1 });
      for (const store of Object.values(stores))
        for await (const { key } of store.list('')) expect(key).toMatch(/^\.twinorigin\//);
      const { plan } = await run({ ...job, options: {} });
      expect(plan.totals.created).toBeGreaterThan(0);
    },
  );
});
