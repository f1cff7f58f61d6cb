import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'acorn';
import { full } from 'acorn-walk';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const folder = new URL('../../src/edge/', import.meta.url);

/** Node types of ESTree that CloudFront Functions' runtime 2.0 does not list as supported. */
const unsupported = new Set([
  'ArrayPattern',
  'AssignmentPattern',
  'ChainExpression',
  'ClassDeclaration',
  'ClassExpression',
  'ForOfStatement',
  'ImportDeclaration',
  'ImportExpression',
  'ObjectPattern',
  'SpreadElement',
  'YieldExpression',
]);

function findUnsupported(code: string): string[] {
  const found: string[] = [];
  full(parse(code, { ecmaVersion: 'latest', sourceType: 'module' }), (node) => {
    const operator = 'operator' in node ? String(node.operator) : '';
    if (unsupported.has(node.type)) found.push(node.type);
    if (['??', '??=', '||=', '&&='].includes(operator)) found.push(operator);
  });
  return found;
}

describe('the code of the edge', () => {
  it.each(readdirSync(folder))('%s keeps to what CloudFront Functions can run', (name) => {
    const source = readFileSync(new URL(name, folder), 'utf8');
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, removeComments: true },
    });
    expect(findUnsupported(outputText)).toEqual([]);
    expect(Buffer.byteLength(outputText)).toBeLessThan(5_000);
  });

  it('would be found out', () => {
    expect(findUnsupported('for (const a of b);')).toEqual(['ForOfStatement']);
    expect(findUnsupported('a ?? b?.c')).toEqual(['ChainExpression', '??']);
    expect(findUnsupported('import a from "b"; function f({ c }, d = 1) {}')).toContain('ObjectPattern');
  });
});
