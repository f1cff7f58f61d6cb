import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/problems.js';
import { problemCodes } from '../../src/report/problemCodes.js';
import { describeSarif } from '../../src/report/sarif.js';
import { renderWorkflowCommands } from '../../src/report/workflowCommands.js';

const problems: readonly Problem[] = [
  { code: 'unreferenced', severity: 'note', message: 'no reference leads to it', file: 'a b/ü:1,2.png' },
  {
    code: 'dangling-reference',
    severity: 'warning',
    message: 'img@src leads to "100%.png"\r\nand nothing else',
    file: 'index.html',
    line: 3,
    column: 7,
    hint: 'Look again.',
  },
  { code: 'miscased-reference', severity: 'error', message: 'x', file: 'index.html', line: 9, column: 1 },
  { code: 'of-tomorrow', severity: 'note', message: 'about the whole site' },
];

describe('workflow commands', () => {
  const lines = renderWorkflowCommands(problems, 'dist/').split('\n');

  it('are one line each, errors first', () => {
    expect(lines.map((line) => /^::\w+/.exec(line)?.[0])).toEqual([
      '::error',
      '::warning',
      '::notice',
      '::notice',
      undefined,
    ]);
    expect(lines[0]).toBe('::error file=dist/index.html,line=9,col=1,title=miscased-reference::x');
  });

  it('escape what the runner would take for syntax', () => {
    expect(lines[1]).toBe(
      '::warning file=dist/index.html,line=3,col=7,title=dangling-reference::img@src leads to "100%25.png"%0D%0Aand nothing else%0ALook again.',
    );
    expect(lines).toContain('::notice file=dist/a b/ü%3A1%2C2.png,title=unreferenced::no reference leads to it');
    expect(lines).toContain('::notice title=of-tomorrow::about the whole site');
  });
});

describe('SARIF', () => {
  const log = JSON.parse(JSON.stringify(describeSarif(problems, 'dist/', '1.2.3'))) as Log;
  const { tool, results, columnKind } = log.runs[0]!;

  it('names its version, and the tool with a semantic version', () => {
    expect(log.version).toBe('2.1.0');
    expect(log.$schema).toMatch(/^https:\/\/.*sarif-2\.1\.0\.json$/);
    expect(tool.driver).toMatchObject({ name: 'twinorigin', semanticVersion: '1.2.3' });
    expect(columnKind).toBe('utf16CodeUnits');
  });

  it('has a rule for every finding, each once, and every index leads to the rule of that name', () => {
    const ids = tool.driver.rules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(results).toHaveLength(problems.length);
    for (const { ruleId, ruleIndex } of results) expect(ids[ruleIndex]).toBe(ruleId);
  });

  it('uses only levels, lines and addresses that the standard allows', () => {
    for (const { level, message, locations = [] } of results) {
      expect(['error', 'warning', 'note']).toContain(level);
      expect(message.text).not.toBe('');
      for (const { physicalLocation } of locations) {
        const { uri, uriBaseId } = physicalLocation.artifactLocation;
        expect(uriBaseId).toBe('%SRCROOT%');
        // RFC 3986: a relative reference in ASCII, whose first segment holds no colon.
        expect(uri).toMatch(/^[\w.~!$&'()*+,;=@%-]+(\/[\w.~!$&'()*+,;=@%:-]*)*$/);
        expect(new URL(uri, 'file:///repository/').pathname).toMatch(/^\/repository\/dist\//);
        const { startLine = 1, startColumn = 1 } = physicalLocation.region ?? {};
        expect(startLine).toBeGreaterThan(0);
        expect(startColumn).toBeGreaterThan(0);
      }
    }
    expect(results.find(({ ruleId }) => ruleId === 'unreferenced')?.locations?.[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: 'dist/a%20b/%C3%BC%3A1%2C2.png', uriBaseId: '%SRCROOT%' },
    });
  });

  it('fingerprints do not depend on lines', () => {
    const moved = describeSarif(
      problems.map((problem) => ({ ...problem, ...(problem.line !== undefined && { line: 99 }) })),
      'dist/',
      '1.2.3',
    ) as Log;
    const fingerprints = (one: Log) => one.runs[0]!.results.map(({ partialFingerprints }) => partialFingerprints);
    expect(new Set(fingerprints(moved).map((one) => JSON.stringify(one)))).toEqual(
      new Set(fingerprints(log).map((one) => JSON.stringify(one))),
    );
  });
});

it('every kind of finding has a title of one sentence', () => {
  for (const [code, { title }] of Object.entries(problemCodes)) {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(title).toMatch(/^[A-Z].*\.$/);
  }
});

interface Log {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly {
    readonly columnKind: string;
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly partialFingerprints: object;
      readonly locations?: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string; readonly uriBaseId: string };
          readonly region?: { readonly startLine?: number; readonly startColumn?: number };
        };
      }[];
    }[];
  }[];
}
