/** Every setting the schema knows, by its path: for environment variables and for suggestions. */
import * as z from 'zod';
import { configSchema } from '../config.js';

export interface Setting {
  readonly path: readonly string[];
  /** JSON types it may have: `string`, `number`, `integer`, `boolean`, `array`. */
  readonly types: ReadonlySet<string>;
}

interface Shape {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
}

const shape = (): Shape => z.toJSONSchema(configSchema, { io: 'input' }) as Shape;

/** All settings that are not themselves groups of settings. */
export function listSettings(): readonly Setting[] {
  const found = new Map<string, { path: readonly string[]; types: Set<string> }>();
  visit(shape(), []);
  return [...found.values()];

  function visit(part: Shape, path: readonly string[]): void {
    for (const choice of part.anyOf ?? []) visit(choice, path);
    if (part.properties === undefined) {
      const name = path.join('.');
      const setting = found.get(name) ?? { path, types: new Set() };
      if (part.type !== undefined) found.set(name, setting).get(name)?.types.add(part.type);
    } else {
      for (const [name, child] of Object.entries(part.properties))
        if (!name.startsWith('$')) visit(child, [...path, name]);
    }
  }
}

/** The keys that are known at a place in the configuration. */
export function listKnownKeys(path: readonly PropertyKey[]): readonly string[] {
  let places = [shape()];
  for (const part of path) {
    places = places.flatMap(spread).flatMap((place) => {
      const next = typeof part === 'number' ? place.items : place.properties?.[String(part)];
      return next === undefined ? [] : [next];
    });
  }
  return [...new Set(places.flatMap(spread).flatMap((place) => Object.keys(place.properties ?? {})))];
}

function spread(place: Shape): readonly Shape[] {
  return place.anyOf ?? [place];
}
