/** `build --out`: the three origins as folders, with the headers of every object beside them. */
import { relative, resolve } from 'node:path';
import { PublishError, exitCodes } from '../../errors.js';
import { buildSite } from '../../publish.js';
import { countOf, formatBytes } from '../../report/amounts.js';
import { renderProblemsBriefly } from '../../report/problems.js';
import { joinBlocks, paint } from '../../report/text.js';
import type { Invocation } from '../action.js';
import { prepareFolder, writeBuild } from '../buildFolder.js';
import { listCached } from '../cached.js';
import { readRuleKind, writeRuleFiles } from '../ruleFiles.js';
import { prepareReport } from '../reportFile.js';

export async function run(invocation: Invocation): Promise<number> {
  const { options, signal, terminal, cwd } = invocation;
  const config = await invocation.loadConfig({ needsSite: true });
  const out = resolve(cwd, options.out ?? '');
  const inside = relative(config.site, out);
  if (!inside.startsWith('..') && resolve(inside) !== inside)
    throw new PublishError('usage', 'the output folder lies inside the site', {
      file: out,
      hint: 'Choose a folder beside the site: it would be published as part of the site the next time.',
    });
  const rules = readRuleKind(options.rules);
  const report = await prepareReport(invocation, config.site);
  const before = await prepareFolder(out);
  const tools = { emit: terminal.listen, signal, cached: listCached(config) };
  const { graph, build } = await buildSite(config, tools);
  await writeBuild(build, out, before, signal);
  await writeRuleFiles({ graph, build }, config, rules, out);
  await report?.write({ graph, build });

  const shown = relative(cwd, out);
  const folder = shown === '' ? '.' : shown;
  invocation.report(
    () => ({
      version: 1,
      out: folder,
      objects: build.objects.length,
      bytes: build.bytes,
      urls: build.urls,
      problems: build.problems,
    }),
    () => {
      const { look } = terminal;
      const size = `${countOf(build.objects.length, 'object')}, ${formatBytes(build.bytes.stored)}`;
      const headline = `${paint(look, 'green', '✓')} ${paint(look, 'bold', folder)}: ${size}, headers in headers.json`;
      return joinBlocks([headline, renderProblemsBriefly(build.problems, look)]);
    },
  );
  return exitCodes.done;
}
