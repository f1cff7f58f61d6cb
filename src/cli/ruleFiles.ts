/** `build --rules`: the rules of the site for a web server, in the folder of the pages. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config } from '../config.js';
import { missingPageOf } from '../config.js';
import { PublishError } from '../errors.js';
import type { Built } from '../publish.js';
import { ruleKinds, writeRulesForFolder, type RuleKind } from '../webserver/index.js';

const names = ['.htaccess', 'web.config', '.twinorigin/nginx-http.conf', '.twinorigin/nginx-server.conf'];

export function readRuleKind(text: string | undefined): RuleKind | undefined {
  const kind = ruleKinds.find((one) => one === text);
  if (text !== undefined && kind === undefined)
    throw new PublishError('usage', `--rules knows no ${JSON.stringify(text)}`, {
      hint: `Take ${ruleKinds.join(', ')}.`,
    });
  return kind;
}

/** Those of an earlier build go. @param out the folder that build writes. */
export async function writeRuleFiles(
  { graph, build }: Built,
  config: Config,
  kind: RuleKind | undefined,
  out: string,
): Promise<void> {
  const pages = build.objects.filter(({ origin }) => origin === 'pages');
  const taken = new Set<string>(pages.map(({ key }) => key));
  for (const name of names) if (!taken.has(name)) await rm(join(out, 'pages', name), { force: true });
  if (kind === undefined) return;
  const files = pages
    .filter(({ headers }) => headers.contentEncoding === undefined)
    .map(({ key, headers: { contentType, cacheControl } }) => ({ path: key, contentType, cacheControl }));
  const { redirects, headers } = graph.site.rules ?? { redirects: [], headers: [] };
  const site = { urls: config.pages.urls, redirects, headers, missingPage: missingPageOf(config), files };
  for (const { path, text } of writeRulesForFolder(kind, site, join(out, 'pages'))) {
    if (taken.has(path))
      throw new PublishError('guard-refused', `the site has a ${path} of its own`, {
        file: path,
        hint: 'Leave --rules out, or the file.',
      });
    await mkdir(dirname(join(out, 'pages', path)), { recursive: true });
    await writeFile(join(out, 'pages', path), text);
  }
}
