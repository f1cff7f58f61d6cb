/** Columns for programs that count characters: findings count bytes. */
import type { Problem } from '../problems.js';
import type { LogicalPath, Site } from './site.js';

/**
 * The same problems, with columns in UTF-16 code units. Only files that are UTF-8 are looked at: in others a character
 * cannot be told from a byte here.
 */
export async function countCharacters(site: Site, problems: readonly Problem[]): Promise<readonly Problem[]> {
  const counted: Problem[] = [];
  const lines = new Map<string, readonly Buffer[]>();
  for (const problem of problems) {
    const file = problem.file === undefined ? undefined : site.files.get(problem.file as LogicalPath);
    if (file?.charset !== 'utf-8' || problem.line === undefined || problem.column === undefined) {
      counted.push(problem);
      continue;
    }
    const known = lines.get(file.path) ?? splitLines(await site.read(file));
    lines.set(file.path, known);
    const before = known[problem.line - 1]?.subarray(0, problem.column - 1);
    counted.push({ ...problem, column: (before?.toString('utf8').length ?? problem.column - 1) + 1 });
  }
  return counted;
}

/** Lines end as for `locateOffset()`. */
function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (byte !== 0x0a && (byte !== 0x0d || bytes[index + 1] === 0x0a)) continue;
    lines.push(bytes.subarray(start, index));
    start = index + 1;
  }
  return [...lines, bytes.subarray(start)];
}
