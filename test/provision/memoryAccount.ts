/** An account in memory: things with settings, made by resources of the simplest kind. Counts and breaks off calls. */
import type { Event } from '../../src/events.js';
import type { ProvisionWorld } from '../../src/provision/apply.js';
import {
  AlreadyThere,
  ChangedMeanwhile,
  knownLater,
  type Difference,
  type MonthlyPrice,
  type Readiness,
  type Resource,
  type ResourceReader,
} from '../../src/provision/resource.js';

export interface Thing {
  readonly id: string;
  version: number;
  readonly settings: Record<string, string>;
  /** Looks until it is ready. */
  looks: number;
}

export interface Account {
  readonly things: Map<string, Thing>;
  /** `find bucket`, `create bucket`… */
  readonly calls: string[];
  /** Throw before or after a call is done. */
  before: (call: string) => void;
  after: (call: string) => void;
}

export function openAccount(): Account {
  return { things: new Map(), calls: [], before: () => undefined, after: () => undefined };
}

export interface Wish {
  readonly name: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** The setting that names what is needed gets its id. */
  readonly needs?: readonly Resource<Thing>[];
  readonly unwanted?: string;
  readonly monthly?: readonly MonthlyPrice[];
  /** Looks until it is ready, from its making. */
  readonly looks?: number;
  readonly todo?: readonly string[];
}

export function wish(account: Account, given: Wish): Resource<Thing> {
  const { name, needs = [], looks = 0 } = given;
  const call = async <T>(verb: string, work: () => T): Promise<T> => {
    await Promise.resolve();
    account.calls.push(`${verb} ${name}`);
    account.before(`${verb} ${name}`);
    const result = work();
    account.after(`${verb} ${name}`);
    return result;
  };
  const wanted = (idOf: (need: ResourceReader<Thing>) => string): Record<string, string> => ({
    ...given.settings,
    ...Object.fromEntries(needs.map((need) => [`id of ${need.name}`, idOf(need)])),
  });
  return {
    kind: 'thing',
    name,
    needs,
    ...(given.unwanted === undefined ? {} : { unwanted: given.unwanted }),
    ...(given.monthly === undefined ? {} : { monthly: given.monthly }),
    find: () =>
      call('find', () => {
        const thing = account.things.get(name);
        if (thing === undefined) return null;
        if (thing.looks > 0) thing.looks--;
        return structuredClone(thing);
      }),
    identify: ({ id }) => id,
    compare(live, findings) {
      const settings = wanted((need) => findings.of(need)?.id ?? knownLater);
      return [...new Set([...Object.keys(settings), ...Object.keys(live.settings)])].flatMap(
        (setting): Difference[] => {
          const [from, to] = [live.settings[setting], settings[setting]];
          if (from === to) return [];
          return [
            {
              setting,
              owner: to === undefined ? 'foreign' : 'ours',
              ...(from === undefined ? {} : { from }),
              ...(to === undefined ? {} : { to }),
            },
          ];
        },
      );
    },
    readiness: (live): Readiness =>
      live.looks === 0 ? { ready: true } : { ready: false, reason: 'is being deployed', todo: given.todo ?? [] },
    create: (findings) =>
      call('create', () => {
        if (account.things.has(name)) throw new AlreadyThere(name);
        const settings = wanted((need) => findings.of(need)?.id ?? 'unknown');
        const thing: Thing = { id: `${name}-1`, version: 1, settings, looks };
        account.things.set(name, thing);
        return structuredClone(thing);
      }),
    update: (live, differences) =>
      call('update', () => {
        const thing = account.things.get(name);
        if (thing?.version !== live.version) throw new ChangedMeanwhile(name);
        thing.version++;
        for (const { setting, to, owner } of differences)
          if (owner === 'ours' && to !== undefined) thing.settings[setting] = to;
        return structuredClone(thing);
      }),
    remove: () => call('remove', () => void account.things.delete(name)),
  };
}

/** A clock that only sleeping moves. */
export function makeWorld(): ProvisionWorld & { readonly events: Event[] } {
  const events: Event[] = [];
  let now = Date.UTC(2026, 0, 1);
  return {
    events,
    clock: () => new Date(now),
    sleep: (milliseconds) => Promise.resolve(void (now += milliseconds)),
    emit: (event) => void events.push(event),
    signal: new AbortController().signal,
    patience: 600_000,
  };
}
