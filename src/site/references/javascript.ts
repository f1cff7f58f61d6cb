/** The references of scripts, in files and in pages. */
import { findAddresses } from './javascriptAddresses.js';
import { findEvidence } from './evidence.js';
import type { EmbeddedFinder } from './embedded.js';
import { fileFinder, foundOf } from './finder.js';
import { scanScript, type Word } from './javascriptLiterals.js';
import { findMetaUses } from './javascriptMeta.js';
import { findModuleSyntax } from './javascriptModules.js';
import type { Found, Reference, Trait } from './reference.js';
import { findSourceMapComment } from './sourceMap.js';
import { findPreloads } from './vitePreload.js';

/** Ways to look up one's own address: what stands behind (or before) a word of code. */
const introspection: Readonly<Record<string, RegExp>> = {
  currentScript: /^/,
  scripts: /\bdocument\s*\.\s*$/,
  // The first script, of which every tag snippet takes the parent, is a place to insert, not an address.
  getElementsByTagName: /^\s*\(\s*(["'`])script\1\s*\)(?!\s*\[\s*0\s*\](?!\s*(?:\.\s*(?:src|getAttribute)|\[)))/i,
  querySelector: /^\s*\(\s*["'`]\s*script\s*\[/i,
  querySelectorAll: /^\s*\(\s*["'`]\s*script\s*\[/i,
};

/** What only workers do. */
const workerCalls: Readonly<Record<string, RegExp>> = {
  importScripts: /^\s*\(/,
  addEventListener: /^\s*\(\s*["'`](?:install|activate|push|fetch)["'`]/,
};

/**
 * What is of no use in a module: `document.currentScript` is never the script of one (HTML, "prepare the script
 * element"), and importScripts() throws where modules run. Libraries for every environment hold them all the same.
 */
const meaningless: ReadonlySet<string> = new Set(['currentScript', 'importScripts']);
/** The script that was parsed last is the one that runs; but not in modules, which run when all is parsed. */
const lastScript =
  /^\s*\(\s*(["'`])script\1\s*\)\s*,\s*([\w$]+)\s*=\s*[\w$]+\s*(?:\.\s*length\s*-\s*1\b|\[\s*[\w$]+\s*\.\s*length\s*-\s*1\s*\])/;

/** Finds the references and traits of a script. */
export const findInScript: EmbeddedFinder = (view, start, end, decode) => {
  const text = start === 0 && end === view.length ? view : view.slice(start, end);
  const modules = findModuleSyntax(view, start, end, decode);
  const preloads = findPreloads(view, start, end, decode);
  const metas = modules.metas.filter((one) => !preloads.isOwn(one));
  const meta = findMetaUses(view, start, end, metas, decode);
  const { literals, words } = scanScript(text);
  const worker = words.find((word) => matches(workerCalls, word));
  const looking = words.find((word) => matches(introspection, word));
  const traits = {
    ...placeOf('dynamic', modules.dynamic ?? meta.dynamic),
    ...placeOf('introspective', meta.introspective ?? (looking && start + looking.start)),
    ...placeOf('worker', worker && start + worker.start),
  };
  // Workers resolve addresses against their own script (HTML, "set up a worker environment settings object").
  const addresses = findAddresses(view, start, end, decode, words, worker !== undefined ? 'file' : 'document');
  const found = [...modules.references, ...preloads.references, ...meta.references, ...addresses.references];
  const sourceMap = findSourceMapComment(view, start, end, decode);
  return foundOf({
    references: [...found, ...(sourceMap === undefined ? [] : [sourceMap]), ...evidence(found)],
    traits,
    ...(preloads.base !== undefined && { preload: preloads.base }),
    module: modules.module,
    notes: [...modules.notes, ...addresses.notes],
  });

  function matches(patterns: Readonly<Record<string, RegExp>>, { word, start: from, end: to }: Word): boolean {
    const pattern = patterns[word];
    if (pattern === undefined || (modules.module && meaningless.has(word))) return false;
    const before = text.slice(Math.max(0, from - 50), from);
    if (word === 'scripts') return pattern.test(before);
    // Of other objects than the global one, these events may be anything.
    if (word === 'addEventListener' && /\.\s*$/.test(before) && !/\bself\s*\.\s*$/.test(before)) return false;
    const behind = text.slice(to, to + 100);
    if (word === 'getElementsByTagName' && modules.module && lastScript.test(behind)) return false;
    return pattern.test(behind);
  }

  /** Strings that name files; each name once. */
  function evidence(known: readonly Reference[]): Reference[] {
    const spans = new Set([...known.map((reference) => reference.start), ...modules.bare]);
    const names = new Map<string, Reference>();
    for (let index = 0; index + 1 < literals.length; index += 2) {
      const from = start + (literals[index] ?? 0);
      const to = start + (literals[index + 1] ?? 0);
      const one = findEvidence(view, from, to, 'js string', decode);
      if (one !== undefined && !spans.has(one.start) && !names.has(one.url)) names.set(one.url, one);
    }
    return [...names.values()];
  }
};

function placeOf(trait: Trait, offset: number | undefined): Found['traits'] {
  return offset === undefined ? {} : { [trait]: offset };
}

/** The finder for script files. Without a declaration they are UTF-8, or what looks like it. */
export const findInJavaScript = fileFinder(findInScript);
