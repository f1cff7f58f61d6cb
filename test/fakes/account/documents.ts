/** Things with a name, a configuration and a version: what all policies and access controls have in common. */
import { ServiceError } from './codec.js';
import type { FakeCloudFrontState } from './cloudFront.js';
import type { Handlers } from './server.js';

export interface FakeDocument {
  readonly id: string;
  config: Record<string, unknown>;
  version: string;
}

interface Kind {
  readonly noun: string;
  readonly config: string;
  readonly list: string;
  readonly plural: string;
  readonly things: Map<string, FakeDocument>;
  readonly summarize: (thing: FakeDocument) => Record<string, unknown>;
  readonly check?: (config: Record<string, unknown>) => void;
}

type Input = Record<string, unknown> & { readonly Id?: string; readonly IfMatch?: string };

export function openNamed(state: FakeCloudFrontState, isUsed: (id: string) => boolean, kind: Kind): Handlers {
  const { noun, config, things, list, plural, check } = kind;
  const get = ({ Id = '' }: Input): FakeDocument => {
    const thing = things.get(Id);
    if (thing === undefined) throw new ServiceError(404, `NoSuch${noun}`, `The ${noun} ${Id} does not exist.`);
    return thing;
  };
  const show = (thing: FakeDocument) => ({
    [noun]: { Id: thing.id, LastModifiedTime: new Date(0), [config]: thing.config },
    ETag: thing.version,
  });
  const refuseSameName = (wanted: Record<string, unknown>, but?: FakeDocument) => {
    check?.(wanted);
    if ([...things.values()].some((thing) => thing !== but && thing.config.Name === wanted.Name))
      throw new ServiceError(409, `${noun}AlreadyExists`, `A ${noun} with the same name already exists.`);
  };
  return {
    [`Create${noun}`](input: Input) {
      const wanted = input[config] as Record<string, unknown>;
      refuseSameName(wanted);
      const thing: FakeDocument = {
        id: `${noun.toLowerCase()}-${things.size + 1}`,
        config: wanted,
        version: state.nextVersion(),
      };
      things.set(thing.id, thing);
      return show(thing);
    },
    [`Get${noun}`]: (input: Input) => show(get(input)),
    [`Update${noun}`](input: Input) {
      const thing = get(input);
      checkVersion(thing.version, input.IfMatch);
      const wanted = input[config] as Record<string, unknown>;
      refuseSameName(wanted, thing);
      thing.config = wanted;
      thing.version = state.nextVersion();
      return show(thing);
    },
    [`Delete${noun}`](input: Input) {
      const thing = get(input);
      checkVersion(thing.version, input.IfMatch);
      if (isUsed(thing.id)) throw new ServiceError(409, `${noun}InUse`, `The ${noun} is in use.`);
      things.delete(thing.id);
      return {};
    },
    [`List${plural}`]: ({ Marker }: { Marker?: string }) => ({
      [list]: page([...things.values()], Marker, state.pageSize, kind.summarize),
    }),
  };
}

/** Update and delete need the current version (Developer Guide, API "If-Match"). */
export function checkVersion(version: string, given: string | undefined): void {
  if (given === undefined || given === '')
    throw new ServiceError(
      400,
      'InvalidIfMatchVersion',
      'The If-Match version is missing or not valid for the resource.',
    );
  if (given !== version)
    throw new ServiceError(
      412,
      'PreconditionFailed',
      'The request failed because it did not meet the preconditions in one or more request-header fields.',
    );
}

/** One page of a list, as CloudFront gives it. */
export function page<Thing extends { readonly id: string }>(
  things: readonly Thing[],
  marker: string | undefined,
  size: number,
  summarize: (thing: Thing) => Record<string, unknown>,
): Record<string, unknown> {
  const start = marker === undefined || marker === '' ? 0 : things.findIndex(({ id }) => id === marker);
  const shown = things.slice(start, start + size);
  const next = things[start + size];
  return {
    Marker: marker ?? '',
    ...(next === undefined ? {} : { NextMarker: next.id }),
    MaxItems: size,
    IsTruncated: next !== undefined,
    Quantity: shown.length,
    ...(shown.length === 0 ? {} : { Items: shown.map(summarize) }),
  };
}
