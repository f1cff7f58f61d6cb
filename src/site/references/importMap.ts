/** Import maps: addresses, URL-like keys, scopes and integrity (HTML, "import maps"). */
import { namesFile, type Decode } from './escapedAddress.js';
import type { EmbeddedFinder } from './embedded.js';
import { foundOf } from './finder.js';
import { isUrlSpecifier } from './javascriptModules.js';
import { jsonAddress, jsonProperties, jsonProperty, parseJson, type JsonProperty } from './json.js';
import type { LoadingSlot, Reference } from './reference.js';
import type { Node } from 'jsonc-parser';

/** Finds the references of an import map. */
export const findInImportMap: EmbeddedFinder = (view, start, end, decode) => {
  const root = parseJson(view, start, end);
  const references = [
    ...readImports(jsonProperty(root, 'imports')),
    ...jsonProperties(jsonProperty(root, 'scopes')).flatMap(({ key, value }) => [
      ...reference('importmap scope', key),
      ...readImports(value),
    ]),
    ...jsonProperties(jsonProperty(root, 'integrity')).flatMap((entry) =>
      reference('importmap integrity', entry.key, integritySlot(entry)),
    ),
  ];
  return foundOf({ references });

  function readImports(imports: Node | undefined): Reference[] {
    return jsonProperties(imports).flatMap(({ key, value }) => [
      // A key that is an address matches the address that an import was resolved to: both have to change together.
      ...reference('importmap key', key),
      ...reference('importmap address', value),
    ]);
  }

  function reference(kind: string, node: Node, slot?: LoadingSlot): Reference[] {
    return readReference(kind, node, view, decode, slot);
  }
};

/**
 * An address that ends with a slash stands for everything below it (in imports) or for every importer below it (in
 * scopes). No file can be put in its place, so it is kept, and what is below has to stay.
 */
function readReference(kind: string, node: Node, view: string, decode: Decode, slot?: LoadingSlot): Reference[] {
  const address = jsonAddress(node, view, decode);
  if (!namesFile(address) || !isUrlSpecifier(address.url)) return [];
  const prefix = view[address.end - 1] === '/';
  return [
    {
      kind,
      use: 'module',
      treatment: prefix ? 'keep' : 'rewrite',
      ...address,
      relativeTo: 'file',
      ...(slot !== undefined && !prefix && { slot }),
    },
  ];
}

/** The integrity of a module, to be replaced when its bytes change. `crossorigin` is set: there is no attribute to add. */
function integritySlot({ key, value }: JsonProperty): LoadingSlot | undefined {
  if (value.type !== 'string') return undefined;
  const integrity = { start: value.offset + 1, end: value.offset + value.length - 1, value: String(value.value) };
  return { insertAt: key.offset + key.length, crossorigin: 'anonymous', integrity };
}
