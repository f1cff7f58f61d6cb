/**
 * Brings a live site home: from its sitemaps and its first page through every link, of this host alone, a few requests
 * at a time, as its robots.txt allows. Every answer is written down before it counts, so that a crawl can be stopped
 * and gone on with at any time.
 */
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { PublishError, hasErrnoCode } from '../../errors.js';
import type { Event } from '../../events.js';
import { decodeBody } from '../../release/decodeBody.js';
import type { Fetch, Fetched } from '../../release/ports.js';
import { defaultLazyAttributes, finderFor } from '../../site/references/index.js';
import { placeOf, withEnding } from './place.js';
import { readRobots, type Robots } from './robots.js';

export interface CrawlOptions {
  /** The first address; only its host is visited. */
  readonly start: string;
  /** Holds `site/` and the journal. */
  readonly folder: string;
  readonly fetch: Fetch;
  readonly emit: (event: Event) => void;
  readonly signal: AbortSignal;
  /** Requests under way at once. */
  readonly width: number;
}

/** One address and what became of it. */
export interface Visit {
  /** Path and query. */
  readonly url: string;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Where the body is kept, inside `site/`. */
  readonly place?: string;
  /** Where a redirect leads. */
  readonly location?: string;
  readonly error?: string;
}

export interface Crawled {
  /** The folder with the site. */
  readonly site: string;
  readonly visits: readonly Visit[];
  /** Addresses that robots.txt forbids. */
  readonly forbidden: readonly string[];
}

/** More would be something that makes up addresses, such as a calendar. */
const mostAddresses = 200_000;
const deepestSitemap = 3;

export async function crawlSite(options: CrawlOptions): Promise<Crawled> {
  const { folder, emit, signal, width } = options;
  const started = performance.now();
  const start = new URL(options.start);
  const site = join(folder, 'site');
  await mkdir(site, { recursive: true });
  // Beside the site: what a killed run left half written must not be published.
  const parts = join(folder, 'parts');
  await rm(parts, { recursive: true, force: true });
  await mkdir(parts);
  let written = 0;
  const robots = await fetchRobots(start, options);
  const journal = await openVisits(join(folder, 'crawl.journal'));
  const visits = new Map(journal.visits.map((visit) => [visit.url, visit]));
  const queue: string[] = [];
  const known = new Set<string>();
  const forbidden = new Set<string>();

  emit({ type: 'phase-started', phase: 'crawl' });
  const add = (url: URL): void => {
    const address = url.pathname + url.search;
    if (url.origin !== start.origin || known.has(address)) return;
    if (!robots.allows(address)) forbidden.add(address);
    else if (known.size < mostAddresses) {
      known.add(address);
      queue.push(address);
    }
  };
  try {
    add(start);
    for (const url of await readSitemaps(start, robots, options)) add(url);
    let running = 0;
    let fatal: unknown;
    let wake = (): void => undefined;
    while ((queue.length > 0 || running > 0) && fatal === undefined && !signal.aborted) {
      const address = running < width ? queue.shift() : undefined;
      if (address === undefined) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      running++;
      void visit(address)
        .catch((error: unknown) => (fatal ??= error))
        .finally(() => {
          running--;
          wake();
        });
      if (robots.delay > 0) await new Promise((resolve) => setTimeout(resolve, robots.delay));
    }
    while (running > 0) await new Promise<void>((resolve) => (wake = resolve));
    if (fatal !== undefined) throw fatal instanceof Error ? fatal : new Error('crawl failed');
    signal.throwIfAborted();
  } finally {
    await journal.close();
  }
  emit({ type: 'phase-finished', phase: 'crawl', done: visits.size, milliseconds: performance.now() - started });
  const home = start.pathname + start.search;
  const first = known.has(home) ? visits.get(home) : undefined;
  if (first === undefined || (first.place === undefined && first.location === undefined))
    throw new PublishError(
      'unreachable',
      `${start.href} answers ${first?.error ?? `with status ${first?.status ?? 0}`}`,
      {
        hint: first === undefined ? 'Its robots.txt forbids to visit it.' : 'Check the address.',
      },
    );
  return { site, visits: [...visits.values()], forbidden: [...forbidden] };

  async function visit(address: string): Promise<void> {
    const url = new URL(address, start);
    const before = visits.get(address);
    if (before !== undefined && isFinal(before)) {
      for (const target of await readAgain(before, url)) add(target);
      return;
    }
    const { visit: made, targets } = await fetchPage(url);
    visits.set(address, made);
    await journal.add(made);
    for (const target of targets) add(target);
    emit({ type: 'phase-progress', phase: 'crawl', done: visits.size });
  }

  async function readAgain({ place, location }: Visit, url: URL): Promise<readonly URL[]> {
    if (location !== undefined) return listUrls([location], url);
    if (place === undefined) return [];
    return findTargets(await readFile(join(site, place)), typeOfPlace(place), url);
  }

  async function fetchPage(url: URL): Promise<{ visit: Visit; targets: readonly URL[] }> {
    const address = url.pathname + url.search;
    let answer: Fetched;
    try {
      answer = await options.fetch(url.href, { 'accept-encoding': 'gzip, br' });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { visit: { url: address, status: 0, error: message }, targets: [] };
    }
    const { status, headers } = answer;
    const { location } = headers;
    if (status >= 300 && status < 400 && location !== undefined)
      return { visit: { url: address, status, location }, targets: listUrls([location], url) };
    if (status !== 200) return { visit: { url: address, status }, targets: [] };
    const bytes = await decodeBody(answer.body, headers['content-encoding']);
    if (bytes === undefined)
      return { visit: { url: address, status, error: 'its encoding cannot be undone' }, targets: [] };
    const mediaType = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
    const isPage = mediaType.includes('html');
    const named = placeOf(url, isPage);
    if (named === null) return { visit: { url: address, status, error: 'no file can have its name' }, targets: [] };
    const place = withEnding(named, mediaType);
    const file = join(site, ...place.split('/'));
    try {
      await mkdir(dirname(file), { recursive: true });
      // Several addresses may be one file, such as `/` and `/index.html`.
      const part = join(parts, String(++written));
      await writeFile(part, bytes);
      await rename(part, file);
    } catch (error) {
      // `/a` and `/a/b` cannot both be files.
      if (!hasErrnoCode(error, 'ENOTDIR', 'EISDIR', 'EEXIST')) throw error;
      return { visit: { url: address, status, error: 'a file and a folder want the same name' }, targets: [] };
    }
    return { visit: { url: address, status, place }, targets: findTargets(bytes, mediaType, url) };
  }
}

