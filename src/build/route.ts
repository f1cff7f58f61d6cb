/** Decides for every file which origin serves it, and under what kind of name, with the reason. */
import picomatch from 'picomatch';
import type { Asset, AssetGraph } from '../site/graph.js';
import type { LogicalPath } from '../site/site.js';
import type { OriginName, Route } from './build.js';
import { fixedAddressReason } from './fixedAddresses.js';
import type { Incoming } from './holds.js';
import { decideMobility, type Mobility } from './mobility.js';

export interface RouteRule {
  readonly match: string | readonly string[];
  readonly origin?: OriginName | undefined;
  readonly fingerprint?: boolean | undefined;
  readonly cacheControl?: string | undefined;
}

/** Routes every file of a site: by type, by what refers to it, and last by the rules of the configuration. */
export function routeAssets(
  graph: AssetGraph,
  rules: readonly RouteRule[],
  originals: 'copy' | 'none',
): ReadonlyMap<LogicalPath, Route> {
  const mobility = decideMobility(graph, { originals });
  const reached = findReached(graph);
  const apply = compileRules(rules);
  const routes = new Map<LogicalPath, Route>();
  for (const asset of graph.assets.values()) {
    const route = routeOne(asset, reached.get(asset.path), mobility.get(asset.path));
    routes.set(asset.path, apply(asset.path, route));
  }
  return routes;
}

/** The first reference to each file that we may point at the CDN. */
function findReached(graph: AssetGraph): ReadonlyMap<LogicalPath, Incoming> {
  const reached = new Map<LogicalPath, Incoming>();
  for (const from of graph.assets.values())
    for (const { reference, destination } of from.edges) {
      if (destination.type !== 'file' || reference.treatment !== 'rewrite' || reached.has(destination.path)) continue;
      reached.set(destination.path, { from, reference });
    }
  return reached;
}

function routeOne(asset: Asset, loaded: Incoming | undefined, mobility: Mobility | undefined): Route {
  const wanted = routeByType(asset, loaded);
  if (wanted.origin === 'pages') return wanted;
  if (mobility?.moves === false) return stay(mobility.reason, mobility.at);
  return mobility?.renames === false
    ? { ...wanted, naming: 'kept', reason: `${wanted.reason}; ${mobility.reason}` }
    : wanted;
}

function routeByType({ path, mediaType }: Asset, loaded: Incoming | undefined): Route {
  const fixed = fixedAddressReason(path);
  if (fixed !== undefined) return stay(fixed);
  if (/^(text\/html|application\/xhtml\+xml)$/.test(mediaType)) return stay(`${mediaType} is a page`);
  if (mediaType.startsWith('image/')) return move('images', `${mediaType} is an image`, loaded);
  if (/^(text\/css|text\/javascript|application\/wasm)$/.test(mediaType) || /^(font|audio|video)\//.test(mediaType))
    return move('resources', `${mediaType} is a resource`, loaded);
  if (mediaType === 'application/vnd.ms-fontobject') return move('resources', `${mediaType} is a font`, loaded);
  return loaded === undefined
    ? stay(`${mediaType} is a document or download: it keeps its address unless a reference loads it`)
    : move('resources', `${mediaType} is a resource`, loaded);
}

function stay(reason: string, at?: Route['at']): Route {
  return at === undefined
    ? { origin: 'pages', naming: 'stable', reason }
    : { origin: 'pages', naming: 'stable', reason, at };
}

function move(origin: OriginName, type: string, loaded: Incoming | undefined): Route {
  const naming = 'fingerprint';
  if (loaded === undefined) return { origin, naming, reason: type };
  const { path } = loaded.from;
  const { kind, start } = loaded.reference;
  return { origin, naming, reason: `${loadedBy(type, kind)} (${path})`, at: { path, offset: start } };
}

/** The few sentences that there are, each once: thousands of files have the same. */
const sentences = new Map<string, string>();

function loadedBy(type: string, kind: string): string {
  const known = sentences.get(type + kind);
  if (known !== undefined) return known;
  const sentence = `${type}, loaded by ${kind}`;
  sentences.set(type + kind, sentence);
  return sentence;
}

function compileRules(rules: readonly RouteRule[]): (path: LogicalPath, route: Route) => Route {
  const compiled = rules.map((rule) => ({
    rule,
    matches: picomatch(rule.match as string | string[], { dot: true }),
    name: JSON.stringify(rule.match),
  }));
  return (path, route) => {
    let result = route;
    for (const { rule, matches, name } of compiled) {
      if (!matches(path)) continue;
      const origin = rule.origin ?? result.origin;
      const fingerprint = rule.fingerprint ?? (origin !== 'pages' && result.naming !== 'stable');
      const moved =
        rule.origin !== undefined && rule.origin !== 'pages' && result.origin === 'pages' && rule.fingerprint !== false;
      // A name can only change where every reference to it can be rewritten: never on the pages origin.
      const renamed = (fingerprint || moved) && origin !== 'pages';
      result = {
        ...result,
        origin,
        naming: renamed ? (result.naming === 'kept' ? 'kept' : 'fingerprint') : 'stable',
        ...(rule.cacheControl === undefined ? {} : { cacheControl: rule.cacheControl }),
        reason: `rule ${name} of the configuration (without it: ${route.reason})`,
      };
    }
    return result;
  };
}
