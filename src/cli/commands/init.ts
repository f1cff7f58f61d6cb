/** `init`: looks at the project, shows the files it would write, asks, writes them. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { PublishError, exitCodes } from '../../errors.js';
import type { ConfigInput } from '../../config.js';
import { countOf } from '../../report/amounts.js';
import { renderDiff } from '../../report/diffText.js';
import type { InitDocument } from '../../report/setupDocuments.js';
import { joinBlocks, paint } from '../../report/text.js';
import type { Invocation } from '../action.js';
import { ask, canAsk } from '../ask.js';
import { readConfigFile } from '../configFile.js';
import { matchOrigins } from '../setup/matchOrigins.js';
import { lookAtProject, type Project } from '../setup/project.js';
import { proposeFiles, type Proposals } from '../setup/proposals.js';
import { readVersion } from '../version.js';

export async function run(invocation: Invocation): Promise<number> {
  const { options, terminal, cwd, argument, signal } = invocation;
  const file = await readConfigFile(options.config, cwd);
  const project = await lookAtProject(cwd, argument);
  terminal.note(describeProject(project));
  for (const note of project.notes) terminal.note(note);
  const origins = file === null ? await findOrigins(invocation) : undefined;
  const proposals = proposeFiles(project, { origins, configFile: file?.shown ?? null, version: readVersion() });
  for (const note of proposals.notes) terminal.note(note);

  const { files } = proposals;
  if (files.length > 0 && options.json !== true)
    terminal.print(
      joinBlocks(files.map(({ path, before, after }) => renderDiff(path, before, after, terminal.look))) + '\n',
    );
  const written = files.length > 0 && options.dryRun !== true && (await isWanted(files.length, options.yes, signal));
  if (written)
    for (const { path, after } of files) {
      await mkdir(dirname(join(cwd, path)), { recursive: true });
      await writeFile(join(cwd, path), after);
    }
  invocation.report(
    () => describeInit(project, proposals, written),
    () => summarize(project, proposals, written, invocation),
  );
  return exitCodes.done;
}

/** Nothing is written that was not shown and agreed to. */
async function isWanted(count: number, yes: true | undefined, signal: AbortSignal): Promise<boolean> {
  if (yes === true) return true;
  if (!canAsk())
    throw new PublishError('usage', 'init asks before it writes, and nobody can be asked here', {
      hint: 'Pass --yes to write these files, or --dry-run to see them only.',
    });
  return ask(`Write ${count === 1 ? 'this file' : `these ${count} files`}?`, signal);
}

/** What exists already, if there are credentials; never a reason to fail. */
async function findOrigins({ env, options, terminal }: Invocation): Promise<ConfigInput['origins']> {
  const home = env.HOME ?? homedir();
  const hints = [
    'AWS_ACCESS_KEY_ID',
    'AWS_PROFILE',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  ];
  const isLikely =
    options.profile !== undefined ||
    hints.some((name) => (env[name] ?? '') !== '') ||
    ['credentials', 'config'].some((name) => existsSync(join(home, '.aws', name)));
  if (!isLikely) return undefined;
  const { openAws, listDistributions } = await import('../../aws/index.js');
  const { profile, region, endpointUrl } = options;
  const aws = openAws({ profile, region, endpointUrl, attempts: 2 });
  try {
    const origins = matchOrigins(await listDistributions(aws));
    const names = origins && Object.values(origins).map(({ bucket }) => bucket);
    terminal.note(
      names === undefined
        ? 'no three distributions with buckets for images, resources and pages: see docs/existing-buckets.md'
        : `buckets with distributions that exist: ${names.join(', ')}`,
    );
    return origins;
  } catch (error) {
    terminal.note(`the account was not looked at: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  } finally {
    aws.close();
  }
}

function describeProject({ generator, site, isBuilt, build }: Project): string {
  const what = generator === null ? 'a site without a generator we know' : `a site made by ${generator}`;
  const built = isBuilt ? '' : build === null ? ' (not there yet)' : ` (not built yet: ${build})`;
  return `found ${what}, in ${site}${built}`;
}

function describeInit({ generator, site }: Project, { files, notes }: Proposals, written: boolean): InitDocument {
  return {
    version: 1,
    generator,
    site,
    files: files.map(({ path, before, after }) => ({
      path,
      action: before === null ? ('create' as const) : ('change' as const),
      text: after,
    })),
    written,
    notes: [...notes],
  };
}

function summarize(
  project: Project,
  { files }: Proposals,
  written: boolean,
  { terminal, options }: Invocation,
): string {
  const { look } = terminal;
  const tick = paint(look, 'green', '✓');
  const next = listNextSteps(project, written && files.some(({ path }) => path === 'package.json'));
  const steps = next.map((step) => `  ${paint(look, 'cyan', step)}`).join('\n');
  if (files.length === 0)
    return `${tick} ${paint(look, 'bold', 'Nothing to write')}: everything is set up. Next:\n${steps}`;
  if (written) return `${tick} ${paint(look, 'bold', `${countOf(files.length, 'file')} written.`)} Next:\n${steps}`;
  return options.dryRun === true ? 'Nothing was written (--dry-run).' : 'Nothing was written.';
}

function listNextSteps({ build, isBuilt, manager }: Project, isPackageNew: boolean): readonly string[] {
  return [
    ...(isPackageNew && manager !== null ? [`${manager} install`] : []),
    ...(isBuilt || build === null ? [] : [build]),
    'npx twinorigin publish --serve',
  ];
}
