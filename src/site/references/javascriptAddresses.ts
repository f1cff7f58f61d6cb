/** Addresses that a script hands to the browser by name: workers, service workers, worklets, fetch, XMLHttpRequest. */
import { parse, type CallExpression, type Expression, type Node, type Program } from 'acorn';
import { simple } from 'acorn-walk';
import { namesFile, readAddress, scriptEscapes, type Decode } from './escapedAddress.js';
import type { Word } from './javascriptLiterals.js';
import type { FoundNote, Reference, Use } from './reference.js';

/**
 * Parsing costs thirty times as much as scanning: only scripts are parsed in which what follows one of these words can
 * be a call with a literal. `new URL(…, import.meta.url)` is found without a parser.
 */
const gates: Readonly<Record<string, RegExp>> = {
  Worker: /^\s*\(\s*(?:\/\*|["'`]|[\w$.]+\s*(?:\?|\|\|)\s*["'`]|new\s+URL\s*\(\s*(["'`])[^"'`]*\1\s*,\s*(?!import\b))/,
  serviceWorker: /^\s*\??\.\s*register\s*\(/,
  importScripts: /^\s*\(\s*(?:\/\*|["'`])/,
  addModule: /^\s*\(\s*(?:\/\*|["'`])/,
  fetch: /^\s*\(\s*(?:\/\*|["'`])/,
  Request: /^\s*\(\s*(?:\/\*|["'`])/,
  open: /^\s*\(\s*["'](?:GET|POST|HEAD|PUT|PATCH|DELETE)["']\s*,\s*["'`]/i,
};

function isWorthParsing(view: string, offset: number, words: readonly Word[]): boolean {
  return words.some(({ word, end }) => {
    const gate = gates[word === 'SharedWorker' ? 'Worker' : word];
    return gate?.test(view.slice(offset + end, offset + end + 300)) === true;
  });
}

export interface Addresses {
  readonly references: readonly Reference[];
  readonly notes: readonly FoundNote[];
}

/**
 * Finds what a script loads by a literal address.
 * @param words what the scanner found in the script.
 */
export function findAddresses(
  view: string,
  start: number,
  end: number,
  decode: Decode,
  words: readonly Word[],
  relativeTo: 'file' | 'document',
): Addresses {
  if (!isWorthParsing(view, start, words)) return { references: [], notes: [] };
  const raw = view.slice(start, end);
  const { text, offsetOf } = decodeScript(raw, decode);
  const program = parseScript(text);
  if (program === undefined) {
    const message = 'the script cannot be parsed: the addresses it loads are only guessed from its strings';
    return { references: [], notes: [{ code: 'script-unparsed', severity: 'note', message, offset: start }] };
  }
  const references: Reference[] = [];
  const add = (kind: string, use: Use, argument: Node | undefined) => {
    for (const [from, to] of literalsOf(argument)) {
      const address = readAddress(view, start + offsetOf(from), start + offsetOf(to), decode, scriptEscapes);
      if (namesFile(address)) references.push({ kind, use, treatment: 'keep', ...address, relativeTo });
    }
  };
  simple(program, {
    NewExpression(node) {
      const name = nameOf(node.callee);
      if (name === 'Worker' || name === 'SharedWorker') add(`js new ${name}()`, 'same-origin', node.arguments[0]);
      if (name === 'Request') add('js new Request()', 'fetch', node.arguments[0]);
    },
    CallExpression(node) {
      const [first, second] = node.arguments;
      switch (nameOf(node.callee)) {
        case 'importScripts':
          for (const argument of node.arguments) add('js importScripts()', 'script', argument);
          break;
        case 'register':
          if (isServiceWorker(node)) add('js serviceWorker.register()', 'same-origin', first);
          break;
        case 'addModule':
          add('js addModule()', 'module', first);
          break;
        case 'fetch':
          add('js fetch()', 'fetch', first);
          break;
        case 'open':
          if (first?.type === 'Literal' && /^(?:GET|POST|HEAD|PUT|PATCH|DELETE)$/i.test(String(first.value))) {
            add('js XMLHttpRequest.open()', 'fetch', second);
          }
          break;
        default:
      }
    },
  });
  return { references, notes: [] };
}

function parseScript(text: string): Program | undefined {
  for (const sourceType of ['module', 'script'] as const) {
    try {
      return parse(text, {
        ecmaVersion: 'latest',
        sourceType,
        allowReturnOutsideFunction: true,
        allowHashBang: true,
      });
    } catch {
      // Modules are strict: sloppy scripts get a second chance. Deep nesting overflows the stack in both.
    }
  }
  return undefined;
}

/** The name of what is called: `fetch`, `window.fetch`, `navigator.serviceWorker.register`. */
function nameOf(callee: CallExpression['callee']): string | undefined {
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type === 'ChainExpression') return nameOf(callee.expression);
  if (callee.type === 'ParenthesizedExpression') return nameOf(callee.expression);
  return callee.type === 'MemberExpression' && !callee.computed && callee.property.type === 'Identifier'
    ? callee.property.name
    : undefined;
}

function isServiceWorker(node: CallExpression): boolean {
  return (
    node.callee.type === 'MemberExpression' &&
    node.callee.object.type !== 'Super' &&
    nameOf(node.callee.object) === 'serviceWorker'
  );
}

/** Spans of the literals that an argument can be, without quotes. `new URL('x', location)` is the address `x`. */
function literalsOf(node: Node | undefined): (readonly [start: number, end: number])[] {
  if (node === undefined) return [];
  const expression = node as Expression;
  switch (expression.type) {
    case 'Literal':
      return typeof expression.value === 'string' ? [[expression.start + 1, expression.end - 1]] : [];
    case 'TemplateLiteral':
      return expression.expressions.length === 0 ? [[expression.start + 1, expression.end - 1]] : [];
    case 'ConditionalExpression':
      return [...literalsOf(expression.consequent), ...literalsOf(expression.alternate)];
    case 'LogicalExpression':
      return [...literalsOf(expression.left), ...literalsOf(expression.right)];
    // What Vite and others write: `""+new URL("x", location).href`.
    case 'BinaryExpression':
      return expression.operator === '+' && expression.left.type === 'Literal' && expression.left.value === ''
        ? literalsOf(expression.right)
        : [];
    case 'MemberExpression':
      return nameOf(expression) === 'href' ? literalsOf(expression.object) : [];
    case 'NewExpression':
      return nameOf(expression.callee) === 'URL' && isDocumentBase(expression.arguments[1])
        ? literalsOf(expression.arguments[0])
        : [];
    default:
      return [];
  }
}

/** `location`, `location.href`, `location.origin`, `document.baseURI`; addresses by import.meta.url are found elsewhere. */
function isDocumentBase(node: Node | undefined): boolean {
  if (node === undefined) return false;
  const name = nameOf(node as Expression);
  return name === 'location' || name === 'href' || name === 'baseURI' || name === 'origin';
}

/** The characters of a script for the parser, and the way back from them to the bytes. */
function decodeScript(raw: string, decode: Decode): { text: string; offsetOf: (index: number) => number } {
  if (!/[^\x00-\x7f]/.test(raw)) return { text: raw, offsetOf: (index) => index };
  let text = '';
  /** Where a run of other than ASCII characters ends: in the text and in the bytes. */
  const ends: { readonly index: number; readonly offset: number }[] = [{ index: 0, offset: 0 }];
  let last = 0;
  for (const { 0: run, index } of raw.matchAll(/[^\x00-\x7f]+/g)) {
    text += raw.slice(last, index) + decode(run);
    last = index + run.length;
    ends.push({ index: text.length, offset: last });
  }
  text += raw.slice(last);
  const offsetOf = (index: number) => {
    let low = 0;
    let high = ends.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((ends[middle]?.index ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    const run = ends[low] ?? { index: 0, offset: 0 };
    return run.offset + index - run.index;
  };
  return { text, offsetOf };
}
