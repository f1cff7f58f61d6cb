/** The report of a build, of what a publish would do, and of what it did. */
import type { BuiltObject, SiteBuild } from '../../build/build.js';
import type { Action, Change, Outcome, Plan } from '../../release/release.js';
import type { Asset, AssetGraph } from '../../site/graph.js';
import type { LogicalPath } from '../../site/site.js';
import { urlPath } from '../../build/keys.js';
import { findChains, isLoaded, type Load } from './chains.js';
import { findDuplicates, summarizeCaching } from './contents.js';
import { readImageSize } from './imageSize.js';
import { findLargeImages, largeBytes, type MeasuredImage } from './largeImages.js';
import type { ChangeGroup, ReportFile, ReportModel } from './model.js';
import { ShownWidths } from './shownWidths.js';

export interface Reported {
  readonly graph: AssetGraph;
  readonly build: SiteBuild;
  readonly plan?: Plan;
  /** Set when the plan has come true. */
  readonly outcome?: Outcome;
}

/** Reads images and the pages that show them; everything else is known already. */
export async function describeBuild({ graph, build, plan, outcome }: Reported, now: Date): Promise<ReportModel> {
  const files = listFiles(graph, build);
  const bytes = new Map(files.map(({ name, loaded }) => [name, loaded]));
  const pages = files.filter(({ isPage }) => isPage).map(({ name }) => name);
  return {
    kind: plan === undefined ? 'build' : outcome === undefined ? 'plan' : 'publish',
    madeAt: now.toISOString(),
    ...(plan && { release: { id: outcome?.release ?? plan.release } }),
    urls: build.urls,
    files,
    stored: { objects: build.objects.length, bytes: build.bytes.stored },
    ...(plan && {
      changes: groupChanges(plan.changes),
      invalidations: Object.entries(plan.invalidations).flatMap(([origin, paths]) =>
        paths.map((one) => ({ origin: origin as keyof Plan['invalidations'], ...one })),
      ),
      cost: plan.cost,
      upload: plan.bytes.upload,
    }),
    chains: findChains({ pages, loads: listLoads(graph), bytesOf: (name) => bytes.get(name) ?? 0 }),
    duplicates: findDuplicates(files),
    images: findLargeImages(await measureImages(graph)),
    caching: summarizeCaching(build.objects),
    problems: [...(plan?.problems ?? build.problems), ...(outcome?.problems ?? [])],
  };
}

/** Copies at original paths and encodings are the same file: it counts where visitors load it from, in the smallest form. */
function listFiles(graph: AssetGraph, build: SiteBuild): readonly ReportFile[] {
  const places = new Map<LogicalPath, BuiltObject[]>();
  for (const object of build.objects) {
    const known = places.get(object.path);
    const isMain = object.origin === (build.routes.get(object.path)?.origin ?? object.origin);
    if (!isMain) continue;
    if (known === undefined) places.set(object.path, [object]);
    else known.push(object);
  }
  return [...places].flatMap(([path, objects]): ReportFile[] => {
    const asset = graph.assets.get(path);
    const first = objects.reduce((a, b) => (b.key.length < a.key.length ? b : a));
    if (asset === undefined) return [];
    return [
      {
        name: path,
        origin: first.origin,
        type: asset.mediaType,
        plain: build.served(path)?.size ?? asset.size,
        loaded: Math.min(...objects.map(({ size }) => size)),
        digest: asset.digest,
        url: `${build.urls[first.origin]}/${urlPath(first.key)}`,
        isPage: first.stage === 'page',
      },
    ];
  });
}

function listLoads(graph: AssetGraph): ReadonlyMap<string, readonly Load[]> {
  const loads = new Map<string, readonly Load[]>();
  for (const { path, edges } of graph.assets.values()) {
    const targets = edges.flatMap(({ reference, destination }) =>
      destination.type === 'file' && reference.treatment !== 'evidence' && isLoaded(reference.use)
        ? [{ to: destination.path, kind: reference.kind }]
        : [],
    );
    if (targets.length > 0) loads.set(path, targets);
  }
  return loads;
}

const headings: Readonly<Partial<Record<Action, ChangeGroup['kind']>>> = {
  create: 'created',
  update: 'updated',
  headers: 'headers',
  delete: 'deleted',
};

/** Encodings of one object change together and are told once. */
function groupChanges(changes: readonly Change[]): readonly ChangeGroup[] {
  const places = new Set(changes.map(({ origin, key }) => `${origin}/${key}`));
  const isVariant = ({ origin, key }: Change) => {
    const bare = key.replace(/\.(br|gz)$/, '');
    return bare !== key && places.has(`${origin}/${bare}`);
  };
  return (['create', 'update', 'headers', 'delete'] as const).flatMap((action) => {
    const entries = changes
      .filter((change) => change.action === action && !isVariant(change))
      .map(({ origin, key, object, before, reason }) => {
        const size = object?.size ?? before?.size;
        return { origin, key, reason, ...(size === undefined ? {} : { size }) };
      });
    const kind = headings[action];
    return entries.length === 0 || kind === undefined ? [] : [{ kind, entries }];
  });
}

async function measureImages(graph: AssetGraph): Promise<readonly MeasuredImage[]> {
  const large = new Map<LogicalPath, Asset>();
  for (const asset of graph.assets.values())
    if (asset.mediaType.startsWith('image/') && asset.size >= largeBytes) large.set(asset.path, asset);
  const shown = await findShownWidths(graph, large);
  const measured: MeasuredImage[] = [];
  for (const asset of large.values()) {
    const size = readImageSize(await graph.site.read(asset));
    const width = shown.of(asset.path);
    if (size !== null)
      measured.push({
        name: asset.path,
        type: asset.mediaType,
        bytes: asset.size,
        size,
        ...(width === undefined ? {} : { shown: width }),
      });
  }
  return measured;
}

async function findShownWidths(graph: AssetGraph, images: ReadonlyMap<LogicalPath, Asset>): Promise<ShownWidths> {
  const widths = new ShownWidths();
  for (const page of graph.assets.values()) {
    const edges = page.edges.flatMap(({ reference, destination }) =>
      destination.type === 'file' && images.has(destination.path) && isLoaded(reference.use)
        ? [{ reference, image: destination.path }]
        : [],
    );
    if (edges.length === 0) continue;
    const markup = (await graph.site.read(page)).toString('latin1');
    for (const { reference, image } of edges)
      if (reference.kind === 'img@src') widths.add(image, markup, reference.start);
      else widths.forget(image);
  }
  return widths;
}
