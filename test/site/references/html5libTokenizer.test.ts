import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tokensOf, type Token } from './html5libTokens.js';

interface Case {
  readonly description: string;
  readonly input: string;
  readonly output: readonly (readonly unknown[])[];
  readonly initialStates?: readonly string[];
  readonly lastStartTag?: string;
  readonly doubleEscaped?: boolean;
}

const folder = new URL('../../fixtures/suites/html5lib-tokenizer/', import.meta.url);
const unescape = (text: string) =>
  text.replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));

/** Doctypes are told apart from comments only; runs of text are one. */
function expected({ output, doubleEscaped = false }: Case): Token[] {
  const tokens: Token[] = [];
  const read = (value: unknown): unknown => {
    if (typeof value === 'string' && doubleEscaped) return unescape(value);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [read(name), read(inner)]));
  };
  for (const [type, ...rest] of output)
    tokens.push(type === 'DOCTYPE' ? ['DOCTYPE'] : [String(type), ...rest.map(read)]);
  return tokens;
}

function run(test: Case, state: string): Token[] {
  const input = test.doubleEscaped === true ? unescape(test.input) : test.input;
  return tokensOf(input, state, test.lastStartTag);
}

describe('the HTML scanner reads what html5lib’s tokenizer tests read', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.test'))) {
    it(`all of ${file}`, () => {
      const suite = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Record<string, readonly Case[]>;
      for (const test of Object.values(suite)[0] ?? []) {
        for (const state of test.initialStates ?? ['Data state']) {
          expect(run(test, state), `${test.description} (${state})`).toEqual(expected(test));
        }
      }
    });
  }
});
