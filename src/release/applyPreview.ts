/** Puts a release beside the live one: under a name of its own, without touching what visitors get. */
import type { Build } from '../build/build.js';
import { secretKey } from '../edge/live.js';
import { selectionName } from '../edge/selection.js';
import { signRelease } from '../edge/sign.js';
import { PublishError } from '../errors.js';
import type { Inventory } from './inventory.js';
import { makeRecord, uploadAssets, type ApplyOptions } from './apply.js';
import type { World } from './ports.js';
import { writeRecord } from './record.js';
import type { Plan } from './release.js';
import { switchPreview } from './switchEdge.js';
import { verifyAssets } from './verify.js';

export interface Preview {
  readonly name: string;
  /** Host of its own in front of the pages' host; needs a name for it in the DNS and at the distribution. */
  readonly url: string;
  /** Works at the pages' own address: sets a cookie that selects the release. */
  readonly link: string;
}

/**
 * The plan must place the pages in the folder of the release (`placeRelease`). Nothing that visitors are served is
 * changed: assets are added, and the edge learns one more name.
 * @throws what `applyPlan` throws before pages go live.
 */
export async function applyPreview(
  plan: Plan,
  build: Build,
  inventory: Inventory,
  world: World,
  options: ApplyOptions & { readonly name: string },
): Promise<{ readonly preview: Preview; readonly verified: number }> {
  const { edge } = world;
  if (edge === undefined) throw new PublishError('config-invalid', 'a preview needs our functions before the pages');
  const { name } = options;
  const record = makeRecord(plan, build, inventory, world);
  await writeRecord(world.stores.pages, { ...record, preview: name });
  await uploadAssets(plan, build, world, options);
  const verified = await verifyAssets(plan, build, world, options.verifySample);
  await options.fence.assertHeld();
  await switchPreview(plan, build, edge, name);
  const secret = (await edge.read()).entries.get(secretKey) ?? '';
  return { preview: describePreview(plan, name, secret), verified };
}

function describePreview({ urls, release }: Plan, name: string, secret: string): Preview {
  const own = new URL(urls.pages);
  own.hostname = `${name}--${own.hostname}`;
  const link = new URL(urls.pages);
  return {
    name,
    url: own.href,
    link: `${link.href}?${selectionName}=${release}.${signRelease(secret, release)}`,
  };
}
