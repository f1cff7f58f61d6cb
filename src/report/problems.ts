/** What is worth telling about a site: where, what, what to do; long lists are cut. */
import type { Problem, Severity } from '../problems.js';
import { countOf, formatCount } from './amounts.js';
import { paint, showSafely, wrap, type Look, type Tone } from './text.js';

const shownProblems = 20;
const shownBeside = 5;
const order: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 };
const tones: Readonly<Record<Severity, Tone>> = { error: 'red', warning: 'yellow', note: 'cyan' };

/** Errors first, then by file, line and column; equal ones once. */
export function sortProblems(problems: Iterable<Problem>): readonly Problem[] {
  const unique = new Map<string, Problem>();
  for (const problem of problems) {
    const { code, message, file, line, column } = problem;
    unique.set(JSON.stringify([code, message, file, line, column]), problem);
  }
  return [...unique.values()].sort(
    (a, b) =>
      order[a.severity] - order[b.severity] ||
      compareText(a.file ?? '', b.file ?? '') ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}

export function countProblems(problems: Iterable<Problem>): Readonly<Record<Severity, number>> {
  const counts = { error: 0, warning: 0, note: 0 };
  for (const { severity } of problems) counts[severity]++;
  return counts;
}

/** `2 errors, 1 warning`; '' when there is nothing. */
export function summarizeProblems(problems: Iterable<Problem>): string {
  const counts = countProblems(problems);
  const severities = ['error', 'warning', 'note'] as const;
  return severities
    .flatMap((severity) => (counts[severity] > 0 ? [countOf(counts[severity], severity)] : []))
    .join(', ');
}

/** A list of problems; without `verbose` the first few. '' when there are none. */
export function renderProblems(problems: Iterable<Problem>, look: Look): string {
  return renderFirst(sortProblems(problems), look, shownProblems, '--verbose shows all');
}

/** Problems beside a report on something else: fewer, and where to see the others. */
export function renderProblemsBriefly(problems: Iterable<Problem>, look: Look): string {
  return renderFirst(sortProblems(problems), look, shownBeside, 'twinorigin check shows them');
}

function renderFirst(problems: readonly Problem[], look: Look, limit: number, where: string): string {
  const shown = look.verbose ? problems : problems.slice(0, limit);
  const lines = shown.map((problem) => renderProblem(problem, look));
  const rest = problems.slice(shown.length);
  if (rest.length > 0) lines.push(paint(look, 'dim', `… and ${formatCount(rest.length)} more (${where})`));
  return lines.join('\n');
}

function renderProblem({ severity, message, file, line, column, hint, code }: Problem, look: Look): string {
  const place = [file === undefined ? undefined : showSafely(file), line, column].filter((part) => part !== undefined);
  const where = place.length === 0 ? '' : `${paint(look, 'cyan', place.join(':'))}  `;
  const stop = /[.!?]$/.test(message) ? '' : '.';
  const advice = hint === undefined ? '' : `${stop} ${paint(look, 'dim', showSafely(hint))}`;
  const name = paint(look, 'dim', ` [${code}]`);
  return wrap(
    `${paint(look, tones[severity], severity)}  ${where}${showSafely(message)}${advice}${name}`,
    look.width,
    '',
    '    ',
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
