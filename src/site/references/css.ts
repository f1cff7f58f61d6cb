/** References in CSS: `url()`, `src()`, `@import`, `image-set()`. Found by tokens, never by text. */
import { tokenizer, TokenType } from '@csstools/css-tokenizer';
import { makeReference, type AddressRole } from './address.js';
import { makeCssReference, stringContent, urlContent } from './cssText.js';
import { cssRole } from './cssRoles.js';
import { declaredInCss } from './encoding.js';
import { fileFinder } from './finder.js';
import type { Finder, Reference } from './reference.js';

/** Finds the references of a stylesheet. */
export const findInCss: Finder = fileFinder(
  (view, start, end, decode) => ({ references: findCssReferences(view, start, end, decode) }),
  declaredInCss,
);

/**
 * Everything that can hold an address contains one of these (inline images are none), or an escape that may stand for a letter of one
 * (`u\72l(`; the `\:` of utility classes and the `\f101` of icon fonts may not).
 */
const signs =
  /url\((?!\s*["']?data:)|@import|image-set|src\(|sourceMappingURL=|\\(?:0{0,4}(?:[4-7][\da-f]|2d)(?![\da-f])|[g-z])/gi;

/** The offset of the last sign; -1 for text without any, as most is. */
function findLastSign(css: string): number {
  let last = -1;
  for (const { index } of css.matchAll(signs)) last = index;
  return last;
}

/** An open bracket, with the function it belongs to or the at-rule of its block. */
interface Bracket {
  readonly close: TokenType;
  readonly name: string;
}

/**
 * Finds references in `view.slice(start, end)`. Offsets are indices of `view`.
 * @param declared absent for a stylesheet, '' for declarations alone (a `style` attribute), or the name of the property
 * whose value this is.
 */
export function findCssReferences(
  view: string,
  start: number,
  end: number,
  decode: (piece: string) => string,
  declared?: string,
): Reference[] {
  const css = view.slice(start, end);
  const references: Reference[] = [];
  const last = findLastSign(css);
  if (last < 0) return references;
  const brackets: Bracket[] = [];
  let property = declared ?? '';
  /** Name of the at-rule whose prelude is being read; '' outside. */
  let atRule = '';
  /** Of a declaration: nothing yet, the name without its colon, behind the colon (or no declaration at all). */
  let statement: 'start' | 'name' | 'rest' = property === '' ? 'start' : 'rest';
  let name = '';
  /** The function whose first argument may be an address: `url` or `src`. */
  let opened = '';
  let sourceMap: Reference | undefined;
  const { nextToken, endOfFile } = tokenizer({ css: separateBytes(css) });
  while (!endOfFile()) {
    const token = nextToken();
    const type = token[0];
    if (type === TokenType.Whitespace) continue;
    if (token[2] > last && atRule !== 'import' && !isNested()) break;
    if (type === TokenType.Comment) {
      sourceMap = findSourceMap(start + token[2], start + token[3]) ?? sourceMap;
      continue;
    }
    const address = opened;
    opened = '';
    if (type === TokenType.Ident && statement === 'start') {
      name = token[4].value;
      statement = 'name';
      continue;
    }
    // `*zoom: 1`, a declaration for old browsers, and the ends of an HTML comment.
    if (statement === 'start' && (type === TokenType.Delim || type === TokenType.CDO || type === TokenType.CDC))
      continue;
    if (type === TokenType.Colon && statement === 'name') property = name;
    if (type === TokenType.AtKeyword && statement === 'start') atRule = token[4].value.toLowerCase();
    statement = 'rest';
    switch (type) {
      case TokenType.URL:
        add(urlContent(token, start), 'url()');
        break;
      case TokenType.String: {
        const parent = brackets.at(-1)?.name ?? '';
        if (address !== '') add(stringContent(token, start), `${address}()`);
        else if (atRule === 'import' && !isNested()) add(stringContent(token, start), '');
        else if (parent === 'image-set' || parent === '-webkit-image-set')
          add(stringContent(token, start), 'image-set()');
        break;
      }
      case TokenType.Function: {
        const called = token[4].value.toLowerCase();
        brackets.push({ close: TokenType.CloseParen, name: called });
        if (called === 'url' || called === 'src') opened = called;
        break;
      }
      case TokenType.OpenParen:
        brackets.push({ close: TokenType.CloseParen, name: '' });
        break;
      case TokenType.OpenSquare:
        brackets.push({ close: TokenType.CloseSquare, name: '' });
        break;
      case TokenType.OpenCurly:
        brackets.push({ close: TokenType.CloseCurly, name: atRule });
        beginStatement();
        break;
      case TokenType.CloseParen:
      case TokenType.CloseSquare:
      case TokenType.CloseCurly:
        // One that matches nothing is skipped, as browsers do.
        if (brackets.at(-1)?.close !== type) break;
        brackets.pop();
        if (type === TokenType.CloseCurly) beginStatement();
        break;
      case TokenType.Semicolon:
        if (!isNested()) beginStatement();
        break;
      default:
    }
  }
  if (sourceMap !== undefined) references.push(sourceMap);
  return references.sort((a, b) => a.start - b.start);

  function beginStatement(): void {
    atRule = '';
    property = '';
    statement = 'start';
  }

  /** Inside parentheses or square brackets, where a semicolon ends nothing. */
  function isNested(): boolean {
    const last = brackets.at(-1);
    return last !== undefined && last.close !== TokenType.CloseCurly;
  }

  function add(span: { start: number; end: number }, notation: string): void {
    const role = roleHere(view.slice(span.start, span.end), notation);
    const reference = role && makeCssReference({ text: view, ...span, decode }, role);
    if (reference !== undefined) references.push(reference);
  }

  function roleHere(address: string, notation: string): AddressRole | undefined {
    if (atRule === 'import') {
      if (declared !== undefined) return undefined;
      // Only the first is the sheet: what follows are conditions.
      atRule = 'imported';
      return { kind: 'css @import', use: 'style', treatment: 'rewrite' };
    }
    if (atRule !== '' || property === '') return undefined;
    const block = brackets.findLast(({ close }) => close === TokenType.CloseCurly)?.name ?? '';
    return cssRole(property, block, address, notation);
  }

  /** The last such comment counts (ECMA-426, "extract source map URL from CSS"). */
  function findSourceMap(from: number, to: number): Reference | undefined {
    const [, before, address] =
      /^(\/\*[#@][ \t]*sourceMappingURL=)([^\s'"]*)[ \t]*\*\/$/.exec(view.slice(from, to + 1)) ?? [];
    if (before === undefined || address === undefined) return undefined;
    const span = { text: view, start: from + before.length, end: from + before.length + address.length, decode };
    return makeReference(span, { kind: 'css sourceMappingURL', use: 'source-map', treatment: 'rewrite' });
  }
}

/**
 * The tokenizer knows which characters can be in names, and single bytes of longer characters are not among them
 * (U+0080 to U+00B6 and others); nor is U+0000, which is U+FFFD to browsers (CSS Syntax, "preprocessing the input
 * stream"). Only offsets are taken from the result, so any name character does.
 */
function separateBytes(css: string): string {
  return /[^\x01-\x7f]/.test(css) ? css.replace(/[^\x01-\x7f]/g, '\u4e00') : css;
}
