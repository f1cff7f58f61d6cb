/* Runs in CloudFront Functions too: see negotiate.ts for what the runtime allows. */
import type { EdgeKeys, EdgeResponse } from './event.js';
import { readKey, type LiveRelease } from './live.js';
import { fillTarget, matchPattern } from './redirects.js';

/**
 * Header rules of a release: lines `pattern`, then lines `\tname: value` for those it sets and `\t!name` for those it
 * takes away again. Names are lowercase. A part of the list always begins with a pattern.
 * @param forms in which a rule may name what answered; one that fits is enough.
 */
export async function applyHeaderRules(
  keys: EdgeKeys,
  live: LiveRelease,
  forms: readonly string[],
  response: EdgeResponse,
): Promise<void> {
  const set: Record<string, string> = {};
  for (let part = 0; part < live.h; part++) {
    const lines = (await readKey(keys, `${live.t}h${part}`)).split('\n');
    let found: Record<string, string> | null = null;
    for (let index = 0; index < lines.length; index++) {
      const line = String(lines[index]);
      if (!line.startsWith('\t')) found = line === '' ? null : matchForms(line, forms);
      else if (found !== null) setHeader(set, line.slice(1), found);
    }
  }
  Object.keys(set).forEach((name) => {
    response.headers[name] = { value: String(set[name]) };
  });
}

function matchForms(pattern: string, forms: readonly string[]): Record<string, string> | null {
  for (let index = 0; index < forms.length; index++) {
    const found = matchHeaderPattern(pattern, String(forms[index]));
    if (found !== null) return found;
  }
  return null;
}

/** `*` stands anywhere in a pattern for headers, for any text. */
function matchHeaderPattern(pattern: string, path: string): Record<string, string> | null {
  const star = pattern.indexOf('*');
  if (star < 0 || pattern.slice(star - 1) === '/*') return matchPattern(pattern, path);
  const start = pattern.slice(0, star);
  const end = pattern.slice(star + 1);
  const fits = path.length >= start.length + end.length && path.startsWith(start) && path.endsWith(end);
  return fits ? { splat: path.slice(start.length, path.length - end.length) } : null;
}

/** A name that several rules set gets all their values, as Netlify and Cloudflare do it. */
function setHeader(set: Record<string, string>, line: string, found: Readonly<Record<string, string>>): void {
  if (line.startsWith('!')) {
    delete set[line.slice(1)];
    return;
  }
  const colon = line.indexOf(':');
  const name = line.slice(0, colon);
  const value = fillTarget(line.slice(colon + 2), found);
  const known = set[name];
  set[name] = known === undefined ? value : `${known}, ${value}`;
}
