/** The string literals and the telling words of a script, by one pass over its characters. */

/** Spans of one script, in order. Literals are given without their quotes. */
export interface ScriptSpans {
  /** Pairs of start and end. Template literals only where they hold no `${}`. */
  readonly literals: readonly number[];
  /** Words of code, not of strings or comments, that were asked for. */
  readonly words: readonly Word[];
}

export interface Word {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

const tab = 0x09;
const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const doubleQuote = 0x22;
const dollar = 0x24;
const quote = 0x27;
const parenOpen = 0x28;
const parenClose = 0x29;
const star = 0x2a;
const plus = 0x2b;
const minus = 0x2d;
const slash = 0x2f;
const bracketOpen = 0x5b;
const backslash = 0x5c;
const bracketClose = 0x5d;
const backtick = 0x60;
const braceOpen = 0x7b;
const braceClose = 0x7d;

/** Words after which a slash begins a regular expression. */
const operatorWords = /^(?:return|typeof|case|in|of|delete|void|throw|new|instanceof|do|else|yield|await)$/;
/** Words whose parentheses are followed by a statement. */
const headWords = /^(?:if|while|for|with)$/;

/** What an open bracket will mean for a slash behind its closing one. */
const enum Open {
  /** A value: a slash divides. */
  Value,
  /** The end of a statement or of its head: a slash begins a regular expression. */
  Statement,
  /** `${` of a template. */
  Template,
}

/** The end of a regular expression that begins at `start`; -1 when the line ends first, so that it is a division. */
function skipRegExp(text: string, start: number): number {
  let inClass = false;
  for (let index = start + 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === newline || code === carriageReturn) return -1;
    if (code === backslash) index++;
    else if (code === bracketOpen) inClass = true;
    else if (code === bracketClose) inClass = false;
    else if (code === slash && !inClass) return index + 1;
  }
  return -1;
}

/** 1 for the bytes that identifiers, keywords and numbers are made of. */
const wordBytes = Uint8Array.from({ length: 256 }, (_, code) =>
  code >= 0x80 || /[\w$]/.test(String.fromCharCode(code)) ? 1 : 0,
);

function isWord(code: number): boolean {
  return wordBytes[code] === 1 || code > 0xff;
}

/** Words that tell what a script loads, or that it looks itself up. */
const wanted = new Set(
  (
    'Worker SharedWorker serviceWorker importScripts addModule fetch Request open addEventListener ' +
    'currentScript scripts getElementsByTagName querySelector querySelectorAll'
  ).split(' '),
);

/** Lengths of the wanted words by their first byte, as bits: nearly every other word is dismissed by them. */
const lengths = new Int32Array(256);
for (const word of wanted) {
  const first = word.charCodeAt(0);
  lengths[first] = (lengths[first] ?? 0) | (1 << word.length);
}

/**
 * Scans a script. Whether a slash divides or begins a regular expression is decided by what stands before it, as
 * es-module-lexer does; a wrong guess costs at most the rest of the line, because strings end with it.
 */
