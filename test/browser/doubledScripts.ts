/** A script that one page loads from two addresses runs twice, or is at least fetched twice. */
import type { PublishedFolder } from './publishFolder.js';
import type { Visit } from './visit.js';

/** One line for each such script of a visit. */
export function findDoubled({ path, requests }: Visit, { urls, outcome }: PublishedFolder): string[] {
  const sources = new Map<string, string>();
  for (const { object } of outcome.plan.changes)
    if (object !== undefined)
      sources.set(`${urls[object.origin]}/${object.key.split('/').map(encodeURIComponent).join('/')}`, object.path);
  const addresses = new Map<string, Set<string>>();
  for (const { url, type } of requests) {
    const source = sources.get(url.replace(/[?#].*/, ''));
    if (source === undefined || !/\.[cm]?js$/.test(source) || type === 'fetch') continue;
    addresses.set(source, (addresses.get(source) ?? new Set()).add(url.replace(/[?#].*/, '')));
  }
  return [...addresses]
    .filter(([, urls]) => urls.size > 1)
    .map(([source, urls]) => `/${path} loads ${source} from ${[...urls].sort().join(' and ')}`);
}
