/** `check --live`: proves what is published, in the stores and through the CDN. */
import { PublishError, exitCodes } from '../../errors.js';
import { checkLive } from '../../release/checkLive.js';
import { describeLive, renderLive } from '../../report/liveText.js';
import type { Invocation } from '../action.js';
import { openProvingWorld } from '../world.js';

/** @param address of the pages; undefined for the one they were published for. */
export async function runLive(invocation: Invocation, address: string | undefined): Promise<number> {
  const { terminal, report } = invocation;
  if (address !== undefined && !/^https?:\/\/[^/]/.test(address))
    throw new PublishError('usage', `${address} is no address of a site`, {
      hint: 'Name it like https://www.example.com, or leave it out for the configured one.',
    });
  const config = await invocation.loadConfig({ needsSite: false });
  const { world, close } = await openProvingWorld(config, invocation);
  try {
    const started = performance.now();
    const check = await checkLive(world, { concurrency: config.concurrency, pagesUrl: address });
    const milliseconds = performance.now() - started;
    report(
      () => describeLive(check),
      () => renderLive(check, milliseconds, terminal.look),
    );
    return check.findings.length === 0 ? exitCodes.done : exitCodes.refused;
  } finally {
    await close();
  }
}
