/** Waits for a resource to become ready, by looking at it again and again. */
import { PublishError } from '../errors.js';
import type { ProvisionWorld } from './apply.js';
import { oursAmong, type Findings, type Resource } from './resource.js';

/** Milliseconds between two looks; the last one repeats. */
const delays = [1_000, 2_000, 5_000, 10_000, 15_000] as const;

/**
 * The resource once it is ready; or as it is when only a person can make it so.
 * @throws PublishError `not-ready` after `world.patience`, and when it is gone.
 */
export async function awaitReady(
  resource: Resource,
  live: unknown,
  findings: Findings,
  world: ProvisionWorld,
): Promise<unknown> {
  const end = world.clock().getTime() + world.patience;
  let told = '';
  for (let attempt = 0; ; attempt++) {
    const readiness = resource.readiness?.(live) ?? { ready: true };
    if (readiness.ready || needsPerson(readiness)) return live;
    const { kind, name } = resource;
    if (readiness.reason !== told) world.emit({ type: 'resource-waiting', kind, name, reason: readiness.reason });
    told = readiness.reason;
    const delay = delays[Math.min(attempt, delays.length - 1)] ?? 15_000;
    if (world.clock().getTime() + delay > end)
      throw new PublishError('not-ready', `${name} (${resource.identify(live)}) ${readiness.reason}`);
    await world.sleep(delay);
    const next = await resource.find(findings);
    if (next === null) throw new PublishError('not-ready', `${name} is gone: somebody removed it while it was made`);
    // Some services say only after a while what they want done.
    const differences = resource.compare(next, findings);
    live = oursAmong(differences).length === 0 ? next : await resource.update(next, differences, findings);
  }
}

function needsPerson({ todo = [] }: { readonly todo?: readonly string[] }): boolean {
  return todo.length > 0;
}
