/** `--report FILE`: the report page, written beside whatever a command prints. */
import { stat, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { PublishError } from '../errors.js';
import type { Reported } from '../report/page/describeBuild.js';
import type { Invocation } from './action.js';

export interface ReportFile {
  readonly write: (reported: Reported) => Promise<void>;
}

/**
 * Looks whether the file can be written, before anything else happens.
 * @returns null where no report is wanted.
 * @throws PublishError `usage`.
 */
export async function prepareReport({ options, cwd, terminal }: Invocation, site: string): Promise<ReportFile | null> {
  if (options.report === undefined) return null;
  const file = resolve(cwd, options.report);
  const refuse = (why: string, hint: string) => new PublishError('usage', why, { file: options.report ?? '', hint });
  const inside = relative(site, file);
  if (!inside.startsWith('..') && resolve(inside) !== inside)
    throw refuse(
      'the report would lie inside the site',
      'Choose a file elsewhere: it would be published the next time.',
    );
  const folder = await stat(dirname(file)).catch(() => null);
  if (folder?.isDirectory() !== true) throw refuse('there is no such folder for the report', 'Make the folder first.');
  if ((await stat(file).catch(() => null))?.isDirectory() === true)
    throw refuse('the report is a folder', 'Name a file, such as report.html.');
  return {
    async write(reported) {
      const [{ describeBuild }, { renderReport }] = await Promise.all([
        import('../report/page/describeBuild.js'),
        import('../report/page/page.js'),
      ]);
      const page = renderReport(await describeBuild(reported, new Date()));
      try {
        await writeFile(file, page);
      } catch (cause) {
        // What was published is live all the same.
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new PublishError('usage', `the report cannot be written: ${why}`, { file: options.report ?? '', cause });
      }
      terminal.note(`The report is in ${options.report ?? ''}`);
    },
  };
}
