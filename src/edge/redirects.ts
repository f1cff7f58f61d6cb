/* Runs in CloudFront Functions too: see negotiate.ts for what the runtime allows. */
import type { EdgeKeys, EdgeValue } from './event.js';
import { readKey, type LiveRelease } from './live.js';
import { hashText } from './table.js';

/**
 * A redirect as one line of five fields, tabs between them: place in the list, from, to, status, and `!` for rules that
 * count even where the site has an object of that address. Fields hold no tab and no line end.
 */
export interface Redirect {
  readonly place: number;
  readonly from: string;
  readonly to: string;
  readonly status: number;
  readonly forced: boolean;
}

export function readRedirect(line: string): Redirect {
  const fields = line.split('\t');
  return {
    place: Number(fields[0]),
    from: String(fields[1]),
    to: String(fields[2]),
    status: Number(fields[3]),
    forced: fields[4] === '!',
  };
}

/** What a pattern's `:name` and `*` stand for in a path; null when it does not match. `splat` is the `*`. */
export function matchPattern(pattern: string, path: string): Record<string, string> | null {
  const found: Record<string, string> = {};
  const wanted = pattern.split('/');
  const given = path.split('/');
  for (let index = 0; index < wanted.length; index++) {
    const part = String(wanted[index]);
    if (part === '*') {
      found.splat = given.slice(index).join('/');
      return found;
    }
    if (index >= given.length) return null;
    const value = String(given[index]);
    if (part.startsWith(':') && value !== '') found[part.slice(1)] = value;
    else if (part !== value) return null;
  }
  return given.length === wanted.length ? found : null;
}

/** Puts found values into a target, in one pass: what a visitor sent is never read as a placeholder. */
export function fillTarget(target: string, found: Readonly<Record<string, string>>): string {
  return target.replace(/:([A-Za-z]\w*)/g, (whole: string, name: string) =>
    Object.prototype.hasOwnProperty.call(found, name) ? String(found[name]) : whole,
  );
}

/**
 * Whether a rule applies to a path and query, and where it leads; '' when it does not apply. `from` may end in
 * `?name=:value&other=fixed`: every parameter must be there.
 */
export function applyRedirect(rule: Redirect, path: string, query: Readonly<Record<string, EdgeValue>>): string {
  const mark = rule.from.indexOf('?');
  const found = matchPattern(mark < 0 ? rule.from : rule.from.slice(0, mark), path);
  if (found === null) return '';
  if (mark >= 0) {
    const wanted = rule.from.slice(mark + 1).split('&');
    for (let index = 0; index < wanted.length; index++) {
      const pair = String(wanted[index]).split('=');
      const given = query[String(pair[0])];
      const value = pair.slice(1).join('=');
      if (given === undefined) return '';
      if (value.startsWith(':')) found[value.slice(1)] = given.value;
      else if (value !== given.value) return '';
    }
  }
  return fillTarget(rule.to, found);
}

/** A rule that applies, with its target filled in. */
export interface Redirection {
  readonly rule: Redirect;
  readonly target: string;
}

/** The first rule that applies, as written in the file: those of single addresses are looked up, the others tried. */
export async function findRedirect(
  keys: EdgeKeys,
  live: LiveRelease,
  path: string,
  query: Readonly<Record<string, EdgeValue>>,
): Promise<Redirection | null> {
  let best: Redirection | null = null;
  if (live.r > 0) {
    const bucket = await readKey(keys, `${live.t}r${hashText(path) % live.r}`);
    const lines = bucket.includes(`\t${path}\t`) ? bucket.split('\n') : [];
    for (let index = 0; index < lines.length && best === null; index++) {
      const rule = readRedirect(String(lines[index]));
      // Other rules in the bucket may lead to this path.
      if (rule.from === path) best = { rule: rule, target: rule.to };
    }
  }
  if (best !== null && best.rule.place < live.f) return best;
  for (let part = 0; part < live.d; part++) {
    const lines = (await readKey(keys, `${live.t}d${part}`)).split('\n');
    for (let index = 0; index < lines.length; index++) {
      if (lines[index] === '') continue;
      const rule = readRedirect(String(lines[index]));
      if (best !== null && best.rule.place < rule.place) return best;
      const target = applyRedirect(rule, path, query);
      if (target !== '') return { rule: rule, target: target };
    }
  }
  return best;
}
