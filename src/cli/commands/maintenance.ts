/** `maintenance`: closes the pages with a message, opens them again, or says which it is. */
import { hasEdgeFunctions } from '../../config.js';
import { exitCodes, PublishError } from '../../errors.js';
import { readMaintenance, setMaintenance } from '../../release/maintenance.js';
import { describeMaintenance, renderMaintenance } from '../../report/maintenanceText.js';
import type { Invocation } from '../action.js';
import { openReadingWorld, openWorld } from '../world.js';

const usualMessage = 'This site is closed for maintenance, and will be back soon.';

export async function run(invocation: Invocation): Promise<number> {
  const { options } = invocation;
  const config = await invocation.loadConfig({ needsSite: false });
  const { state } = options;
  if (state !== undefined && state !== 'on' && state !== 'off')
    throw new PublishError('usage', `maintenance is on or off, not ${state}`);
  if (!hasEdgeFunctions(config))
    throw new PublishError('config-invalid', 'maintenance needs our functions before the pages', {
      hint: 'Set up the distribution with twinorigin cdn up and name its store in origins.pages.keyValueStore.',
    });
  const wanted = state === 'on' ? (options.message ?? usualMessage) : null;
  if (state === undefined || options.dryRun === true) {
    // A world that can write is not even opened.
    const { world, close } = await openReadingWorld(config, invocation);
    try {
      const message = world.edgeReader === undefined ? null : await readMaintenance(world.edgeReader);
      const changed = state !== undefined && message !== wanted;
      tell(invocation, { message: state === undefined ? message : wanted, changed, applied: false });
      return exitCodes.done;
    } finally {
      await close();
    }
  }
  // Nothing is fetched through the CDN: no local edge has to run.
  const { world, close } = await openWorld({ ...config, verify: { sample: 0 } }, invocation);
  try {
    const changed = world.edge !== undefined && (await setMaintenance(world.edge, wanted));
    tell(invocation, { message: wanted, changed, applied: true });
    return exitCodes.done;
  } finally {
    await close();
  }
}

function tell({ report, terminal }: Invocation, told: Parameters<typeof describeMaintenance>[0]): void {
  report(
    () => describeMaintenance(told),
    () => renderMaintenance(told, terminal.look),
  );
}
