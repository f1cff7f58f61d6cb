/**
 * Names every moved asset by its content, bottom-up: a file is named after all it refers to, because those names are
 * part of its bytes. Files that refer to each other in a circle are one group.
 */
import { PublishError } from '../errors.js';
import type { Asset, AssetGraph } from '../site/graph.js';
import { digestOf } from '../site/names.js';
import type { LogicalPath } from '../site/site.js';
import type { ObjectKey, OriginName, Route } from './build.js';
import { findComponents } from './components.js';
import { decideRewrite } from './decideRewrite.js';
import { urlPath } from './keys.js';
import { fingerprintedKey, ownKey } from './names.js';
import { openPreloadBase } from './preloadBase.js';
import { splice, type Edit } from './rewrite.js';
import type { Served, Server } from './served.js';

export interface NamedAsset {
  readonly asset: Asset;
  readonly origin: OriginName;
  readonly key: ObjectKey;
  readonly served: Served;
  /** The name will never stand for other bytes. */
  readonly immutable: boolean;
}

export interface Naming {
  readonly graph: AssetGraph;
  readonly routes: ReadonlyMap<LogicalPath, Route>;
  readonly urls: Readonly<Record<OriginName, string>>;
  readonly server: Server;
  /** Names in preload lists become addresses: see `rewritesPreloads()`. */
  readonly preloads: boolean;
}

/** Public address of an object. */
export function addressOf(
  urls: Naming['urls'],
  { origin, key }: { readonly origin: OriginName; readonly key: string },
): string {
  return `${urls[origin]}/${urlPath(key)}`;
}

/** Names all moved assets. Same site, same names: independent of order, time and machine. */
export async function nameAssets(naming: Naming): Promise<ReadonlyMap<LogicalPath, NamedAsset>> {
  const moved = [...naming.graph.assets.values()].filter((asset) => routeOf(naming, asset.path).origin !== 'pages');
  const embedded = new Map(moved.map((asset) => [asset.path, findEmbedded(naming, asset)]));
  const components = findComponents(
    moved.map(({ path }) => path),
    (path) => [...(embedded.get(path) ?? [])],
  );
  const named = new Map<LogicalPath, NamedAsset>();
  const taken = new Map<string, string>();
  for (const paths of components) {
    const assets = paths.map((path) => assetAt(naming, path)).sort((a, b) => (a.path < b.path ? -1 : 1));
    const first = assets[0];
    if (first === undefined) continue;
    const circular = assets.length > 1 || embedded.get(first.path)?.has(first.path) === true;
    const members = circular ? await nameCircle(naming, assets, named) : [await nameOne(naming, first, named)];
    for (const member of members) named.set(member.asset.path, distinguish(member, taken, circular));
  }
  return named;
}

/** The targets whose fingerprint becomes part of the file's bytes. */
function findEmbedded(naming: Naming, asset: Asset): ReadonlySet<LogicalPath> {
  const from = routeOf(naming, asset.path);
  const targets = new Set<LogicalPath>();
  for (const edge of asset.edges) {
    const rewrite = decideRewrite(edge, from, (path) => naming.routes.get(path));
    if (rewrite.type === 'name' && routeOf(naming, rewrite.target).naming === 'fingerprint')
      targets.add(rewrite.target);
  }
  return targets;
}

async function nameOne(naming: Naming, asset: Asset, named: ReadonlyMap<LogicalPath, NamedAsset>): Promise<NamedAsset> {
  const edits = makeEdits(naming, asset, (target) =>
    addressOf(naming.urls, named.get(target) ?? ownPlace(naming, target)),
  );
  const served = await naming.server.serve(asset, edits);
  return finish(naming, asset, served, served.digest);
}

/**
 * A circle has no bottom: each member is hashed with tokens in place of its fellows' names. A token tells which file
 * it stands for, so two different circles never look alike (zeroed placeholders can: the order of targets is lost).
 */
