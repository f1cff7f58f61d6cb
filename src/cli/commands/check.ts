/** `check`: what is wrong with a site before it is published, or (`--live`) after. */
import { relative, sep } from 'node:path';
import { fixedAddressReason } from '../../build/fixedAddresses.js';
import { PublishError, exitCodes } from '../../errors.js';
import type { Problem } from '../../problems.js';
import { countOf } from '../../report/amounts.js';
import { describeCheck, serializeDocument } from '../../report/json.js';
import { problemCodes } from '../../report/problemCodes.js';
import { countProblems, renderProblems, summarizeProblems } from '../../report/problems.js';
import { describeSarif } from '../../report/sarif.js';
import { joinBlocks, paint, type Look } from '../../report/text.js';
import { renderWorkflowCommands } from '../../report/workflowCommands.js';
import { buildGraph } from '../../site/buildGraph.js';
import { countCharacters } from '../../site/characterColumns.js';
import { lintSite } from '../../site/lint/lint.js';
import { defaultLazyAttributes } from '../../site/references/htmlAttributes.js';
import { scanSite } from '../../site/scan.js';
import type { Site } from '../../site/site.js';
import type { Invocation } from '../action.js';
import { findClosest } from '../closest.js';
import { readVersion } from '../version.js';

export async function run(invocation: Invocation): Promise<number> {
  const { options, argument, signal, terminal } = invocation;
  const address = typeof options.live === 'string' ? options.live : isAddress(argument) ? argument : undefined;
  if (options.live !== undefined || address !== undefined) {
    const { runLive } = await import('./checkLive.js');
    return runLive(invocation, address);
  }
  const skipped = readSkipped(options.skip);
  const config = await invocation.loadConfig({ needsSite: true });
  const { cacheDir, ignore, origins, lazyAttributes = defaultLazyAttributes } = config;
  const tools = { emit: terminal.listen, signal, cacheDir };
  const site = await scanSite(config.site, { ...tools, ignore });
  const graph = await buildGraph(site, { ...tools, lazyAttributes, siteUrls: [origins.pages.url] });
  const found = await lintSite(graph, (path) => fixedAddressReason(path) !== undefined);
  const problems = found.filter(({ code }) => !skipped.has(code));

  await report(problems, site, config.site, invocation);
  const counts = countProblems(problems);
  const refused = counts.error > 0 || (options.strict === true && counts.warning > 0);
  return refused ? exitCodes.refused : exitCodes.done;
}

async function report(problems: readonly Problem[], site: Site, folder: string, invocation: Invocation): Promise<void> {
  const { options, terminal, cwd, env } = invocation;
  const format = options.format ?? (options.json === true ? 'json' : 'text');
  if (options.json === true && format !== 'json')
    throw new PublishError('usage', `--json and --format ${format} are two reports`, { hint: 'Give one of them.' });
  switch (format) {
    case 'text':
      terminal.print(renderCheck(problems, site.files.size, terminal.look));
      break;
    case 'json':
      terminal.write(serializeDocument(describeCheck(problems, site.files.size)));
      break;
    case 'github': {
      const placed = await countCharacters(site, problems);
      terminal.write(renderWorkflowCommands(placed, folderIn(env.GITHUB_WORKSPACE ?? cwd, folder)));
      break;
    }
    case 'sarif': {
      const placed = await countCharacters(site, problems);
      terminal.write(serializeDocument(describeSarif(placed, folderIn(cwd, folder), readVersion())));
      break;
    }
    case 'cloudformation':
      break; // Of another command: the choices of this one do not offer it.
  }
}

function renderCheck(problems: readonly Problem[], count: number, look: Look): string {
  const files = countOf(count, 'file');
  const summary = summarizeProblems(problems);
  const verdict =
    summary === ''
      ? `${paint(look, 'green', '✓')} ${paint(look, 'bold', 'Nothing wrong')} in ${files}`
      : `${paint(look, 'bold', summary)} in ${files}`;
  return joinBlocks([renderProblems(problems, look), verdict]);
}

/** `dist/` as seen from the repository; '' for the repository itself. */
function folderIn(root: string, folder: string): string {
  const path = relative(root, folder).split(sep).join('/');
  return path === '' ? '' : `${path}/`;
}

/** The codes after --skip. */
function readSkipped(list: string | undefined): ReadonlySet<string> {
  const codes = list?.split(/[,\s]+/).filter((code) => code !== '') ?? [];
  const known = Object.keys(problemCodes);
  for (const code of codes) {
    if (known.includes(code)) continue;
    const meant = findClosest(code, known);
    throw new PublishError('usage', `check finds nothing that is called ${code}`, {
      hint: meant === undefined ? `There are: ${known.join(', ')}.` : `Did you mean ${meant}?`,
    });
  }
  return new Set(codes);
}

function isAddress(argument: string | undefined): boolean {
  return argument !== undefined && /^https?:\/\//.test(argument);
}
