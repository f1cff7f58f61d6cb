/** Reads every served file again and tells which of its references no longer mean what they meant before. */
import { createHash } from 'node:crypto';
import { originNames, type OriginName, type SiteBuild } from '../../src/build/build.js';
import { urlPath } from '../../src/build/keys.js';
import { splice } from '../../src/build/rewrite.js';
import type { Asset, AssetGraph, Edge } from '../../src/site/graph.js';
import { finderFor, type FinderOptions, type Reference } from '../../src/site/references/index.js';

/**
 * One line for each reference that is worse after than before: it leads elsewhere or to nothing, has lost its query, its
 * integrity is wrong where it was right, or it is not there any more.
 */
export async function findChangedMeanings(
  graph: AssetGraph,
  build: SiteBuild,
  options: FinderOptions,
): Promise<readonly string[]> {
  const objects = new Map(build.objects.map((object) => [`${object.origin}/${object.key}`, object]));
  const changed: string[] = [];
  for (const asset of graph.assets.values()) {
    const served = build.served(asset.path);
    if (served === undefined) continue;
    const find = finderFor(asset.mediaType);
    if (find === undefined) continue;
    const place = build.addressOf(asset.path) ?? `${build.urls.pages}/${urlPath(asset.path)}`;
    // Where neither the bytes nor the place changed, only the targets could have gone.
    const untouched = served.edits.length === 0;
    const found = untouched ? asset.found : find(splice(await graph.site.read(asset), served.edits), options);
    const tell = (reference: Reference | undefined, text: string) =>
      changed.push(`${asset.path}:${reference?.start ?? 0} ${reference?.kind ?? ''} ${reference?.url ?? ''}: ${text}`);
    if (found.references.length !== asset.edges.length) {
      tell(undefined, `had ${asset.edges.length} references, has ${found.references.length}`);
      continue;
    }
    const base = found.base === undefined ? place : (URL.parse(found.base, place)?.href ?? place);
    for (const [index, edge] of asset.edges.entries()) {
      const after = found.references[index];
      if (after?.kind !== edge.reference.kind) tell(edge.reference, `is a ${after?.kind ?? 'nothing'} now`);
      else await compare(edge, after, base, (text) => tell(edge.reference, text));
    }
  }
  return changed;

  async function compare(edge: Edge, after: Reference, base: string, tell: (text: string) => void): Promise<void> {
    const { reference: before, destination } = edge;
    const verbatim = destination.type === 'external' || before.treatment === 'evidence';
    if (verbatim || before.relativeTo === 'document') {
      if (after.url !== before.url) tell(`was not to be touched, is ${after.url}`);
      return;
    }
    // A name in a list that was not edited: the function still puts the same before it.
    if (before.relativeTo === 'preload' && after.url === before.url) return;
    // A worker that its script sought beside itself is sought on the pages' origin by a script that has moved.
    const url = URL.parse(after.url, after.relativeTo === 'document' ? `${build.urls.pages}/` : base);
    if (url === null) return tell(`is no address any more: ${after.url}`);
    if (suffixOf(after.url) !== suffixOf(before.url)) tell(`has another query or fragment: ${after.url}`);
    const origin = originNames.find(
      (name) => url.href === build.urls[name] || url.href.startsWith(`${build.urls[name]}/`),
    );
    if (origin === undefined) return tell(`leads to another site: ${url.href}`);
    const target = targetOf(origin, url);
    if (destination.type === 'missing') {
      if (origin !== 'pages' || target !== undefined) tell(`led to nothing, leads to ${url.href}`);
      return;
    }
    if (target?.path !== destination.path) return tell(`led to ${destination.path}, leads to ${url.href}`);
    await compareSlot(edge, after, target.path, origin, tell);
  }

  function targetOf(origin: OriginName, url: URL) {
    const path = url.href.slice(build.urls[origin].length + 1).replace(/[?#].*$/s, '');
    for (const key of [decode(path), path])
      for (const form of [key, key === '' || key.endsWith('/') ? `${key}index.html` : `${key}/index.html`]) {
        const object = objects.get(`${origin}/${form}`);
        if (object !== undefined) return object;
      }
    return undefined;
  }

  async function compareSlot(
    { reference: { slot: before } }: Edge,
    { slot: after }: Reference,
    path: Asset['path'],
    origin: OriginName,
    tell: (text: string) => void,
  ): Promise<void> {
    if (before === undefined || origin === 'pages') return;
    if (after?.crossorigin == null) tell('has no crossorigin');
    const served = build.served(path);
    if (served === undefined || after?.integrity == null) return;
    const bytes = await graph.site.read(served.file);
    if (before.integrity !== null && !matches(before.integrity.value, bytes)) return;
    if (!matches(after.integrity.value, splice(bytes, served.edits))) tell(`has a wrong integrity`);
  }
}

function suffixOf(url: string): string {
  const index = url.trim().search(/[?#]/);
  return index < 0 ? '' : url.trim().slice(index);
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Whether all hashes of the metadata are those of the content. */
function matches(metadata: string, bytes: Buffer): boolean {
  const hashes = metadata.split(/\s+/).filter((one) => /^sha(?:256|384|512)-/.test(one));
  return hashes.every((one) => {
    const [algorithm = '', value] = [one.slice(0, 6), one.slice(7).replace(/\?.*/, '')];
    return createHash(algorithm).update(bytes).digest('base64') === value;
  });
}
