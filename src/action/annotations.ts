/** Errors and problems beside the lines of the repository they are about. */
import { relative, resolve } from 'node:path';
import { loadConfig } from '../cli/loadConfig.js';
import type { Severity } from '../problems.js';
import type { ErrorDocument, PlanDocument } from '../report/documents.js';
import { locateInRepository, type Inputs } from './inputs.js';
import type { Level, Runner } from './runner.js';

/** GitHub shows ten annotations of each level and step (GitHub docs, "Limits"). */
const most = 10;
const levels: Readonly<Record<Severity, Level>> = { error: 'error', warning: 'warning', note: 'notice' };

/** One annotation whose first line is the cause. */
export function annotateError({ error }: ErrorDocument, runner: Runner, inputs: Inputs | ((file: string) => string)) {
  const { title, message, hint, file, line, items } = error;
  const locate = typeof inputs === 'function' ? inputs : (path: string) => locateInRepository(path, inputs, runner.env);
  runner.annotate({
    level: 'error',
    title,
    message: [message, ...items.slice(0, most).map((item) => `· ${item}`), hint].join('\n'),
    file: file === undefined ? undefined : locate(file),
    line,
  });
}

/** The worst first, as many as are shown. */
export async function annotateProblems(
  problems: PlanDocument['problems'],
  inputs: Inputs,
  runner: Runner,
): Promise<void> {
  if (problems.length === 0) return;
  const folder = await findSiteFolder(inputs, runner);
  for (const level of ['error', 'warning', 'note'] as const) {
    const own = problems.filter(({ severity }) => severity === level);
    const shown = own.slice(0, own.length > most ? most - 1 : most);
    for (const { code, message, file, line, column, hint } of shown)
      runner.annotate({
        level: levels[level],
        title: code,
        message: hint === undefined ? message : `${message}\n${hint}`,
        file: file === undefined ? undefined : `${folder}${file}`,
        line,
        column,
      });
    if (own.length > shown.length)
      runner.annotate({
        level: levels[level],
        title: 'twinorigin',
        message: `… and ${own.length - shown.length} more: twinorigin check lists them`,
      });
  }
}

/** Problems name files inside the site, annotations files inside the repository. */
async function findSiteFolder({ directory, config, site }: Inputs, { env }: Runner): Promise<string> {
  const root = resolve(env.GITHUB_WORKSPACE ?? '.');
  const flags = site === '' ? [] : [{ flag: 'site', path: ['site'], value: site }];
  const file = config === '' ? undefined : config;
  const loaded = await loadConfig({ flags, file, needsSite: true, cwd: directory, env });
  const path = relative(root, loaded.config.site);
  return path === '' ? '' : `${path}/`;
}
