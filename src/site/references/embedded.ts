/**
 * Languages that stand inside HTML or SVG. The finder of the outer language hands the body of an inline `<script>` to
 * the finder named here; what is missing from the table is left alone.
 */
import { findInImportMap } from './importMap.js';
import { findInScript } from './javascript.js';
import { findInInlineJson } from './jsonFile.js';
import { findInJsonLd } from './jsonLd.js';
import type { Found } from './reference.js';

/**
 * Finds references in `view.slice(start, end)`; offsets in the result are indices of `view`. Must not throw.
 *
 * `decode` turns a piece of the view into what a browser reads there: on the latin1 view of a file it applies the
 * document's encoding; on text that is already decoded (an attribute, `srcdoc`) it is the identity.
 */
export type EmbeddedFinder = (view: string, start: number, end: number, decode: (piece: string) => string) => Found;

/** `script` classic inline scripts, `module` inline modules, the rest by the `type` of the script element. */
export type EmbeddedLanguage = 'script' | 'module' | 'importmap' | 'json-ld' | 'json';

export const embeddedFinders: Readonly<Partial<Record<EmbeddedLanguage, EmbeddedFinder>>> = {
  'script': findInScript,
  'module': findInScript,
  'importmap': findInImportMap,
  'json-ld': findInJsonLd,
  'json': findInInlineJson,
};
