/**
 * The model of a service, as its SDK carries it: operations with their addresses, members with their types, which of
 * them are required. The fake reads every request by it, so that a request AWS would not understand is refused here too.
 */

/** A type in the SDK's own notation: a number, a function that gives one, or a tuple [kind, namespace, name, traits, …]. */
export type Schema = number | (() => Schema) | readonly unknown[];

export interface Member {
  readonly name: string;
  readonly schema: Schema;
  readonly traits: Traits;
  readonly required: boolean;
}

export type Traits = Readonly<Record<string, unknown>>;

export type Type =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'time' | 'bytes' }
  | { readonly kind: 'list'; readonly of: Schema; readonly traits: Traits }
  | { readonly kind: 'map'; readonly of: Schema }
  | { readonly kind: 'structure'; readonly name: string; readonly members: readonly Member[]; readonly traits: Traits };

export interface Operation {
  readonly name: string;
  readonly method: string;
  /** Segments; `{Name}` stands for a label. */
  readonly path: readonly string[];
  /** Part of the address: `?policy`, `?Operation=Tag`. */
  readonly query: ReadonlyMap<string, string>;
  readonly status: number;
  readonly input: Schema;
  readonly output: Schema;
}

/** Names of the bits that traits may be packed into (Smithy's TypeScript schemas). */
const bits = [
  'httpLabel',
  'idempotent',
  'idempotencyToken',
  'sensitive',
  'httpPayload',
  'httpResponseCode',
  'httpQueryParams',
];

function readTraits(packed: unknown): Traits {
  if (typeof packed === 'number')
    return Object.fromEntries(bits.filter((_, bit) => packed & (1 << bit)).map((name) => [name, 1]));
  return typeof packed === 'object' && packed !== null ? (packed as Traits) : {};
}

export function typeOf(schema: Schema): Type {
  const resolved = typeof schema === 'function' ? schema() : schema;
  // A list or a map of a scalar is written as one number.
  if (typeof resolved === 'number' && resolved >= 128) return { kind: 'map', of: resolved - 128 };
  if (typeof resolved === 'number' && resolved >= 64) return { kind: 'list', of: resolved - 64, traits: {} };
  if (typeof resolved === 'number') return { kind: scalarOf(resolved) };
  if (typeof resolved === 'function') return typeOf(resolved);
  const [kind, , name, traits, first, second, third] = resolved as [
    number,
    string,
    string,
    unknown,
    unknown,
    unknown,
    unknown,
  ];
  if (kind === 0) return typeOf(first as Schema);
  if (kind === 1) {
    const { schema: of, traits: own } = splitMember(first);
    return { kind: 'list', of, traits: own };
  }
  if (kind === 2) return { kind: 'map', of: splitMember(second).schema };
  const names = (first ?? []) as readonly string[];
  const schemas = (second ?? []) as readonly unknown[];
  const required = typeof third === 'number' ? third : 0;
  const members = names.map((member, index) => ({
    name: member,
    ...splitMember(schemas[index]),
    required: index < required,
  }));
  return { kind: 'structure', name, members, traits: readTraits(traits) };
}

/** A member is a type, or a pair of a type and its traits. */
function splitMember(member: unknown): { schema: Schema; traits: Traits } {
  if (Array.isArray(member) && member.length === 2 && typeof member[0] !== 'string' && !isTuple(member))
    return { schema: member[0] as Schema, traits: readTraits(member[1]) };
  return { schema: member as Schema, traits: {} };
}

function isTuple(value: readonly unknown[]): boolean {
  return typeof value[1] === 'string';
}

function scalarOf(code: number): 'string' | 'number' | 'boolean' | 'time' | 'bytes' {
  if (code === 1 || code === 17 || code === 19) return 'number';
  if (code === 2) return 'boolean';
  if (code >= 4 && code <= 7) return 'time';
  if (code === 21 || code === 42) return 'bytes';
  return 'string';
}

/** All operations of an SDK module. */
export function listOperations(sdk: object): readonly Operation[] {
  return Object.values(sdk as Record<string, unknown>).flatMap((value): Operation[] => {
    if (!Array.isArray(value) || value[0] !== 9) return [];
    const [, , name, traits, input, output] = value as [number, string, string, unknown, Schema, Schema];
    const [method, address, status] = (readTraits(traits).http ?? ['POST', '/', 200]) as [string, string, number];
    const [path = '', query = ''] = address.split('?');
    return [
      {
        name,
        method,
        path: path.split('/').slice(1),
        query: new Map(new URLSearchParams(query)),
        status,
        input,
        output,
      },
    ];
  });
}

/** The operation an HTTP request is for, with its labels. The most specific address wins. */
export function matchOperation(
  operations: readonly Operation[],
  method: string,
  url: URL,
): { operation: Operation; labels: Record<string, string> } | null {
  const segments = url.pathname.split('/').slice(1);
  const fits = operations.flatMap((operation) => {
    if (operation.method !== method) return [];
    for (const [name, value] of operation.query)
      if (!url.searchParams.has(name) || (value !== '' && url.searchParams.get(name) !== value)) return [];
    const labels = matchPath(operation.path, segments);
    return labels === null ? [] : [{ operation, labels }];
  });
  const weight = ({ operation }: (typeof fits)[number]) =>
    operation.path.filter((part) => !part.startsWith('{')).length * 10 + operation.query.size;
  return fits.sort((a, b) => weight(b) - weight(a))[0] ?? null;
}

function matchPath(path: readonly string[], segments: readonly string[]): Record<string, string> | null {
  const given = segments.at(-1) === '' ? segments.slice(0, -1) : segments;
  const wanted = path.at(-1) === '' ? path.slice(0, -1) : path;
  if (given.length !== wanted.length) return null;
  const labels: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const label = /^\{(.*?)\+?\}$/.exec(part)?.[1];
    const segment = given[index] ?? '';
    if (label !== undefined) labels[label] = decodeURIComponent(segment);
    else if (part !== segment) return null;
  }
  return labels;
}
