/** `preview`: serves what is live in the local folders. */
import { PublishError } from '../../errors.js';
import { readPointer, readRecord } from '../../release/record.js';
import { renderAddresses } from '../../report/outcomeText.js';
import type { Invocation } from '../action.js';
import { joinEdge } from '../localEdge.js';
import { serve } from '../serve.js';
import { openReadingWorld } from '../world.js';

export async function run(invocation: Invocation): Promise<number> {
  const { terminal } = invocation;
  const config = await invocation.loadConfig({ needsSite: false });
  const origins = Object.values(config.origins);
  if (!origins.every((origin) => 'directory' in origin && origin.edge))
    throw new PublishError(
      'usage',
      'preview serves folders on this machine, and the configuration names other origins',
      {
        hint: 'Open the public addresses instead; twinorigin plan names them.',
      },
    );
  const { world } = await openReadingWorld(config, invocation);
  const { pointer } = await readPointer(world.readers.pages);
  if (pointer.live === null)
    throw new PublishError('release-missing', 'nothing has been published here yet', {
      hint: 'Run twinorigin publish <folder> first.',
    });
  const { urls } = await readRecord(world.readers.pages, pointer.live);
  if (urls.pages !== config.origins.pages.url)
    terminal.note(
      `The pages point to ${urls.images} and ${urls.resources}: publish with this --port, or serve on theirs.`,
    );
  const edge = await joinEdge(config);
  try {
    invocation.report(
      () => ({ version: 1, release: pointer.live, urls: edge.urls, front: edge.front }),
      () => renderAddresses(edge.urls, terminal.look),
    );
    return await serve(edge, invocation);
  } finally {
    await edge.close();
  }
}
