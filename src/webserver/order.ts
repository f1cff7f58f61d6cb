/** Redirects in the order in which they count, as the edge counts them. */
import { isServed } from '../build/isServed.js';
import { matchPattern } from '../edge/redirects.js';
import { isPattern } from '../site/rules/redirectsFile.js';
import type { RedirectRule } from '../site/rules/rules.js';
import type { ServedSite } from './site.js';

export interface OrderedRedirects {
  /** Of single addresses, none of which a pattern takes first: each can be looked up. */
  readonly exact: readonly RedirectRule[];
  /** To be tried one after the other. Undefined: this address is not for the rules behind it. */
  readonly tried: readonly (RedirectRule | { readonly from: string; readonly status: undefined })[];
}

export function orderRedirects({
  redirects,
  files,
  urls,
}: Pick<ServedSite, 'redirects' | 'files' | 'urls'>): OrderedRedirects {
  const present = new Set(files.map(({ path }) => path));
  const exact: RedirectRule[] = [];
  const tried: OrderedRedirects['tried'][number][] = [];
  for (const [place, rule] of redirects.entries()) {
    if (isPattern(rule)) {
      tried.push(rule);
      continue;
    }
    // What the site answers itself is known, as it is for the edge.
    if (!rule.forced && isServed(rule.from, present, urls)) continue;
    const before = redirects.slice(0, place).filter((other) => isPattern(other) && fits(other, rule));
    if (before.some(({ from }) => !from.includes('?'))) continue;
    if (before.length > 0) tried.push(rule);
    else {
      exact.push(rule);
      tried.push({ from: rule.from, status: undefined });
    }
  }
  return { exact, tried: tried.filter((one, at) => one.status !== undefined || isOverlapped(one.from, tried, at)) };
}

/** Whether the path of a pattern is one of a single address, whatever its query. */
function fits({ from: pattern }: RedirectRule, { from }: Pick<RedirectRule, 'from'>): boolean {
  return matchPattern(pattern.replace(/\?.*$/, ''), from) !== null;
}

function isOverlapped(from: string, tried: OrderedRedirects['tried'], at: number): boolean {
  return tried.slice(at + 1).some((rule) => rule.status !== undefined && isPattern(rule) && fits(rule, { from }));
}
