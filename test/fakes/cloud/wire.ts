/** The protocols AWS speaks, as much of them as the fakes need: query parameters in, XML out. */
import { escapeXml } from '../s3/reply.js';

export type Params = Readonly<Record<string, unknown>>;

/** `Tag.1.Key=a&Tag.1.Value=b` -> { Tag: [{ Key: 'a', Value: 'b' }] }; `.member.` of the older protocol is left out. */
export function parseQuery(body: string): Params {
  const root: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(body)) {
    const path = name.split('.').filter((part) => part !== 'member');
    let here = root;
    for (const part of path.slice(0, -1)) here = (here[part] ??= {}) as Record<string, unknown>;
    here[path.at(-1)!] = value;
  }
  return fold(root) as Params;
}

function fold(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, fold(inner)] as const);
  const isList = entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key));
  if (isList) return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, inner]) => inner);
  return Object.fromEntries(entries);
}

export function text(params: Params, name: string): string {
  const value = params[name];
  return typeof value === 'string' ? value : '';
}

export function texts(params: Params, name: string): string[] {
  const value = params[name];
  return Array.isArray(value) ? value.map(String) : [];
}

export function objects(params: Params, name: string): Params[] {
  const value = params[name];
  return Array.isArray(value) ? (value as Params[]) : [];
}

export function object(params: Params, name: string): Params {
  const value = params[name];
  return typeof value === 'object' && value !== null ? (value as Params) : {};
}

/** Objects become elements, lists elements of the given name, undefined nothing. */
export function toXml(value: unknown, item: 'item' | 'member' = 'item'): string {
  if (Array.isArray(value)) return value.map((one) => `<${item}>${toXml(one, item)}</${item}>`).join('');
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([name, inner]) => `<${name}>${toXml(inner, item)}</${name}>`)
      .join('');
  return escapeXml(String(value));
}
