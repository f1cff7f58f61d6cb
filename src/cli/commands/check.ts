/** `check`: what is wrong with a site before it is published. */
import { fixedAddressReason } from '../../build/fixedAddresses.js';
import { exitCodes } from '../../errors.js';
import { countOf } from '../../report/amounts.js';
import { describeCheck } from '../../report/json.js';
import { countProblems, renderProblems, summarizeProblems } from '../../report/problems.js';
import { joinBlocks, paint } from '../../report/text.js';
import { buildGraph } from '../../site/buildGraph.js';
import { checkSite } from '../../site/check.js';
import { defaultLazyAttributes } from '../../site/references/index.js';
import { scanSite } from '../../site/scan.js';
import type { Invocation } from '../action.js';

export async function run(invocation: Invocation): Promise<number> {
  const { options, signal, terminal } = invocation;
  const config = await invocation.loadConfig({ needsSite: true });
  const { cacheDir, ignore, origins, lazyAttributes = defaultLazyAttributes } = config;
  const tools = { emit: terminal.listen, signal, cacheDir };
  const site = await scanSite(config.site, { ...tools, ignore });
  const graph = await buildGraph(site, { ...tools, lazyAttributes, siteUrls: [origins.pages.url] });
  const problems = await checkSite(graph, (path) => fixedAddressReason(path) !== undefined);

  invocation.report(
    () => describeCheck(problems, site.files.size),
    () => {
      const { look } = terminal;
      const files = countOf(site.files.size, 'file');
      const summary = summarizeProblems(problems);
      const verdict =
        summary === ''
          ? `${paint(look, 'green', '✓')} ${paint(look, 'bold', 'Nothing wrong')} in ${files}`
          : `${paint(look, 'bold', summary)} in ${files}`;
      return joinBlocks([renderProblems(problems, look), verdict]);
    },
  );
  const counts = countProblems(problems);
  const refused = counts.error > 0 || (options.strict === true && counts.warning > 0);
  return refused ? exitCodes.refused : exitCodes.done;
}