export function scanScript(text: string): ScriptSpans {
  const literals: number[] = [];
  const words: Word[] = [];
  const open: Open[] = [];
  const length = text.length;
  /** Index of the last character of code that is neither space nor comment. */
  let previous = -1;
  /** What the bracket that closed at `previous` was. */
  let closed = Open.Value;
  let index = 0;
  /** How often a regular expression may turn out to have no end, which takes looking at all of its line. */
  let patience = 50;

  /** The word that ends at an index, unless it is a property name. */
  function wordAt(end: number): string {
    let start = end;
    while (start >= 0 && end - start < 12 && isWord(text.charCodeAt(start))) start--;
    return text[start] === '.' ? '' : text.slice(start + 1, end + 1);
  }

  /** Whether an operand is expected behind `previous`: then a slash begins a regular expression, a brace an object. */
  function expectsOperand(): boolean {
    if (previous < 0) return true;
    const code = text.charCodeAt(previous);
    if (code === parenClose || code === braceClose) return closed === Open.Statement;
    if (code === bracketClose || code === doubleQuote || code === quote || code === backtick) return false;
    // x++ / y, but also a + +/re/: the former is the one that is written.
    if (code === plus || code === minus) return text.charCodeAt(previous - 1) !== code;
    if (code === slash) return false; // the end of a regular expression
    if (isWord(code)) return operatorWords.test(wordAt(previous));
    return code !== 0x2e; // a lone dot cannot be followed by a slash
  }

  /** Whether a brace behind `previous` opens a block rather than an object. */
  function opensBlock(): boolean {
    if (previous < 0) return true;
    const code = text.charCodeAt(previous);
    if (code === parenClose || code === 0x3b || code === braceOpen) return true; // ) ; {
    if (code === braceClose) return true;
    if (code === 0x3e) return text.charCodeAt(previous - 1) === 0x3d; // =>
    if (isWord(code)) return !/^(?:return|typeof|case|in|of|void|throw|new|yield|await)$/.test(wordAt(previous));
    return false;
  }

  /** Skips template characters up to the closing backtick or `${`; true at the former. */
  function skipTemplate(): boolean {
    for (; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code === backslash) index++;
      else if (code === backtick) return true;
      else if (code === dollar && text.charCodeAt(index + 1) === braceOpen) {
        open.push(Open.Template);
        return false;
      }
    }
    return true;
  }

  while (index < length) {
    const code = text.charCodeAt(index);
    switch (code) {
      case space:
      case tab:
      case newline:
      case carriageReturn:
        index++;
        continue;
      case doubleQuote:
      case quote: {
        const start = ++index;
        for (; index < length; index++) {
          const inner = text.charCodeAt(index);
          if (inner === code || inner === newline) break;
          if (inner === backslash) index++;
        }
        if (text.charCodeAt(index) === code) literals.push(start, index);
        break;
      }
      case backtick: {
        const start = ++index;
        if (skipTemplate()) {
          if (index < length) literals.push(start, index);
        } else {
          previous = ++index;
          index++;
          continue;
        }
        break;
      }
      case slash: {
        const next = text.charCodeAt(index + 1);
        if (next === slash || next === star) {
          const end = next === star ? text.indexOf('*/', index + 2) : endOfLine(text, index);
          index = end < 0 ? length : next === star ? end + 2 : end;
          continue;
        }
        if (patience === 0 || !expectsOperand()) break;
        const end = skipRegExp(text, index);
        if (end < 0) patience--;
        else index = end - 1;
        break;
      }
      case parenOpen:
        open.push(
          previous >= 0 && isWord(text.charCodeAt(previous)) && headWords.test(wordAt(previous))
            ? Open.Statement
            : Open.Value,
        );
        break;
      case braceOpen:
        open.push(opensBlock() ? Open.Statement : Open.Value);
        break;
      case parenClose:
        closed = open.pop() ?? Open.Value;
        break;
      case braceClose:
        closed = open.pop() ?? Open.Statement;
        if (closed === Open.Template) {
          index++;
          if (!skipTemplate()) {
            previous = ++index;
            index++;
            continue;
          }
        }
        break;
      default: {
        if (!isWord(code)) break;
        const start = index;
        while (isWord(text.charCodeAt(index + 1))) index++;
        const size = index + 1 - start;
        if (size >= 32 || ((lengths[code] ?? 0) & (1 << size)) === 0) break;
        const word = text.slice(start, index + 1);
        if (wanted.has(word)) words.push({ word, start, end: index + 1 });
      }
    }
    previous = index;
    index++;
  }
  return { literals, words };
}

function endOfLine(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  const carriage = text.slice(from, newline < 0 ? text.length : newline).indexOf('\r');
  return carriage < 0 ? newline : from + carriage;
}
