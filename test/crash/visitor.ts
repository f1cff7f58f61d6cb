/** A visitor with a browser: opens pages, keeps them, and loads what they name. */
import { originNames, type OriginName } from '../../src/build/build.js';
import { fetchAddress } from '../../src/local/fetch.js';
import { decodeBody } from '../../src/release/decodeBody.js';
import { findLoaded } from '../../src/site/references/loaded.js';

export interface HeldPage {
  readonly url: string;
  readonly content: Buffer;
  readonly contentType: string;
}

type Urls = Readonly<Record<OriginName, string>>;

/** What an address answers; null for 404. */
export async function open(url: string): Promise<HeldPage | null> {
  const { status, headers, body } = await fetchAddress(url, {
    'accept-encoding': 'gzip, br',
    // A connection that the edge has given up meanwhile would look like a fault of the site.
    'connection': 'close',
  });
  if (status === 404) return null;
  if (status !== 200) throw new Error(`${url} answers with status ${status}`);
  const content = await decodeBody(body, headers['content-encoding']);
  if (content === undefined) throw new Error(`${url} is not in its encoding`);
  return { url, content, contentType: headers['content-type'] ?? '' };
}

/** Opens pages; those that are not there are left out. */
export async function openPages(urls: Urls, paths: readonly string[]): Promise<HeldPage[]> {
  const pages = await Promise.all(paths.map((path) => open(`${urls.pages}${path}`)));
  return pages.filter((page) => page !== null);
}

/** Every address of ours that the pages, and the stylesheets they load, name and that does not answer. */
export async function findBroken(urls: Urls, pages: readonly HeldPage[]): Promise<string[]> {
  const own = new Set(originNames.map((name) => new URL(urls[name]).origin));
  const seen = new Set<string>();
  const broken: string[] = [];
  let queue: readonly HeldPage[] = pages;
  while (queue.length > 0) {
    const named = queue.flatMap(({ content, contentType, url }) => findLoaded(content, contentType, url));
    const fresh = [...new Set(named)].filter((url) => own.has(new URL(url).origin) && !seen.has(url));
    for (const url of fresh) seen.add(url);
    const answers = await Promise.all(fresh.map(async (url) => [url, await open(url)] as const));
    broken.push(...answers.flatMap(([url, answer]) => (answer === null ? [url] : [])));
    queue = answers.flatMap(([, answer]) => (answer === null ? [] : [answer]));
  }
  return broken;
}
