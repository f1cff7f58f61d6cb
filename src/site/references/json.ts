/** JSON in place: a tolerant tree with offsets, and addresses in its strings. */
import { parseTree, type Node } from 'jsonc-parser';
import { readAddress, scriptEscapes, type Address, type Decode } from './escapedAddress.js';

/**
 * Parses JSON that stands in a part of a view, with comments and trailing commas forgiven; undefined when nothing is
 * there or when it is nested too deeply for the stack.
 */
export function parseJson(view: string, start: number, end: number): Node | undefined {
  // Blanks keep the offsets; the part is at the start of nearly every file.
  const text = start === 0 && end === view.length ? view : ' '.repeat(start) + view.slice(start, end);
  try {
    return parseTree(text, [], { allowTrailingComma: true });
  } catch {
    return undefined;
  }
}

/** The value of a property; the last one wins, as in JSON.parse. */
export function jsonProperty(node: Node | undefined, name: string): Node | undefined {
  return jsonProperties(node).findLast((property) => property.name === name)?.value;
}

export interface JsonProperty {
  readonly name: string;
  readonly key: Node;
  readonly value: Node;
}

/** The properties of an object; none for anything else. */
export function jsonProperties(node: Node | undefined): JsonProperty[] {
  if (node?.type !== 'object') return [];
  return (node.children ?? []).flatMap(({ children = [] }) => {
    const [key, value] = children;
    return key === undefined || value === undefined ? [] : [{ name: String(key.value), key, value }];
  });
}

/** The elements of an array; the node itself where there is no array. */
export function jsonElements(node: Node | undefined): readonly Node[] {
  return node === undefined ? [] : node.type === 'array' ? (node.children ?? []) : [node];
}

/** The address in a string (or key); undefined for anything else and for strings that are cut off. */
export function jsonAddress(node: Node | undefined, view: string, decode: Decode): Address | undefined {
  if (node?.type !== 'string' || node.length < 2 || view[node.offset + node.length - 1] !== '"') return undefined;
  return readAddress(view, node.offset + 1, node.offset + node.length - 1, decode, scriptEscapes);
}
