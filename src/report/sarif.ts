/** Problems as a SARIF log, for code scanning and editors (OASIS SARIF 2.1.0). */
import type { Problem } from '../problems.js';
import { maskSecrets } from './mask.js';
import { problemCodes } from './problemCodes.js';
import { sortProblems } from './problems.js';

/**
 * @param folder of the site, relative to the repository; '' or with a slash at its end
 * @param version of twinorigin
 */
export function describeSarif(problems: Iterable<Problem>, folder: string, version: string): object {
  const sorted = sortProblems(problems);
  const codes = [...new Set(sorted.map(({ code }) => code))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'twinorigin',
            semanticVersion: version,
            rules: codes.map((id) => {
              const { severity = 'warning', title = id } = problemCodes[id] ?? {};
              return { id, shortDescription: { text: title }, defaultConfiguration: { level: severity } };
            }),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: sorted.map((problem) => describeResult(problem, codes.indexOf(problem.code), folder)),
      },
    ],
  };
}

function describeResult(problem: Problem, ruleIndex: number, folder: string): object {
  const { code, severity, message, file, line, column, hint } = problem;
  const text = maskSecrets(hint === undefined ? message : `${message}. ${hint}`);
  const region = {
    ...(line !== undefined && { startLine: line }),
    ...(column !== undefined && { startColumn: column }),
  };
  const physicalLocation = {
    // 3.4.4: relative to the root of what is scanned, which whoever reads the log knows.
    artifactLocation: { uri: encodePath(`${folder}${file ?? ''}`), uriBaseId: '%SRCROOT%' },
    ...(line !== undefined && { region }),
  };
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text },
    ...(file !== undefined && { locations: [{ physicalLocation }] }),
    // 3.27.17: the same finding in a later run, though lines have moved.
    partialFingerprints: { 'findingText/v1': `${code}:${file ?? ''}:${message}` },
  };
}

/** RFC 3986: the segments of a relative reference, where a colon would make a scheme of the first. */
function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
