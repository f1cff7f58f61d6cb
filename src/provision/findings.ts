/** What is known of the resources, filled in while they are looked up or made. */
import type { Findings, ResourceReader } from './resource.js';

export interface GrowingFindings extends Findings {
  set(resource: ResourceReader, live: unknown): void;
  forget(resource: ResourceReader): void;
  copy(): GrowingFindings;
}

export function collectFindings(known: ReadonlyMap<string, unknown> = new Map()): GrowingFindings {
  const found = new Map(known);
  return {
    of: <Live>({ name }: ResourceReader<Live>) => found.get(name) as Live | undefined,
    set: ({ name }, live) => void found.set(name, live),
    forget: ({ name }) => void found.delete(name),
    copy: () => collectFindings(found),
  };
}
