import { readFileSync } from 'node:fs';
import { parse, type Program, type Token } from 'acorn';
import { simple } from 'acorn-walk';
import { describe, expect, it } from 'vitest';
import { scanScript } from '../../../src/site/references/javascriptLiterals.js';
import { findIn } from './listing.js';

/** Scripts of every style: hand-written, compiled, bundled, minified. */
const scripts = [
  'acorn/dist/acorn.mjs',
  'acorn/dist/acorn.js',
  'playwright-core/lib/utilsBundle.js',
  'es-module-lexer/dist/lexer.asm.js',
  'fast-check/lib/fast-check.js',
  'prettier/plugins/babel.mjs',
  'prettier/plugins/typescript.mjs',
  'prettier/plugins/postcss.js',
  'zod/v4/core/schemas.js',
];

function readScript(path: string): string {
  const file = new URL(`../../../node_modules/${path}`, import.meta.url);
  // Only ASCII, so that the parser's offsets are bytes.
  return readFileSync(file, 'latin1').replace(/[^\x00-\x7f]/g, 'x');
}

function parseWithAcorn(text: string): { program: Program; tokens: Token[] } {
  for (const sourceType of ['module', 'script'] as const) {
    const tokens: Token[] = [];
    try {
      const program = parse(text, { ecmaVersion: 'latest', sourceType, allowHashBang: true, onToken: tokens });
      return { program, tokens };
    } catch {
      // The other kind, then.
    }
  }
  throw new Error('not a script');
}

/** Literals without quotes: strings, and templates without substitutions. */
function literalsOf(tokens: readonly Token[]): Set<string> {
  const literals = new Set<string>();
  tokens.forEach((token, index) => {
    const [next, last] = [tokens[index + 1], tokens[index + 2]];
    if (token.type.label === 'string') literals.add(`${token.start + 1}-${token.end - 1}`);
    else if (token.type.label === '`' && next?.type.label === 'template' && last?.type.label === '`')
      literals.add(`${next.start}-${next.end}`);
  });
  return literals;
}

describe('read as acorn reads it', () => {
  it.each(scripts)('%s', (path) => {
    const text = readScript(path);
    const { program, tokens } = parseWithAcorn(text);

    const { literals } = scanScript(text);
    const scanned = new Set<string>();
    for (let index = 0; index < literals.length; index += 2) scanned.add(`${literals[index]!}-${literals[index + 1]!}`);
    const expected = literalsOf(tokens);
    expect([...expected].filter((span) => !scanned.has(span))).toEqual([]);
    expect([...scanned].filter((span) => !expected.has(span))).toEqual([]);

    const sources = new Map<number, string>();
    const add = (node: { type: string; start: number; value?: unknown } | null | undefined) => {
      if (typeof node?.value === 'string' && /^\.{0,2}\//.test(node.value)) sources.set(node.start + 1, node.value);
    };
    simple(program, {
      ImportDeclaration: (node) => add(node.source),
      ExportNamedDeclaration: (node) => add(node.source),
      ExportAllDeclaration: (node) => add(node.source),
      ImportExpression: (node) => add(node.source),
    });
    const found = findIn('text/javascript', text).references.filter(({ use }) => use === 'module');
    expect(found.map(({ start, url }) => [start, url])).toEqual([...sources].sort(([a], [b]) => a - b));
  });
});
