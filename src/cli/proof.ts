/** Proof that a release is served whole: every page, and everything pages and stylesheets load, fetched once. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import pLimit from 'p-limit';
import type { OriginName } from '../build/build.js';
import { urlPath } from '../build/keys.js';
import { canonicalAddress } from '../edge/addresses.js';
import { exitCodes } from '../errors.js';
import type { World } from '../release/ports.js';
import type { Plan } from '../release/release.js';
import { countOf, formatBytes } from '../report/amounts.js';
import { paint, showSafely } from '../report/text.js';
import { findLoaded } from '../site/references/loaded.js';
import type { Invocation } from './action.js';

const width = 16;

interface Proof {
  readonly pages: number;
  readonly assets: number;
  /** As sent. */
  readonly bytes: number;
  /** `address: what is wrong`. */
  readonly failures: readonly string[];
}

/** Fetches, prints the counts, and answers 1 if anything failed. */
export async function proveRelease(plan: Plan, world: World, { terminal, options }: Invocation): Promise<number> {
  const { pages, assets, bytes, failures } = await fetchEverything(plan, world);
  const look = options.json === true ? terminal.errorLook : terminal.look;
  const say = (text: string): void => {
    // Under --json the one document on stdout is the publish.
    if (options.json === true) terminal.note(text);
    else terminal.print(text);
  };
  for (const failure of failures) terminal.complain(`${paint(terminal.errorLook, 'red', '✗')} ${showSafely(failure)}`);
  const counts = `${countOf(pages, 'page')} and ${countOf(assets, 'asset')} fetched through the local edge, ${formatBytes(bytes)}`;
  const verdict = failures.length === 0 ? 'all answered as they should' : `${failures.length} failed`;
  say(
    `\n${paint(look, failures.length === 0 ? 'green' : 'red', failures.length === 0 ? '✓' : '✗')} ${counts}: ${verdict}`,
  );
  return failures.length === 0 ? exitCodes.done : exitCodes.failure;
}

async function fetchEverything(plan: Plan, world: World): Promise<Proof> {
  const limit = pLimit(width);
  const own = new Set(Object.values(plan.urls).map((url) => new URL(url).origin));
  const seen = new Set<string>();
  const failures: string[] = [];
  let bytes = 0;
  let fetched: string[] = [];
  let pages = 0;
  let queue = listPages(plan);
  for (const url of queue) seen.add(url);
  while (queue.length > 0) {
    const found = await Promise.all(queue.map((url) => limit(() => visit(url))));
    if (pages === 0) pages = queue.length;
    else fetched = [...fetched, ...queue];
    queue = [...new Set(found.flat())].filter((url) => !seen.has(url));
    for (const url of queue) seen.add(url);
  }
  return { pages, assets: fetched.length, bytes, failures };

  async function visit(url: string): Promise<readonly string[]> {
    world.signal.throwIfAborted();
    try {
      const answer = await world.fetch(url, {
        'accept-encoding': 'gzip, br',
        'origin': new URL(plan.urls.pages).origin,
      });
      bytes += answer.body.length;
      if (answer.status !== 200) {
        failures.push(`${url}: status ${answer.status}`);
        return [];
      }
      const content = decode(answer.body, answer.headers['content-encoding']);
      return findLoaded(content, answer.headers['content-type'] ?? '', url).filter((address) =>
        own.has(new URL(address).origin),
      );
    } catch (error) {
      failures.push(`${url}: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  }
}

/** The addresses of all pages, as visitors type them. */
function listPages({ changes, urls, edge }: Plan): string[] {
  return changes.flatMap(({ origin, key, action, object }) => {
    const isPage = action !== 'delete' && object?.stage === 'page' && !/\.(br|gz)$/.test(key);
    return isPage
      ? [`${urls[origin satisfies OriginName]}${canonicalAddress(edge?.rules.urls ?? 'none', urlPath(object.path))}`]
      : [];
  });
}

function decode(body: Buffer, encoding: string | undefined): Buffer {
  if (encoding === 'br') return brotliDecompressSync(body);
  return encoding === 'gzip' ? gunzipSync(body) : body;
}
