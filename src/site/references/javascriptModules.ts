/** Import and export statements, `import()` and `import.meta`, by es-module-lexer. */
import { parse, type Import } from 'es-module-lexer';
import { namesFile, readAddress, scriptEscapes, type Decode } from './escapedAddress.js';
import type { FoundNote, Reference } from './reference.js';

export interface ModuleSyntax {
  readonly references: readonly Reference[];
  /** It has import or export statements or import.meta: only a module can have them. */
  readonly module: boolean;
  /** Where it first imports by a name that is computed when it runs. */
  readonly dynamic: number | undefined;
  /** Where bare specifiers begin: names for the import map, not of files. */
  readonly bare: readonly number[];
  /** Spans of `import.meta`. */
  readonly metas: readonly { readonly start: number; readonly end: number }[];
  readonly notes: readonly FoundNote[];
}

const none: ModuleSyntax = { references: [], module: false, dynamic: undefined, bare: [], metas: [], notes: [] };

/** Finds the module syntax of a script. Scripts that hold neither word are not lexed. */
export function findModuleSyntax(view: string, start: number, end: number, decode: Decode): ModuleSyntax {
  const text = start === 0 && end === view.length ? view : view.slice(start, end);
  if (!/\b(?:import|export)\b/.test(text)) return none;
  let lexed: ReturnType<typeof parse>;
  try {
    lexed = parse(text);
  } catch (error) {
    return unlexed(text, start, error);
  }
  const [imports, , , module] = lexed;
  const references: Reference[] = [];
  const metas: { start: number; end: number }[] = [];
  const bare: number[] = [];
  let dynamic: number | undefined;
  for (const one of imports) {
    if (one.type === 'import-meta') metas.push({ start: start + one.start, end: start + one.end });
    else if (one.type === 'dynamic' && (one.specifier === undefined || one.glob)) dynamic ??= start + one.start;
    else {
      const reference = readSpecifier(one, view, start, decode);
      if (reference !== undefined) references.push(reference);
      // The lexer gives the argument of import() with its quotes.
      else bare.push(start + one.start + (one.type === 'dynamic' ? 1 : 0));
    }
  }
  return { references, module, dynamic, bare, metas, notes: [] };
}

/** Relative and absolute specifiers are addresses; bare ones are names for the import map (HTML, "resolve a module specifier"). */
function readSpecifier(one: Import, view: string, offset: number, decode: Decode): Reference | undefined {
  const quotes = one.type === 'dynamic' ? 1 : 0;
  const address = readAddress(view, offset + one.start + quotes, offset + one.end - quotes, decode, scriptEscapes);
  if (!namesFile(address) || !isUrlSpecifier(address.url)) return undefined;
  const kind = one.type === 'dynamic' ? 'js import()' : one.type === 'reexport-star' ? 'js export' : 'js import';
  return { kind, use: 'module', treatment: 'rewrite', ...address, relativeTo: 'file' };
}

/** True for specifiers that are addresses rather than bare names. */
export function isUrlSpecifier(specifier: string): boolean {
  return /^(?:\.{0,2}\/|https?:)/i.test(specifier);
}

/**
 * A script that no browser can parse either, or syntax that the lexer does not know yet: it is taken for everything it
 * might be, so that nothing that it might load is moved away from it.
 */
function unlexed(text: string, offset: number, error: unknown): ModuleSyntax {
  const index = error instanceof Error && 'idx' in error && typeof error.idx === 'number' ? error.idx : 0;
  const message = 'the script cannot be parsed: what it imports is not known, and it stays where it is';
  return {
    references: [],
    module: /^\s*(?:import|export)\b|[;}]\s*(?:import|export)\b[\s{*"']/m.test(text),
    dynamic: offset + Math.min(index, text.length),
    bare: [],
    metas: [],
    notes: [{ code: 'script-unparsed', severity: 'note', message, offset: offset + Math.min(index, text.length) }],
  };
}
