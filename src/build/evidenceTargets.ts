/** Which files a reference can mean, also where the script alone does not tell what it is relative to. */
import { posix } from 'node:path';
import type { Asset, AssetGraph, Edge } from '../site/graph.js';
import { baseOf, createResolver } from '../site/resolve.js';
import type { LogicalPath } from '../site/site.js';
import { isPage, isScript } from './holds.js';

/** Pages that load a script, looked at for each; further ones add little to what is a guess. */
const mostPages = 20;

/**
 * A function that gives the files an edge can lead to. What a script names relative to the document is looked for from
 * the pages that load it, from its own folder and from every folder above (`assets/x.js` in Vite's tables is relative to
 * the root of the site). An import map's address of a folder stands for every file below it.
 */
export function createEvidenceResolver(graph: AssetGraph): (from: Asset, edge: Edge) => readonly LogicalPath[] {
  const resolver = createResolver(graph.site.files);
  const pages = findLoadingPages(graph);
  const basesOf = new Map<LogicalPath, readonly string[]>();
  /** Many pages have the same import map. */
  const below = new Map<string, readonly LogicalPath[]>();

  return (from, { reference, destination }) => {
    if (reference.kind.startsWith('importmap') && /\/(?:[?#]|$)/.test(reference.url)) return filesBelow(destination);
    const found = destination.type === 'file' ? [destination.path] : [];
    const relative = !/^(?:[a-z][a-z\d+.-]*:|[/\\])/i.test(reference.url);
    if (reference.relativeTo !== 'document' || !isScript(from) || !relative) return found;
    const bases = basesOf.get(from.path) ?? findBases(from, pages.get(from.path) ?? []);
    basesOf.set(from.path, bases);
    const further = bases.map((base) => resolver.resolve(reference.url, base));
    return [...new Set([...found, ...further.flatMap((one) => (one.type === 'file' ? [one.path] : []))])];
  };

  function filesBelow(destination: Edge['destination']): readonly LogicalPath[] {
    if (destination.type === 'external') return [];
    const folder = destination.path.replace(/(^|\/)index\.html$/, '$1');
    const files = below.get(folder) ?? [...graph.assets.keys()].filter((path) => path.startsWith(folder));
    below.set(folder, files);
    return files;
  }
}

function findBases(script: Asset, pages: readonly Asset[]): string[] {
  const bases = new Set(pages.map((page) => baseOf(page.path, page.found.base)));
  for (let folder = posix.dirname(script.path); ; folder = posix.dirname(folder)) {
    bases.add(baseOf((folder === '.' ? 'x' : `${folder}/x`) as LogicalPath));
    if (folder === '.' || folder === '/') return [...bases];
  }
}

function findLoadingPages(graph: AssetGraph): ReadonlyMap<LogicalPath, readonly Asset[]> {
  const pages = new Map<LogicalPath, Asset[]>();
  for (const page of graph.assets.values()) {
    if (!isPage(page)) continue;
    for (const { reference, destination } of page.edges) {
      if (destination.type !== 'file' || (reference.use !== 'script' && reference.use !== 'module')) continue;
      const list = pages.get(destination.path) ?? [];
      if (list.length < mostPages) list.push(page);
      pages.set(destination.path, list);
    }
  }
  return pages;
}
