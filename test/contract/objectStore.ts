/** The contract of `ObjectStore` (src/release/ports.ts): one suite that every implementation has to pass. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { ObjectStore } from '../../src/release/ports.js';
import { conditionCases } from './conditionCases.js';
import { copyCases, deleteCases } from './copyCases.js';
import { keyCases } from './keyCases.js';
import { listCases } from './listCases.js';
import { putCases } from './putCases.js';
import { Room } from './room.js';

/** Opens a store to be tested. What else lies in it does not matter: every case works under a prefix of its own. */
export type MakeStore = () => Promise<{ readonly store: ObjectStore; close(): Promise<void> }>;

/** One promise of the contract. `room` holds the store and keys that belong to this case alone. */
export type ContractCase = (room: Room) => Promise<void>;

const cases: Readonly<Record<string, ContractCase>> = {
  ...putCases,
  ...conditionCases,
  ...copyCases,
  ...deleteCases,
  ...listCases,
  ...keyCases,
};

/**
 * Runs the contract against one store. `deviations` names the cases in which a store (or a server behind it) is known
 * to differ, as a list of names or as name -> reason; a name that no case has is an error, so that the list cannot rot.
 */
export function describeObjectStore(
  name: string,
  makeStore: MakeStore,
  deviations: readonly string[] | Readonly<Record<string, string>> = [],
): void {
  const reasons: Readonly<Record<string, string>> = Array.isArray(deviations)
    ? Object.fromEntries((deviations as readonly string[]).map((deviation) => [deviation, 'known deviation']))
    : (deviations as Readonly<Record<string, string>>);
  for (const deviation of Object.keys(reasons))
    if (!(deviation in cases)) throw new Error(`no case of the contract is named ${JSON.stringify(deviation)}`);

  describe(name, () => {
    let made: Awaited<ReturnType<MakeStore>> | undefined;
    beforeAll(async () => {
      made = await makeStore();
    }, 120_000);
    afterAll(async () => {
      await made?.close();
    }, 120_000);

    const run = Date.now().toString(36);
    Object.entries(cases).forEach(([title, check], index) => {
      const reason = reasons[title];
      if (reason !== undefined) it.skip(`${title} (${reason})`, () => undefined);
      else it(title, () => check(new Room(made!.store, `contract-${run}/${index}/`)), 120_000);
    });
  });
}