/** What the server could not say this time is asked again by the next run. */
function isFinal({ status }: Visit): boolean {
  return status !== 0 && status !== 429 && status < 500;
}

/** What a file names, as addresses without fragment. */
function findTargets(bytes: Buffer, mediaType: string, url: URL): readonly URL[] {
  const find = finderFor(mediaType);
  if (find === undefined) return [];
  const found = find(bytes, { lazyAttributes: defaultLazyAttributes });
  const base = found.base !== undefined && URL.canParse(found.base, url.href) ? new URL(found.base, url) : url;
  return listUrls(
    found.references
      .filter(({ treatment, kind }) => treatment !== 'evidence' && kind !== 'form@action')
      .map((reference) => reference.url),
    base,
  );
}

function listUrls(texts: readonly string[], base: URL): readonly URL[] {
  return texts.flatMap((text) => {
    if (text.startsWith('#') || !URL.canParse(text, base.href)) return [];
    const url = new URL(text, base);
    url.hash = '';
    return /^https?:$/.test(url.protocol) ? [url] : [];
  });
}

function typeOfPlace(place: string): string {
  if (/\.x?html?$/i.test(place)) return 'text/html';
  if (/\.css$/i.test(place)) return 'text/css';
  if (/\.m?js$/i.test(place)) return 'text/javascript';
  return /\.svg$/i.test(place) ? 'image/svg+xml' : '';
}

async function fetchRobots(start: URL, { fetch }: CrawlOptions): Promise<Robots> {
  try {
    const { status, body } = await fetch(new URL('/robots.txt', start).href, {});
    // RFC 9309, 2.3.1.4: a server that fails has to be taken for one that forbids everything.
    if (status >= 500) return readRobots('User-agent: *\nDisallow: /');
    return readRobots(status === 200 ? body.toString() : '');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PublishError('unreachable', `${start.origin} cannot be reached: ${why}`, {
      cause,
      hint: 'Check the address.',
    });
  }
}

async function readSitemaps(start: URL, robots: Robots, { fetch }: CrawlOptions): Promise<readonly URL[]> {
  const listed = robots.sitemaps.length > 0 ? robots.sitemaps : ['/sitemap.xml'];
  const found: URL[] = [];
  const seen = new Set<string>();
  const read = async (text: string, depth: number): Promise<void> => {
    if (!URL.canParse(text, start.href)) return;
    const { href, origin } = new URL(text, start);
    if (origin !== start.origin || seen.has(href) || depth > deepestSitemap) return;
    seen.add(href);
    const answer = await fetch(href, {}).catch(() => null);
    if (answer?.status !== 200) return;
    const isPacked = answer.body[0] === 0x1f && answer.body[1] === 0x8b;
    const xml = (isPacked ? gunzipSync(answer.body, { maxOutputLength: 64 * 1024 * 1024 }) : answer.body).toString();
    const locations = [...xml.matchAll(/<loc>\s*(?:<!\[CDATA\[)?\s*([^<\]]*?)\s*(?:\]\]>)?\s*<\/loc>/g)].map(
      ([, one = '']) => one.replace(/&amp;/g, '&'),
    );
    if (/<sitemapindex[\s>]/.test(xml)) for (const location of locations) await read(location, depth + 1);
    else found.push(...listUrls(locations, start));
  };
  for (const text of listed) await read(text, 1);
  return found;
}

interface VisitJournal {
  readonly visits: readonly Visit[];
  add(visit: Visit): Promise<void>;
  close(): Promise<void>;
}

/** One line a visit. A torn last line is cut off: its address is visited again. */
async function openVisits(file: string): Promise<VisitJournal> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole !== text) await writeFile(file, whole);
  const visits = whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Visit);
  const handle = await open(file, 'a');
  let writing: Promise<void> = Promise.resolve();
  return {
    visits,
    add: (visit) => (writing = writing.then(() => handle.appendFile(`${JSON.stringify(visit)}\n`))),
    async close() {
      await writing;
      await handle.datasync();
      await handle.close();
    },
  };
}
