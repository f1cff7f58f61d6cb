/** `migrate FOLDER` and `migrate https://…`: through the same pipeline as every publish, then looked at once more. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Config } from '../config.js';
import { PublishError, exitCodes } from '../errors.js';
import { fetchAddress } from '../local/fetch.js';
import { findMoved, findRenamed, type ChangedAddress } from '../migrate/changedAddresses.js';
import { crawlSite, type Crawled } from '../migrate/crawl/crawl.js';
import { preparePlan, publish, type Built } from '../publish.js';
import { countOf, formatCount } from '../report/amounts.js';
import { describeOutcome } from '../report/json.js';
import { renderOutcome } from '../report/outcomeText.js';
import { redirectOf, writeAllRedirects, type Redirect } from '../report/redirects/index.js';
import { joinBlocks, paint, showSafely } from '../report/text.js';
import { digestOf } from '../site/names.js';
import type { Invocation } from './action.js';
import { prepareReport } from './reportFile.js';
import { openWorld } from './world.js';

/** Requests to somebody's server at once. */
const politeWidth = 4;
const shownFailures = 20;

export async function migrateLiveSite(source: string, config: Config, invocation: Invocation): Promise<number> {
  if (!URL.canParse(source)) throw new PublishError('usage', `not an address: ${source}`);
  const { terminal, signal, options } = invocation;
  const folder = join(config.base, '.twinorigin', 'migrations', digestOf(new URL(source).href).slice(0, 16));
  if (options.restart === true) {
    const { rm } = await import('node:fs/promises');
    await rm(folder, { recursive: true, force: true });
  }
  const crawled = await crawlSite({
    start: source,
    folder,
    fetch: fetchAddress,
    emit: terminal.listen,
    signal,
    width: politeWidth,
  });
  tellCrawl(crawled, invocation);
  return migrateFolder(crawled.site, config, invocation, findRenamed(crawled.visits, source));
}

function tellCrawl({ visits, forbidden }: Crawled, { terminal }: Invocation): void {
  const failed = visits.filter(({ place, location }) => place === undefined && location === undefined);
  const kept = visits.filter(({ place }) => place !== undefined).length;
  terminal.note(`${countOf(kept, 'file')} from ${countAddresses(visits.length)}`);
  if (forbidden.length > 0) terminal.note(`robots.txt forbids ${countOf(forbidden.length, 'further one')}`);
  for (const { url, status, error } of failed.slice(0, shownFailures))
    terminal.note(`${showSafely(url)}: ${error ?? `status ${status}`}`);
  if (failed.length > shownFailures) terminal.note(`and ${failed.length - shownFailures} more`);
}

/** @param renamed what changed address before there was a folder. */
export async function migrateFolder(
  site: string,
  defaults: Config,
  invocation: Invocation,
  renamed: readonly ChangedAddress[] = [],
): Promise<number> {
  const { options, terminal, cwd } = invocation;
  const config: Config = { ...defaults, site };
  if (options.dryRun === true) {
    const plan = await import('./commands/plan.js');
    return plan.run({ ...invocation, loadConfig: () => Promise.resolve(config) });
  }
  const redirectFolder = options.redirects === undefined ? null : resolve(cwd, options.redirects);
  const report = await prepareReport(invocation, site);
  const { world, close } = await openWorld(config, invocation);
  try {
    let built: Built | undefined;
    const outcome = await publish(config, world, { onPlanned: ({ graph, build }) => (built = { graph, build }) });
    if (built === undefined) throw new Error('a publish without a build');
    await report?.write({ ...built, plan: outcome.plan, outcome });
    // The stores are read as if nothing was known: whatever differs from what was built is found.
    const { plan: rest } = await preparePlan(config, world, { reconcile: true });
    const wrong = rest.changes.filter(({ action }) => action !== 'keep');
    const redirects = listRedirects([...renamed, ...findMoved(built.graph, built.build)]);
    if (redirectFolder !== null) await writeRedirects(redirectFolder, redirects);
    invocation.report(
      () => ({
        ...describeOutcome(outcome),
        audit: {
          objects: rest.changes.length,
          wrong: wrong.map(({ origin, key, reason }) => `${origin}/${key}: ${reason}`),
        },
        redirects: redirects.length,
      }),
      () =>
        joinBlocks([
          renderOutcome(outcome, terminal.look),
          wrong.length === 0
            ? `${paint(terminal.look, 'green', '✓')} verified: ${countOf(rest.changes.length, 'object')}, all with the right headers and content`
            : `${paint(terminal.look, 'red', '✗')} ${countOf(wrong.length, 'object')} of ${rest.changes.length} are not as they should be`,
          tellRedirects(redirects, redirectFolder, cwd),
        ]),
    );
    return wrong.length === 0 ? exitCodes.done : exitCodes.failure;
  } finally {
    await close();
  }
}

function tellRedirects(redirects: readonly Redirect[], folder: string | null, cwd: string): string {
  if (redirects.length === 0) return 'Nothing changed address.';
  const what = countAddresses(redirects.length);
  return folder === null
    ? `${what} changed: --redirects <folder> writes redirect maps.`
    : `${what} changed: redirect maps are in ${relative(cwd, folder) || '.'}`;
}

function countAddresses(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'address' : 'addresses'}`;
}

function listRedirects(changed: readonly ChangedAddress[]): readonly Redirect[] {
  return changed.flatMap(({ from, to, query }) => {
    try {
      return [redirectOf(from, to, query === undefined ? {} : { query })];
    } catch {
      return []; // An address with control characters: nobody can have linked to it.
    }
  });
}

async function writeRedirects(folder: string, redirects: readonly Redirect[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(writeAllRedirects(redirects))) await writeFile(join(folder, name), text);
}
