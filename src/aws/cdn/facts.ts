/** Documents of AWS as flat lists of settings, so that two of them can be compared and told apart by a person. */
import type { Difference } from '../../provision/resource.js';

/** What tells the members of a list apart. */
const keys = ['Id', 'ID', 'PathPattern', 'ErrorCode', 'EventType', 'Header', 'HeaderName', 'Sid', 'Key'] as const;

/** Path -> value; what is not set is absent. `Origins[s3].DomainName` -> `b.s3.amazonaws.com`. */
export function listFacts(document: unknown): ReadonlyMap<string, string> {
  const facts = new Map<string, string>();
  visit(document, '');
  return facts;

  function visit(value: unknown, path: string): void {
    if (value === undefined || value === null || value === '') return;
    if (Array.isArray(value)) visitList(value, path);
    else if (isRecord(value)) {
      // CloudFront counts its lists: { Quantity, Items }.
      const { Quantity, Items, ...rest } = value;
      if (Quantity !== undefined) visit(Items, path);
      else if (Items !== undefined) visit(Items, path === '' ? 'Items' : `${path}.Items`);
      for (const [name, inner] of Object.entries(rest)) visit(inner, path === '' ? name : `${path}.${name}`);
    } else facts.set(path, show(value));
  }

  function visitList(list: readonly unknown[], path: string): void {
    if (list.length === 0) return;
    if (!list.every(isRecord)) return void facts.set(path, list.map(show).sort().join(', '));
    list.forEach((item, index) => {
      const key = keys.find((name) => item[name] !== undefined);
      const name = key === undefined ? String(index + 1) : show(item[key]);
      visit(key === undefined ? item : { ...item, [key]: undefined, '': name }, `${path}[${name}]`);
    });
  }
}

/** What has to be set so that `now` becomes `then`. */
export function compareDocuments(now: unknown, then: unknown): readonly Difference[] {
  const [before, after] = [listFacts(now), listFacts(then)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((path): Difference[] => {
    const [from, to] = [before.get(path), after.get(path)];
    if (from === to) return [];
    return [
      {
        setting: nameSetting(path),
        owner: 'ours',
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      },
    ];
  });
}

export function foreign(setting: string, from: string): Difference {
  return { setting, from, owner: 'foreign' };
}

/** `ViewerCertificate.MinimumProtocolVersion` -> `minimum protocol version`, `CustomErrorResponses[404].ResponseCode` -> `404 response code`. */
function nameSetting(path: string): string {
  const words = path
    .split(/\.(?![^[]*\])/)
    .slice(-2)
    .map((part) => {
      const [, name = '', key] = /^([^[]*)(?:\[(.*)\])?$/.exec(part) ?? [];
      return key === undefined ? separateWords(name) : `${separateWords(name.replace(/s$/, ''))} ${key}`;
    })
    .filter((part) => part.trim() !== '');
  const [outer = '', inner] = words;
  if (inner === undefined) return outer;
  return path.includes('[') ? `${outer} ${inner}` : inner;
}

function separateWords(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(' ')
    .map((word) => (/^[A-Z][a-z]/.test(word) ? word.toLowerCase() : word))
    .join(' ');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
