/** Links to a place that the page does not have, and symbols that a sprite does not have. */
import type { Problem } from '../../problems.js';
import type { Asset, AssetGraph, Edge } from '../graph.js';
import { createLocator } from '../lines.js';
import type { LogicalPath } from '../site.js';
import { isHtml, type PageFacts } from './pageFacts.js';

/** Addresses of scripts (`#/route`, `#!x`, `#a=b`) rather than of places, and what is always there. */
const scripted = /^$|^top$|^[/!?]|[=&]/i;

/** Warnings for links between pages and for symbols; within a page, where scripts often take the click, notes. */
export async function findLostFragments(
  graph: AssetGraph,
  pages: ReadonlyMap<LogicalPath, PageFacts>,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const symbols = new Map<LogicalPath, ReadonlySet<string>>();
  for (const asset of graph.assets.values()) {
    const findings: { readonly severity: Problem['severity']; readonly message: string; readonly offset: number }[] =
      [];
    const own = pages.get(asset.path);
    for (const { fragment, offset } of own?.jumps ?? [])
      if (own !== undefined && isLost(fragment, own.targets))
        findings.push({ severity: 'note', message: `a link leads to #${fragment}, which is not in this page`, offset });
    for (const edge of asset.edges) {
      const lost = await findLost(asset, edge);
      if (lost !== undefined) findings.push({ severity: 'warning', message: lost, offset: edge.reference.start });
    }
    if (findings.length === 0) continue;
    const locate = createLocator(await graph.site.read(asset));
    for (const { offset, ...finding } of findings)
      problems.push({ code: 'missing-fragment', ...finding, file: asset.path, ...locate(offset) });
  }
  return problems;

  async function findLost(from: Asset, { reference, destination }: Edge): Promise<string | undefined> {
    if (destination.type !== 'file' || !isHtml(from) || !reference.url.includes('#')) return undefined;
    const fragment = reference.url.slice(reference.url.indexOf('#') + 1);
    const target = graph.assets.get(destination.path);
    const targets =
      reference.use === 'document'
        ? pages.get(destination.path)?.targets
        : target?.mediaType === 'image/svg+xml' && reference.kind.startsWith('use@')
          ? await symbolsOf(target)
          : undefined;
    if (targets === undefined || !isLost(fragment, targets)) return undefined;
    return `${reference.kind} leads to #${fragment}, which is not in ${destination.path}`;
  }

  async function symbolsOf(svg: Asset): Promise<ReadonlySet<string>> {
    const known = symbols.get(svg.path);
    if (known !== undefined) return known;
    const text = (await graph.site.read(svg)).toString('utf8');
    const found = new Set([...text.matchAll(/\sid\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, a, b]) => a ?? b ?? ''));
    symbols.set(svg.path, found);
    return found;
  }
}

/** As written, then percent-decoded (HTML, "find a potential indicated element"); a text directive is no part of it. */
function isLost(fragment: string, targets: ReadonlySet<string>): boolean {
  const [name = ''] = fragment.split(':~:');
  if (scripted.test(name) || targets.has(name)) return false;
  try {
    return !targets.has(decodeURIComponent(name));
  } catch {
    return true;
  }
}