async function nameCircle(
  naming: Naming,
  assets: readonly Asset[],
  named: ReadonlyMap<LogicalPath, NamedAsset>,
): Promise<NamedAsset[]> {
  const inside = new Set(assets.map(({ path }) => path));
  const hashes: string[] = [];
  for (const asset of assets) {
    const edits = makeEdits(naming, asset, (target) =>
      inside.has(target)
        ? `\0ref:${Buffer.byteLength(target)}:${Buffer.from(target).toString('latin1')}\0`
        : addressOf(naming.urls, named.get(target) ?? ownPlace(naming, target)),
    );
    const canonical = splice(
      await naming.server.read({ file: asset, edits: [], digest: asset.digest, size: asset.size }),
      edits,
    );
    hashes.push(`${Buffer.byteLength(asset.path)}:${asset.path}:${canonical.length}:${digestOf(canonical)}`);
  }
  const group = digestOf(`circle1\0${naming.urls.images}\0${naming.urls.resources}\0${hashes.join('\0')}`);
  const places = new Map(
    assets.map((asset) => [asset.path, placeOf(naming, asset, digestOf(`member\0${group}\0${asset.path}`))]),
  );
  const members: NamedAsset[] = [];
  for (const asset of assets) {
    const edits = makeEdits(naming, asset, (target) =>
      addressOf(naming.urls, places.get(target) ?? named.get(target) ?? ownPlace(naming, target)),
    );
    const served = await naming.server.serve(asset, edits);
    members.push(finish(naming, asset, served, digestOf(`member\0${group}\0${asset.path}`)));
  }
  return members;
}

/** The edits of a moved asset, given how its targets are called. */
function makeEdits(naming: Naming, asset: Asset, nameTarget: (target: LogicalPath) => string): Edit[] {
  const from = routeOf(naming, asset.path);
  const edits: Edit[] = [];
  for (const edge of asset.edges) {
    const rewrite = decideRewrite(edge, from, (path) => naming.routes.get(path));
    if (rewrite.type === 'leave') continue;
    const { start, end, ownAddress } = edge.reference;
    if (rewrite.type === 'pages' && ownAddress !== undefined) {
      edits.push(
        { start, end, text: pathOn(naming.urls.pages, rewrite.path) },
        { ...ownAddress, text: 'globalThis.origin' },
      );
      continue;
    }
    const text = rewrite.type === 'name' ? nameTarget(rewrite.target) : `${naming.urls.pages}/${urlPath(rewrite.path)}`;
    edits.push({ start, end, text });
  }
  if (naming.preloads) edits.push(...openPreloadBase(asset));
  return edits.sort((a, b) => a.start - b.start);
}

/** The address of a file from the root of whichever origin shows the page: one site may have several names. */
function pathOn(pages: string, path: string): string {
  return `${new URL(pages).pathname.replace(/\/$/, '')}/${urlPath(path)}`;
}

function finish(naming: Naming, asset: Asset, served: Served, nameDigest: string): NamedAsset {
  const { origin, key, immutable } = placeOf(naming, asset, nameDigest);
  return { asset, origin, key, served, immutable };
}

function placeOf(naming: Naming, asset: Asset, nameDigest: string): Pick<NamedAsset, 'origin' | 'key' | 'immutable'> {
  const { origin, naming: kind } = routeOf(naming, asset.path);
  const key = kind === 'fingerprint' ? fingerprintedKey(asset.path, nameDigest) : ownKey(asset.path);
  return { origin, key, immutable: kind !== 'stable' };
}

/** Where a moved file with a name of its own is, known before it is hashed. */
function ownPlace(naming: Naming, path: LogicalPath): { origin: OriginName; key: ObjectKey } {
  return { origin: routeOf(naming, path).origin, key: ownKey(path) };
}

/**
 * A name never stands for two contents: when two share it, the later one gets its digest in full. In a circle the names
 * are already part of the bytes, so there it is an error (and as likely as a collision of 64 bits).
 */
function distinguish(member: NamedAsset, taken: Map<string, string>, circular: boolean): NamedAsset {
  const place = `${member.origin}/${member.key}`;
  const holder = taken.get(place);
  taken.set(place, holder ?? member.served.digest);
  if (holder === undefined || holder === member.served.digest) return member;
  if (circular)
    throw new PublishError('key-conflict', `${member.asset.path} would share the name ${place} with another file`);
  return { ...member, key: fingerprintedKey(member.asset.path, member.served.digest, 64) };
}

function routeOf(naming: Naming, path: LogicalPath): Route {
  const route = naming.routes.get(path);
  if (route === undefined) throw new Error(`no route for ${path}`);
  return route;
}

function assetAt(naming: Naming, path: LogicalPath): Asset {
  const asset = naming.graph.assets.get(path);
  if (asset === undefined) throw new Error(`no asset at ${path}`);
  return asset;
}
