/** Problems as annotations of GitHub Actions (GitHub docs, "Workflow commands for GitHub Actions"). */
import type { Problem, Severity } from '../problems.js';
import { maskSecrets } from './mask.js';
import { sortProblems } from './problems.js';

const commands: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'notice' };

/**
 * One line for each problem, errors first: GitHub shows the first ten of each level.
 * @param folder of the site, relative to the repository; '' or with a slash at its end
 */
export function renderWorkflowCommands(problems: Iterable<Problem>, folder: string): string {
  return sortProblems(problems)
    .map(({ severity, code, message, file, line, column, hint }) => {
      const properties = [
        ...(file === undefined ? [] : [`file=${escapeProperty(`${folder}${file}`)}`]),
        ...(line === undefined ? [] : [`line=${line}`]),
        ...(column === undefined ? [] : [`col=${column}`]),
        `title=${escapeProperty(code)}`,
      ];
      const text = maskSecrets(hint === undefined ? message : `${message}\n${hint}`);
      return `::${commands[severity]} ${properties.join(',')}::${escapeText(text)}\n`;
    })
    .join('');
}

/** What the runner undoes (actions/toolkit, packages/core/src/command.ts). */
function escapeText(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
