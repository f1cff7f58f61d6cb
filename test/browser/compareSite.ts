/** Visits pages of a folder as it is and as it is published, and tells what is worse. */
import type { Browser } from 'playwright-core';
import { comparePage, comparePages, type Comparison } from './comparePages.js';
import { findDoubled } from './doubledScripts.js';
import { keepPictures } from './keepPictures.js';
import { publishFolder } from './publishFolder.js';
import { serveFolder } from './serveFolder.js';
import { visitPage, visitPages, type Visit } from './visit.js';

export interface SiteComparison {
  readonly before: readonly Visit[];
  readonly after: readonly Visit[];
  /** One line for each page that is worse. */
  readonly worse: readonly string[];
  /** Scripts that a page loaded from two addresses. */
  readonly doubled: readonly string[];
  /** Requests of the published pages that went to the two asset hosts. */
  readonly moved: number;
}

/** @param paths as of `listPages()` */
export async function compareSite(browser: Browser, folder: string, paths: readonly string[]): Promise<SiteComparison> {
  const server = await serveFolder(folder);
  // What is compressed how is looked at elsewhere; here it would only take time.
  const published = await publishFolder(folder, { encodings: 'none', verify: { sample: 5 } });
  try {
    const before = await visitPages(browser, server.url, paths);
    const after = await visitPages(browser, published.urls.pages, paths);
    const worse = await lookAgain(
      comparePages(before, after).filter(isWorse),
      (path) => visitPage(browser, server.url, path),
      (path) => visitPage(browser, published.urls.pages, path),
      { before, after },
    );
    const doubled = after.flatMap((visit) => findDoubled(visit, published));
    const hosts = new Set([published.urls.images, published.urls.resources].map((url) => new URL(url).host));
    const moved = after.flatMap(({ requests }) => requests).filter(({ host }) => hosts.has(host)).length;
    return { before, after, worse: keepPictures(worse, before, after), doubled, moved };
  } finally {
    await Promise.all([server.close(), published.close()]);
  }
}

/** How often a page that looks different is visited again, on both sides. */
const furtherVisits = 4;

/**
 * Some pages do not look the same twice: a table measures its columns before or after a font is there. Such a page looks
 * as before if, of a few visits on both sides, any two pictures agree; and of pages whose picture is a new one every
 * time (a clock, chance), pictures prove nothing. Whatever else is worse stays worse.
 */
async function lookAgain(
  suspects: readonly Comparison[],
  visitBefore: (path: string) => Promise<Visit>,
  visitAfter: (path: string) => Promise<Visit>,
  first: { readonly before: readonly Visit[]; readonly after: readonly Visit[] },
): Promise<Comparison[]> {
  const looks = (one: Visit) => (other: Visit) => comparePage(one, other).differentPixels === 0;
  const judged: Comparison[] = [];
  for (const suspect of suspects) {
    const isIt = ({ path }: Visit): boolean => path === suspect.path;
    const befores = first.before.filter(isIt);
    const afters = first.after.filter(isIt);
    let agreed = suspect.differentPixels === 0;
    for (let round = 0; round < furtherVisits && !agreed; round++) {
      befores.push(await visitBefore(suspect.path));
      afters.push(await visitAfter(suspect.path));
      agreed = befores.some((one) => afters.some(looks(one)));
    }
    const restless = !befores.some((one, index) => befores.slice(index + 1).some(looks(one)));
    const problems = suspect.problems.filter((problem) => !(agreed || restless) || !problem.includes('pixels'));
    judged.push({ ...suspect, problems });
  }
  return judged.filter(isWorse);
}

function isWorse({ problems }: { readonly problems: readonly string[] }): boolean {
  return problems.length > 0;
}
