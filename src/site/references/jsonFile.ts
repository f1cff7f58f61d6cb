/** JSON: source maps and manifests in files, texts for scripts in pages. */
import { findEvidence, holdsEvidence } from './evidence.js';
import type { EmbeddedFinder } from './embedded.js';
import { fileFinder, foundOf } from './finder.js';
import { scanScript } from './javascriptLiterals.js';
import { parseJson } from './json.js';
import type { Reference } from './reference.js';
import { findInSourceMap, isSourceMap } from './sourceMap.js';
import { findInManifestRoot, isWebManifest } from './webManifest.js';

const findInJsonText: EmbeddedFinder = (view, start, end, decode) => {
  // Most JSON is neither, and some is large.
  const mapped = /"(?:mappings|sections)"\s*:/.test(view);
  if (!mapped && !/"icons"\s*:/.test(view)) return { references: [] };
  const root = parseJson(view, start, end);
  if (root === undefined) return { references: [] };
  if (mapped && isSourceMap(root)) return foundOf({ references: findInSourceMap(root, view, decode) });
  return isWebManifest(root) ? findInManifestRoot(root, view, decode) : { references: [] };
};

/** The finder for JSON files. What other JSON means only its readers know. */
export const findInJsonFile = fileFinder(findInJsonText);

/** Inline JSON (`__NEXT_DATA__`, settings): scripts of the page read names of files from it. */
export const findInInlineJson: EmbeddedFinder = (view, start, end, decode) => {
  const text = view.slice(start, end);
  if (!holdsEvidence.test(text)) return { references: [] };
  const names = new Map<string, Reference>();
  // Strings alone matter, and JSON writes them as scripts do; a tree of a large state would cost more than it tells.
  const { literals } = scanScript(text);
  for (let index = 0; index + 1 < literals.length; index += 2) {
    const from = start + (literals[index] ?? 0);
    const one = findEvidence(view, from, start + (literals[index + 1] ?? 0), 'json string', decode);
    if (one !== undefined && !names.has(one.url)) names.set(one.url, one);
  }
  return foundOf({ references: [...names.values()] });
};
