/**
 * Vite's preload lists: the names of what a lazy part needs, which a function of the build loads ahead by addresses that
 * it makes itself (Vite, `plugins/importAnalysisBuild.ts`, as of versions 3 to 8). Only what Vite writes is recognised,
 * to the letter; names in any other list stay evidence.
 */
import { namesFile, readAddress, scriptEscapes, type Decode } from './escapedAddress.js';
import type { PreloadBase, Reference, Use } from './reference.js';

export interface PreloadSyntax {
  /** The names in the lists. */
  readonly references: readonly Reference[];
  /** How the preload function, if it is in this script, makes addresses of names. */
  readonly base: PreloadBase | undefined;
  /** Whether an `import.meta` only tells the preload function, or is part of it, so that it says nothing more. */
  isOwn(meta: { readonly start: number; readonly end: number }): boolean;
}

/** Vite 5.1 and later: one table in front of the script. */
const table =
  /(?:^|\n)const __vite__mapDeps=\(i,m=__vite__mapDeps,d=\(m\.f\|\|\(m\.f=\[((?:"[^"\\]*",?)*)\]\)\)\)=>i\.map\(i=>d\[i\]\);/g;
/** Vite 5.0. */
const oldTable =
  /(?:^|\n)function __vite__mapDeps\(indexes\) \{\s*if \(!__vite__mapDeps\.viteFileDeps\) \{\s*__vite__mapDeps\.viteFileDeps = \[((?:"[^"\\]*",?)*)\]\s*\}\s*return indexes\.map\(\(i\) => __vite__mapDeps\.viteFileDeps\[i\]\)\s*\}/g;
/** Vite 3 and 4: a list behind each import. */
const list =
  /\bimport\((?:"[^"\\]*"|`[^`\\]*`)\)(?:\.then\([\w$]+\s*=>\s*[\w$.]+\))?,\s*(?:true\s*\?\s*)?\[((?:"[^"\\]*",?\s*)+)\](?:\s*:\s*void 0)?(?:,\s*import\.meta\.url)?\s*\)/g;

/** What every version of the function says when a stylesheet is not there. */
const marker = 'Unable to preload CSS for ';
const literal = String.raw`("(?:[^"\\])*"|'(?:[^'\\])*'|` + '`(?:[^`\\\\$])*`)';
const prefixed = new RegExp(
  String.raw`=\s*function\s*\(\s*([\w$]+)(?:\s*,\s*[\w$]+)?\s*\)\s*\{\s*return\s*${literal}\s*\+\s*\1\s*;?\s*\}`,
  'g',
);
const relative =
  /=\s*function\s*\(\s*([\w$]+)\s*,\s*([\w$]+)\s*\)\s*\{\s*return\s+new URL\(\1\s*,\s*\2\)\.href\s*;?\s*\}/g;
/** Vite 8: what the function looks up before it loads. */
const resolving =
  /function\s+[\w$]+\(([\w$]+)\)\s*\{\s*(?:return import\.meta\.resolve\?new URL\(import\.meta\.resolve\(\1\)\):new URL\(\1,import\.meta\.url\)|if\s*\(import\.meta\.resolve\)\s*return new URL\(import\.meta\.resolve\(\1\)\);\s*return new URL\(\s*\1,\s*(?:\/\*[\s#_A-Z]*\*\/\s*)?import\.meta\.url\s*\);)\s*\}/g;

const uses: Readonly<Record<string, Use>> = { css: 'style', js: 'module', mjs: 'module' };
const none: PreloadSyntax = { references: [], base: undefined, isOwn: () => false };

/** Finds the preload lists and the preload function of a script. */
export function findPreloads(view: string, start: number, end: number, decode: Decode): PreloadSyntax {
  const text = start === 0 && end === view.length ? view : view.slice(start, end);
  const holdsFunction = text.includes(marker);
  if (!holdsFunction && !text.includes('__vite__mapDeps') && !/,\s*\["[^"]+\.(?:css|js)"/.test(text)) return none;
  const lists = [...text.matchAll(table), ...text.matchAll(oldTable), ...text.matchAll(list)];
  const references = lists.flatMap((match) => readList(match));
  const base = holdsFunction ? findBase(text, start) : undefined;
  const owned = base === undefined ? [] : [...text.matchAll(resolving)].map((match) => spanOf(match));
  return {
    references,
    base,
    isOwn: ({ start: from, end: to }) =>
      owned.some((span) => from >= span.start && to <= span.end) ||
      (references.length > 0 && tellsPreload(view.slice(Math.max(start, from - 200), from), view.slice(to, to + 20))),
  };

  function spanOf(match: RegExpExecArray): { start: number; end: number } {
    return { start: start + match.index, end: start + match.index + match[0].length };
  }

  function readList(match: RegExpExecArray): Reference[] {
    const names = match[1] ?? '';
    const offset = start + match.index + match[0].lastIndexOf(`[${names}]`) + 1;
    const found = [...names.matchAll(/"([^"]*)"/g)].map(({ index, 1: name = '' }) => {
      const use = uses[/\.(\w+)$/.exec(name)?.[1] ?? ''];
      const from = offset + index + 1;
      const address = readAddress(view, from, from + name.length, decode, scriptEscapes);
      if (use === undefined || !namesFile(address)) return undefined;
      return { kind: 'js preload list', use, treatment: 'rewrite', ...address, relativeTo: 'preload' } as const;
    });
    // A list with anything unknown in it is an unknown list.
    return found.every((one) => one !== undefined) ? found : [];
  }
}

/** `,__vite__mapDeps([0,1]),import.meta.url)` or `,["./a.js"],import.meta.url)`. */
function tellsPreload(before: string, behind: string): boolean {
  return /(?:\]\)|\])(?:\s*:\s*void 0)?,\s*$/.test(before) && /^\s*\.\s*url\s*\)/.test(behind);
}

/** Exactly one function of one known form: of two, nobody could tell which is meant. */
function findBase(text: string, start: number): PreloadBase | undefined {
  if (text.indexOf(marker) !== text.lastIndexOf(marker)) return undefined;
  const plain = [...text.matchAll(prefixed)].filter(({ 2: written = '' }) =>
    /^.(?:\/|https?:\/\/).*\/.$|^.\/.$/.test(written),
  );
  const urls = [...text.matchAll(relative)];
  if (plain.length + urls.length !== 1) return undefined;
  const [match] = plain;
  if (match === undefined) return { type: 'relative' };
  const [whole, parameter = '', written = ''] = match;
  const from = start + match.index + whole.indexOf(written);
  return { type: 'prefix', prefix: written.slice(1, -1), parameter, start: from, end: from + written.length };
}
