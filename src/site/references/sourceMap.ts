/** Source maps: the comment that points to one, and what a map itself points to. */
import type { Node } from 'jsonc-parser';
import { namesFile, readAddress, type Decode } from './escapedAddress.js';
import { jsonAddress, jsonProperty } from './json.js';
import type { Reference } from './reference.js';

/**
 * The `sourceMappingURL` comment of a script or stylesheet. The last one wins, and only comments and white space may
 * follow it (ECMA-426, "Linking generated code to source maps", extraction without parsing).
 */
export function findSourceMapComment(view: string, start: number, end: number, decode: Decode): Reference | undefined {
  const name = 'sourceMappingURL=';
  for (
    let at = view.lastIndexOf(name, end - name.length);
    at >= start;
    at = at === 0 ? -1 : view.lastIndexOf(name, at - 1)
  ) {
    const from = at + name.length;
    const line = /\/([/*])[#@][ \t]+$/.exec(view.slice(Math.max(start, at - 8), at));
    if (line !== null) {
      const value = /^[^\s'"`]*/.exec(view.slice(from, end))?.[0] ?? '';
      const stop = line[1] === '*' ? value.indexOf('*/') : -1;
      const to = from + (stop < 0 ? value.length : stop);
      // Nothing else may stand in the comment: text in a string that looks like one ends with a quote.
      const close = (line[1] === '*' ? /^\s*\*\// : /^[ \t]*(?=[\r\n]|$)/).exec(view.slice(to, end));
      if (close === null) continue;
      if (hasCode(view, to + close[0].length, end)) return undefined;
      const address = readAddress(view, from, to, decode);
      if (!namesFile(address)) return undefined;
      return { kind: 'sourceMappingURL', use: 'source-map', treatment: 'rewrite', ...address, relativeTo: 'file' };
    }
  }
  return undefined;
}

/** Whether anything but comments and white space follows. */
function hasCode(view: string, start: number, end: number): boolean {
  let index = start;
  while (index < end) {
    const two = view.slice(index, index + 2);
    if (two === '//') index = Math.min(...['\n', '\r'].map((mark) => indexOr(view, mark, index, end)));
    else if (two === '/*') index = indexOr(view, '*/', index + 2, end) + 2;
    else if (view.charCodeAt(index) > 0x20) return true;
    else index++;
  }
  return false;
}

function indexOr(view: string, mark: string, from: number, otherwise: number): number {
  const index = view.indexOf(mark, from);
  return index < 0 ? otherwise : index;
}

/** True for the root of a source map (ECMA-426, "Source map format"). */
export function isSourceMap(root: Node): boolean {
  const mapped = jsonProperty(root, 'mappings')?.type === 'string' || jsonProperty(root, 'sections')?.type === 'array';
  return mapped && jsonProperty(root, 'version')?.type === 'number';
}

/** The sources a map has no text of: never edited. Its `file` is a name that nobody loads. */
export function findInSourceMap(root: Node, view: string, decode: Decode): Reference[] {
  // With a source root the addresses are not relative to the map, and nothing in the site is meant.
  const sourceRoot: unknown = jsonProperty(root, 'sourceRoot')?.value;
  if (typeof sourceRoot === 'string' && sourceRoot !== '') return [];
  const contents = jsonProperty(root, 'sourcesContent')?.children ?? [];
  const sources = jsonProperty(root, 'sources')?.children ?? [];
  return sources.flatMap((node, index) => {
    const address = typeof contents[index]?.value === 'string' ? undefined : jsonAddress(node, view, decode);
    if (!namesFile(address)) return [];
    return [{ kind: 'source map', use: 'source-map', treatment: 'keep', ...address, relativeTo: 'file' } as const];
  });
}
