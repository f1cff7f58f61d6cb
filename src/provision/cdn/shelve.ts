/** A wish and the shelf it is looked for on, as a resource of the engine. */
import type { Findings, MonthlyPrice, Resource, ResourceReader } from '../resource.js';
import type { Live, Shelf, ShelfReader } from './ports.js';

export interface Shelved<Wish> {
  readonly kind: string;
  readonly name: string;
  readonly needs?: readonly ResourceReader[];
  readonly monthly?: readonly MonthlyPrice[];
  readonly wish: (findings: Findings) => Wish;
}

/** With a shelf that can be written to, the resource can be made; with a reader it can only be looked at. */
export function shelve<Wish, L extends Live>(shelf: Shelf<Wish, L>, shelved: Shelved<Wish>): Resource<L>;
export function shelve<Wish, L extends Live>(shelf: ShelfReader<Wish, L>, shelved: Shelved<Wish>): ResourceReader<L>;
export function shelve<Wish, L extends Live>(
  shelf: ShelfReader<Wish, L> | Shelf<Wish, L>,
  { kind, name, needs = [], monthly = [], wish }: Shelved<Wish>,
): ResourceReader<L> | Resource<L> {
  const reader: ResourceReader<L> = {
    kind,
    name,
    needs,
    monthly,
    find: (findings) => shelf.find(wish(findings)),
    identify: ({ id }) => id,
    compare: (live, findings) => shelf.compare(live, wish(findings)),
    readiness: ({ readiness }) => readiness ?? { ready: true },
  };
  if (!('create' in shelf)) return reader;
  return {
    ...reader,
    create: (findings) => shelf.create(wish(findings)),
    update: (live, _, findings) => shelf.update(live, wish(findings)),
  };
}
