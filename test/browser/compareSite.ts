/** Visits pages of a folder as it is and as it is published, and tells what is worse. */
import type { Browser } from 'playwright-core';
import { comparePages } from './comparePages.js';
import { findDoubled } from './doubledScripts.js';
import { keepPictures } from './keepPictures.js';
import { publishFolder } from './publishFolder.js';
import { serveFolder } from './serveFolder.js';
import { visitPages, type Visit } from './visit.js';

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
    const suspects = comparePages(before, after).filter(({ problems }) => problems.length > 0);
    // Some pages never look the same twice: what also differs between two visits of the same folder proves nothing.
    const again = await visitPages(
      browser,
      server.url,
      suspects.map(({ path }) => path),
    );
    const restless = new Set(
      comparePages(before.filter(isSuspect), again)
        .filter(isWorse)
        .map(({ path }) => path),
    );
    const worse = suspects.map((one) => ({
      ...one,
      problems: one.problems.filter((problem) => !restless.has(one.path) || !problem.includes('pixels')),
    }));
    const doubled = after.flatMap((visit) => findDoubled(visit, published));
    const hosts = new Set([published.urls.images, published.urls.resources].map((url) => new URL(url).host));
    const moved = after.flatMap(({ requests }) => requests).filter(({ host }) => hosts.has(host)).length;
    return { before, after, worse: keepPictures(worse, before, after), doubled, moved };

    function isSuspect({ path }: Visit): boolean {
      return suspects.some((one) => one.path === path);
    }
  } finally {
    await Promise.all([server.close(), published.close()]);
  }
}

function isWorse({ problems }: { readonly problems: readonly string[] }): boolean {
  return problems.length > 0;
}
