/** The order in which resources can be made: what is needed first, else as they are listed. */
import type { ResourceReader } from './resource.js';

/**
 * Every resource after those it needs. Needs are references to what exists already, so there are no circles.
 * @throws Error when two resources share a name, or one needs something that is not listed: a mistake in the program.
 */
export function orderByNeeds<R extends ResourceReader>(resources: readonly R[]): readonly R[] {
  const byName = new Map(resources.map((resource) => [resource.name, resource]));
  if (byName.size !== resources.length) throw new Error('two resources have the same name');
  const ordered = new Set<R>();
  const place = (name: string, neededBy: string): void => {
    const resource = byName.get(name);
    if (resource === undefined) throw new Error(`${neededBy} needs ${name}, which is not listed`);
    if (ordered.has(resource)) return;
    for (const need of resource.needs) place(need.name, name);
    ordered.add(resource);
  };
  for (const { name } of resources) place(name, name);
  return [...ordered];
}
