/**
 * Proves what is published: the stores hold what the live record says, the CDN serves it to every kind of visitor, and
 * nothing that a page loads leads nowhere. Reads only.
 */
import { originNames, type OriginName } from '../build/build.js';
import { urlPath } from '../build/keys.js';
import { PublishError } from '../errors.js';
import { compareBytewise } from '../site/names.js';
import { findLoaded } from '../site/references/loaded.js';
import { decodeBody } from './decodeBody.js';
import { findDrift, type Drift } from './drift.js';
import { takeInventory } from './inventory.js';
import { listProbes, type Probe } from './liveProbes.js';
import { runPool } from './pool.js';
import type { Fetch, Fetched, ReadingWorld } from './ports.js';
import { findFaults } from './proveObject.js';
import { placeOf } from './recordFormat.js';
import type { ReleaseId, ReleaseRecord } from './release.js';

export interface LiveFinding {
  readonly origin: OriginName;
  readonly key: string;
  readonly url: string;
  /** Part of earlier releases only: pages that are still open somewhere need it. */
  readonly retained: boolean;
  /** What is wrong, in a few words each. */
  readonly faults: readonly string[];
}

export interface LiveCheck {
  readonly release: ReleaseId;
  readonly urls: ReleaseRecord['urls'];
  readonly objects: number;
  readonly requests: number;
  /** Addresses that pages and stylesheets load, each proven to answer. */
  readonly references: number;
  /** In order of origin, then bytewise by key. */
  readonly findings: readonly LiveFinding[];
  readonly foreign: Drift['foreign'];
  /** Releases that began and did not finish: the next publish settles them. */
  readonly unfinished: readonly ReleaseId[];
}

export interface LiveOptions {
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Another address of the pages than the recorded one. */
  readonly pagesUrl?: string | undefined;
}

/** A proof is no load test. */
const mostRequests = 16;

/** @throws PublishError `release-missing` when nothing has been published. */
export async function checkLive(
  world: ReadingWorld & { readonly fetch: Fetch },
  { concurrency, pagesUrl }: LiveOptions,
): Promise<LiveCheck> {
  const inventory = await takeInventory(world.readers.pages, null);
  const { live, held } = inventory;
  if (live === null)
    throw new PublishError('release-missing', 'nothing has been published here yet', {
      hint: 'Run it with the configuration that the site is published with, or publish first.',
    });
  const urls = { ...live.urls, ...(pagesUrl !== undefined && { pages: pagesUrl.replace(/\/+$/, '') }) };
  const drift = await findDrift(world, inventory, { concurrency });
  const findings = collectFindings(urls);
  for (const { origin, object, retained, detail } of drift.objects)
    findings.add({ origin, key: object.key, retained }, detail);

  const probes = listProbes(live);
  const own = new Set(Object.values({ ...live.urls, page: urls.pages }).map((url) => new URL(url).origin));
  /** Addresses that are loaded, with the first page or stylesheet that loads each. */
  const loaded = new Map<string, Probe>();
  const requests = await fetchAll(
    world,
    probes,
    urls,
    concurrency,
    async (probe, url, fetched) => {
      const { object, retained, asked } = probe;
      const faults = await findFaults(object, fetched, probe.expectations);
      for (const fault of faults) findings.add({ ...probe, key: object.key }, fault, asked);
      if (retained || probe.variant) return;
      const content = await decodeBody(fetched.body, fetched.headers['content-encoding']);
      for (const address of findLoaded(content ?? Buffer.alloc(0), fetched.headers['content-type'] ?? '', url))
        if (own.has(new URL(address).origin) && !loaded.has(address)) loaded.set(address, probe);
    },
    findings.addFailure,
  );

  const proven = new Set(probes.map(({ origin, address }) => `${urls[origin]}/${urlPath(address)}`));
  const others = [...loaded].filter(
    ([address]) => !proven.has(address) && !proven.has(rebase(address, live.urls.pages, urls.pages)),
  );
  const failures = await runPool(
    others,
    { most: mostRequests, signal: world.signal },
    async ([address, { origin, object, retained }]) => {
      const { status } = await world.fetch(address, { 'accept-encoding': 'gzip, br' });
      if (status !== 200)
        findings.add({ origin, key: object.key, retained }, `it loads ${address}, which answers with status ${status}`);
    },
  );
  for (const {
    item: [address, { origin, object, retained }],
    error,
  } of failures)
    findings.add({ origin, key: object.key, retained }, `it loads ${address}: ${messageOf(error)}`);
  return {
    release: live.id,
    urls,
    objects: drift.compared,
    requests: requests + others.length,
    references: loaded.size,
    findings: findings.list(),
    foreign: drift.foreign,
    unfinished: held.pointer.unfinished,
  };
}

/** A reference with the recorded address, where the pages are looked at under another one. */
function rebase(address: string, from: string, to: string): string {
  return address.startsWith(`${from}/`) ? to + address.slice(from.length) : address;
}

async function fetchAll(
  world: ReadingWorld & { readonly fetch: Fetch },
  probes: readonly Probe[],
  urls: ReleaseRecord['urls'],
  concurrency: number,
  look: (probe: Probe, url: string, fetched: Fetched) => Promise<void>,
  tellFailure: (probe: Probe, error: unknown) => void,
): Promise<number> {
  const { emit, signal } = world;
  const started = performance.now();
  emit({ type: 'phase-started', phase: 'verify', total: probes.length });
  let done = 0;
  const visitor = { origin: new URL(urls.pages).origin };
  const pool = { most: Math.min(mostRequests, concurrency), signal };
  const failures = await runPool(probes, pool, async (probe) => {
    const url = `${urls[probe.origin]}/${urlPath(probe.address)}`;
    const cors = probe.expectations.cors ? visitor : {};
    await look(probe, url, await world.fetch(url, { ...cors, 'accept-encoding': probe.asked }));
    emit({ type: 'phase-progress', phase: 'verify', done: ++done });
  });
  for (const { item, error } of failures) tellFailure(item, error);
  emit({ type: 'phase-finished', phase: 'verify', done, milliseconds: performance.now() - started });
  return probes.length;
}

interface Place {
  readonly origin: OriginName;
  readonly key: string;
  readonly retained: boolean;
}

/** One finding for each object, however many requests show it. */
function collectFindings(urls: ReleaseRecord['urls']) {
  const found = new Map<string, Place & { readonly faults: Map<string, string[]> }>();
  const add = ({ origin, key, retained }: Place, fault: string, asked?: string): void => {
    const place = placeOf(origin, key as never);
    const finding = found.get(place) ?? { origin, key, retained, faults: new Map<string, string[]>() };
    found.set(place, finding);
    finding.faults.set(fault, [...(finding.faults.get(fault) ?? []), ...(asked === undefined ? [] : [asked])]);
  };
  return {
    add,
    addFailure: (probe: Probe, error: unknown) =>
      add({ ...probe, key: probe.object.key }, messageOf(error), probe.asked),
    list: (): LiveFinding[] =>
      [...found.values()]
        .map(({ faults, ...place }) => ({
          ...place,
          url: `${urls[place.origin]}/${urlPath(place.key)}`,
          faults: [...faults.keys()],
        }))
        .sort((a, b) => originNames.indexOf(a.origin) - originNames.indexOf(b.origin) || compareBytewise(a.key, b.key)),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
