import { it } from 'vitest';
import { assembleBuild } from '../src/build/assemble.js';
import { splice } from '../src/build/rewrite.js';
import { buildGraph } from '../src/site/buildGraph.js';
import { scanSite } from '../src/site/scan.js';
import { buildDefaults, urls } from './release/harness.js';
import { findChangedMeanings } from './sites/servedReferences.js';
it('try', async () => {
  for (const folder of process.env.TRY!.split(':')) {
    const f = { siteUrls: [urls.pages, ...(process.env.MOUNT ? [process.env.MOUNT] : [])], lazyAttributes: [] };
    const graph = await buildGraph(await scanSite(folder), f);
    const build = await assembleBuild(graph, buildDefaults);
    const js = [...graph.assets.values()].filter((a) => a.mediaType === 'text/javascript');
    const moved = js.filter((a) => build.addressOf(a.path));
    console.log(folder, `${moved.length} of ${js.length} move`);
    for (const a of js) if (!build.addressOf(a.path) && process.env.WHY) console.log(a.path, build.routes.get(a.path)!.reason);
    if (process.env.SHOW) for (const a of graph.assets.values()) if (a.path.match(process.env.SHOW)) console.log(a.path, '→', build.addressOf(a.path), '\n', splice(await graph.site.read(a), build.served(a.path)!.edits).toString().slice(0, 6000));
    console.log(await findChangedMeanings(graph, build, f));
  }
}, 600000);
