/** The longest chains of references: what a browser can only ask for after it has read something else. */
import type { Use } from '../../site/references/reference.js';
import type { Chain } from './model.js';

/** What a file makes a browser load. */
export interface Load {
  readonly to: string;
  readonly kind: string;
}

export interface ChainInput {
  readonly pages: readonly string[];
  readonly loads: ReadonlyMap<string, readonly Load[]>;
  /** As loaded. */
  readonly bytesOf: (name: string) => number;
}

const shownChains = 8;
/** A page and what it loads itself is no chain. */
const shortest = 3;
/** References followed in all; a site with more is described by the pages up to there. */
const budget = 4_000_000;

/** Links, downloads and addresses for other machines are not loaded by a page. */
const notLoaded: ReadonlySet<Use> = new Set<Use>(['document', 'download', 'metadata', 'source-map']);

/** Whether a browser asks for the target of a reference of this use by itself. */
export function isLoaded(use: Use): boolean {
  return !notLoaded.has(use);
}

/** For every page the file that is found last, and how; equal ways once, longest first. */
export function findChains(input: ChainInput): readonly Chain[] {
  const chains = new Map<string, { steps: Chain['steps']; pages: number }>();
  let left = budget;
  for (const page of input.pages) {
    if (left <= 0) break;
    const { steps, followed } = followPage(page, input);
    left -= followed;
    if (steps.length < shortest) continue;
    const tail = JSON.stringify(steps.slice(1).map(({ name }) => name));
    const known = chains.get(tail);
    if (known === undefined) chains.set(tail, { steps, pages: 1 });
    else known.pages++;
  }
  const weigh = ({ steps }: Chain): number => steps.reduce((sum, { bytes }) => sum + bytes, 0);
  return [...chains.values()]
    .sort((a, b) => b.steps.length - a.steps.length || b.pages - a.pages || weigh(b) - weigh(a))
    .slice(0, shownChains);
}

/** Breadth first: a file is asked for as soon as the first of those that name it has been read. */
function followPage(page: string, { loads, bytesOf }: ChainInput): { steps: Chain['steps']; followed: number } {
  const cameFrom = new Map<string, { readonly name: string; readonly kind: string }>();
  let followed = 0;
  let front = [page];
  let last = page;
  while (front.length > 0) {
    const next: string[] = [];
    for (const name of front)
      for (const { to, kind } of loads.get(name) ?? []) {
        followed++;
        if (to === page || cameFrom.has(to)) continue;
        cameFrom.set(to, { name, kind });
        next.push(to);
      }
    // Of the files found last, the largest keeps the page waiting longest.
    last = next.reduce((a, b) => (bytesOf(b) > bytesOf(a) ? b : a), next[0] ?? last);
    front = next;
  }
  const steps: { name: string; kind: string; bytes: number }[] = [];
  for (let name: string | undefined = last; name !== undefined; name = cameFrom.get(name)?.name)
    steps.unshift({ name, kind: cameFrom.get(name)?.kind ?? 'page', bytes: bytesOf(name) });
  return { steps, followed };
}
