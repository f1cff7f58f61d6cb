import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'acorn';
import { full } from 'acorn-walk';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { bundleEdge, renderGenerated } from '../../scripts/edge.mjs';
import {
  largestFunction,
  makeAssetRequest,
  makePageRequest,
  makePageResponse,
  makePlainPageRequest,
} from '../../src/edge/functions.js';

const folder = new URL('../../src/edge/', import.meta.url);
/** These speak about the functions and do not run in them. */
const outside = new Set(['functions.ts', 'generated.ts', 'event.ts']);

/** Node types of ESTree that CloudFront Functions' runtime 2.0 does not list as supported. */
const unsupported = new Set([
  'ArrayPattern',
  'AssignmentPattern',
  'BigIntLiteral',
  'ChainExpression',
  'ClassDeclaration',
  'ClassExpression',
  'ExportAllDeclaration',
  'ForOfStatement',
  'ImportExpression',
  'ObjectPattern',
  'PrivateIdentifier',
  'SpreadElement',
  'TaggedTemplateExpression',
  'YieldExpression',
]);
/** Methods that are not in its list, as far as somebody might use them. */
const missingMethods = new Set([
  'at',
  'flat',
  'flatMap',
  'findLast',
  'matchAll',
  'fromEntries',
  'hasOwn',
  'structuredClone',
]);

function findUnsupported(code: string): string[] {
  const found: string[] = [];
  full(parse(code, { ecmaVersion: 'latest', sourceType: 'module' }), (node) => {
    const operator = 'operator' in node ? String(node.operator) : '';
    if (unsupported.has(node.type)) found.push(node.type);
    if (['??', '??=', '||=', '&&='].includes(operator)) found.push(operator);
    if (node.type === 'ImportDeclaration') {
      const { source, specifiers } = node as unknown as { source: { value: string }; specifiers: { type: string }[] };
      if (!['crypto', 'cloudfront', 'querystring', 'buffer'].includes(source.value))
        found.push(`import ${source.value}`);
      if (specifiers.some(({ type }) => type !== 'ImportDefaultSpecifier')) found.push('named import');
    }
    if (node.type === 'Property') {
      const property = node as unknown as { shorthand: boolean; method: boolean; computed: boolean };
      if (property.shorthand || property.method || property.computed) found.push('new form of property');
    }
    if (node.type === 'ArrowFunctionExpression' && (node as unknown as { async: boolean }).async)
      found.push('async closure');
    if (node.type === 'FunctionExpression' && (node as unknown as { async: boolean }).async)
      found.push('async closure');
    if (node.type === 'MemberExpression') {
      const { property } = node as unknown as { property: { name?: string } };
      if (missingMethods.has(property.name ?? '')) found.push(`.${property.name}()`);
    }
  });
  return found;
}

const settings = { negotiate: true, pin: true, secure: true };
const functions = {
  makeAssetRequest: makeAssetRequest(),
  makePlainPageRequest: makePlainPageRequest(settings),
  makePageRequest: makePageRequest(settings),
  makePageResponse: makePageResponse(settings),
};

describe('the code of the edge', () => {
  it.each(readdirSync(folder).filter((name) => !outside.has(name)))('%s keeps to what the runtime can run', (name) => {
    const source = readFileSync(new URL(name, folder), 'utf8');
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, removeComments: true },
    });
    const inside = findUnsupported(outputText).filter((what) => !/^(import \.\/|named import)/.test(what));
    expect(inside).toEqual([]);
  });

  it('would be found out', () => {
    expect(findUnsupported('for (const a of b);')).toEqual(['ForOfStatement']);
    expect(findUnsupported('a ?? b?.c')).toEqual(['ChainExpression', '??']);
    expect(findUnsupported('import a from "b"; function f({ c }, d = 1) {}')).toContain('ObjectPattern');
    expect(findUnsupported('import { createHmac } from "crypto"; x.at(-1); f(async () => 1); g({ a });')).toEqual([
      'named import',
      '.at()',
      'async closure',
      'new form of property',
    ]);
  });
});

describe.each(Object.entries(functions))('%s', (_name, { code, needsKeys }) => {
  it('is one text below the limit that the runtime can run', () => {
    expect(Buffer.byteLength(code)).toBeLessThan(largestFunction);
    expect(findUnsupported(code)).toEqual([]);
    expect(code).toMatch(/function handler\(/);
    expect(code).not.toMatch(/\bexport\b/);
    expect(code.includes("from 'cloudfront'")).toBe(needsKeys);
  });
});

it('the texts are made from the files of today (npm run edge makes them again)', async () => {
  expect(readFileSync(new URL('generated.ts', folder), 'utf8')).toBe(renderGenerated(await bundleEdge()));
});
