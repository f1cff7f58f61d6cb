/** Why one file is where it is: the decision, what refers to it, what becomes of it. */
import { locateReasons } from '../build/locateReasons.js';
import type { SiteBuild, ObjectHeaders, Route } from '../build/build.js';
import type { Plan } from '../release/release.js';
import type { AssetGraph } from '../site/graph.js';
import { locateOffset } from '../site/lines.js';
import type { LogicalPath } from '../site/site.js';
import { countOf, formatBytes } from './amounts.js';
import { paint, showSafely, wrap, type Look } from './text.js';

export interface Explanation {
  readonly path: string;
  readonly mediaType: string;
  readonly size: number;
  /** The decision, with the reference (file:line) behind it. */
  readonly route: Omit<Route, 'at'> | null;
  /** What is stored for the file; without a plan, `action` is null. */
  readonly objects: readonly {
    readonly origin: string;
    readonly key: string;
    readonly url: string;
    readonly size: number;
    readonly headers: ObjectHeaders;
    readonly action: string | null;
    readonly reason: string | null;
  }[];
  /** Who refers to it: `file:line:column`, how, and what is done to the reference. */
  readonly references: readonly { readonly from: string; readonly kind: string; readonly treatment: string }[];
}

const shownReferences = 10;

/** Explains one file; null when the site has no such file. */
export async function explainPath(
  graph: AssetGraph,
  build: SiteBuild,
  plan: Plan | null,
  typed: string,
): Promise<Explanation | null> {
  const asset = graph.assets.get(typed.replace(/^\.?\//, '') as LogicalPath);
  if (asset === undefined) return null;
  const changes = new Map(plan?.changes.map((change) => [`${change.origin} ${change.key}`, change]));
  const objects = build.objects
    .filter(({ path }) => path === asset.path)
    .map(({ origin, key, size, headers }) => {
      const change = changes.get(`${origin} ${key}`);
      const url = `${build.urls[origin]}/${key.split('/').map(encodeURIComponent).join('/')}`;
      return { origin, key, url, size, headers, action: change?.action ?? null, reason: change?.reason ?? null };
    });
  return {
    path: asset.path,
    mediaType: asset.mediaType,
    size: asset.size,
    route: await explainRoute(graph, build, asset.path),
    objects,
    references: await findReferences(graph, asset.path),
  };
}

async function explainRoute(graph: AssetGraph, build: SiteBuild, path: LogicalPath): Promise<Explanation['route']> {
  const route = (await locateReasons(graph.site, build.routes, [path])).get(path);
  if (route === undefined) return null;
  const { origin, naming, cacheControl, reason } = route;
  return { origin, naming, ...(cacheControl !== undefined && { cacheControl }), reason };
}

/** An explanation for a person. */
export function renderExplanation(explanation: Explanation, look: Look): string {
  const { path, mediaType, size, route, objects, references } = explanation;
  const lines = [
    `${paint(look, 'bold', showSafely(path))} ${paint(look, 'dim', `${mediaType}, ${formatBytes(size)}`)}`,
  ];
  if (route !== null) {
    const name = names[route.naming];
    lines.push(
      wrap(`goes to ${paint(look, 'cyan', route.origin)} ${name}: ${showSafely(route.reason)}`, look.width, '  '),
    );
  }
  for (const { url, headers, action, reason, size: stored } of objects) {
    lines.push(`  ${paint(look, 'cyan', url)}`);
    const encoding = headers.contentEncoding === undefined ? '' : `, ${headers.contentEncoding}`;
    lines.push(`      ${formatBytes(stored)}, ${headers.contentType}${encoding}, ${headers.cacheControl}`);
    if (action !== null) lines.push(`      ${action}: ${showSafely(reason ?? '')}`);
  }
  if (references.length === 0) lines.push('  nothing in the site refers to it');
  else {
    lines.push(`  ${countOf(references.length, 'reference')} to it`);
    const shown = look.verbose ? references : references.slice(0, shownReferences);
    for (const { from, kind, treatment } of shown)
      lines.push(
        `      ${paint(look, 'cyan', showSafely(from))}  ${kind} ${paint(look, 'dim', `(${words[treatment] ?? treatment})`)}`,
      );
    if (references.length > shown.length)
      lines.push(paint(look, 'dim', `      … and ${references.length - shown.length} more (--verbose shows all)`));
  }
  return lines.join('\n');
}

const names: Readonly<Record<Route['naming'], string>> = {
  fingerprint: 'with a fingerprint',
  kept: 'under its own name, which is immutable',
  stable: 'under its own name',
};
const words: Readonly<Record<string, string>> = {
  rewrite: 'may be rewritten',
  keep: 'left as it is',
  evidence: 'a script names it',
};

async function findReferences(graph: AssetGraph, path: LogicalPath): Promise<Explanation['references']> {
  const references: { from: string; kind: string; treatment: string }[] = [];
  for (const asset of graph.assets.values()) {
    const edges = asset.edges.filter(({ destination }) => destination.type === 'file' && destination.path === path);
    if (edges.length === 0) continue;
    const bytes = await graph.site.read(asset);
    for (const { reference } of edges) {
      const { line, column } = locateOffset(bytes, reference.start);
      references.push({
        from: `${asset.path}:${line}:${column}`,
        kind: reference.kind,
        treatment: reference.treatment,
      });
    }
  }
  return references;
}
