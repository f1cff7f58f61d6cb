/** `cost`: what hosting costs a month and a year, with every assumption shown. */
import { PublishError, exitCodes } from '../../errors.js';
import { hasEdgeFunctions, type Config } from '../../config.js';
import { estimateHosting, type Hosting } from '../../release/hostingCost.js';
import { serverNames, type ServerName } from '../../prices.js';
import { originNames } from '../../build/build.js';
import { readPointer, readRecord } from '../../release/record.js';
import { describeHosting, renderHosting } from '../../report/costText.js';
import type { Invocation } from '../action.js';
import { openReadingWorld } from '../world.js';

/** Objects of the live release and what earlier ones left, in GB; null when nothing is live. */
async function readStored(config: Config, invocation: Invocation): Promise<{ gb: number; pages: number } | null> {
  const { world, close } = await openReadingWorld(config, invocation);
  try {
    const { pointer } = await readPointer(world.readers.pages);
    if (pointer.live === null) return null;
    const { objects, retained } = await readRecord(world.readers.pages, pointer.live);
    const all = originNames.flatMap((name) => [...objects[name], ...retained[name]]);
    const pages = new Set(objects.pages.filter(({ stage }) => stage === 'page').map(({ digest }) => digest)).size;
    return { gb: all.reduce((sum, { size }) => sum + size, 0) / 1e9, pages };
  } finally {
    await close();
  }
}

export async function run(invocation: Invocation): Promise<number> {
  const { options, terminal } = invocation;
  const config = await invocation.loadConfig({ needsSite: false });
  const stored = options.stored === undefined ? await readStored(config, invocation) : null;
  const visits = readAmount(options.visits, '--visits', 50_000);
  const pagesPerVisit = readAmount(options.pagesPerVisit, '--pages-per-visit', 3);
  const kbPerVisit = 1500;
  const server = readServer(options.server);
  const hosting: Hosting = {
    visits,
    pagesPerVisit,
    assetsPerVisit: 25,
    transferGb: readAmount(options.transfer, '--transfer', (visits * kbPerVisit) / 1e6),
    hitRatio: 0.9,
    storedGb: readAmount(options.stored, '--stored', stored?.gb ?? 0.1),
    publishes: readAmount(options.publishes, '--publishes', 20),
    writesPerPublish: config.pages.mode === 'atomic' ? Math.max(100, 3 * (stored?.pages ?? 0)) : 100,
    invalidationPathsPerPublish: config.pages.mode === 'atomic' ? 0 : 20,
    functions: config.encodings === 'negotiate',
    keyValueStore: hasEdgeFunctions(config),
    server,
    volumeGb: 20,
    loadBalancer: options.loadBalancer === true,
    zones: 1,
    freeTier: options.freeTier !== false,
  };
  const cost = estimateHosting(hosting);
  invocation.report(
    () => describeHosting(hosting, cost, stored !== null),
    () => renderHosting(hosting, cost, stored !== null, terminal.look),
  );
  return exitCodes.done;
}

function readAmount(given: string | undefined, flag: string, otherwise: number): number {
  if (given === undefined) return otherwise;
  if (/^\d+(\.\d+)?$/.test(given)) return Number(given);
  throw new PublishError('usage', `${flag} is ${JSON.stringify(given)}, but must be a number of 0 or more`);
}

function readServer(given: string | undefined): ServerName | null {
  if (given === undefined) return null;
  const found = serverNames.find((name) => name === given);
  if (found !== undefined) return found;
  throw new PublishError('usage', `--server is ${JSON.stringify(given)}`, {
    hint: `Prices are known of ${serverNames.join(', ')}.`,
  });
}
