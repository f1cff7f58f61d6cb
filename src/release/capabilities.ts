/** What a store turned out to lack, told once. */
import { originNames, type OriginName } from '../build/build.js';
import type { Problem } from '../problems.js';
import type { ObjectStore } from './ports.js';

/** A warning for each thing that the stores were found to lack; found out by the writes of this run. */
export function tellMissingCapabilities(stores: Readonly<Record<OriginName, ObjectStore>>): readonly Problem[] {
  const lacking = originNames.filter((name) => lacksConditionalWrites(stores[name]));
  if (lacking.length === 0) return [];
  const names = [...new Set(lacking.map((name) => stores[name].name))].join(', ');
  // Lock and pointer lie in the pages store; in the others a fingerprinted name can only be written twice the same.
  const message = lacking.includes('pages')
    ? `two publishers at once are not kept apart on this store: ${names} has no conditional writes`
    : `${names} has no conditional writes: an object that somebody else stores at the same moment may be overwritten`;
  const hint =
    'Let only one job publish at a time, or use a store with conditional writes (If-Match and If-None-Match).';
  return [{ code: 'no-conditional-writes', severity: 'warning', message, hint }];
}

/** True when it is known; a store that says nothing has all of them. */
export function lacksConditionalWrites(store: ObjectStore): boolean {
  return store.capabilities?.().conditionalWrites === 'no';
}
