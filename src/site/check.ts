/** What is wrong with a site before it is published: references that lead nowhere, names that only look alike. */
import type { Problem } from '../problems.js';
import type { Asset, AssetGraph, Destination } from './graph.js';
import { createLocator } from './lines.js';
import type { Reference, Use } from './references/reference.js';
import type { LogicalPath } from './site.js';

type Finding = Omit<Problem, 'file' | 'line' | 'column'>;

/** Uses whose target the browser loads as part of a page: insecure ones are blocked or upgraded on an https page. */
const loaded: ReadonlySet<Use> = new Set<Use>([
  ...(['image', 'image-cors', 'media', 'media-cors', 'track'] as const),
  ...(['style', 'script', 'module', 'font', 'preload', 'fetch'] as const),
]);
/** What browsers treat as secure although it is http (W3C Secure Contexts, 3.1). */
const insecure = /^http:\/\/(?!localhost[:/]|[^/]*\.localhost[:/]|127\.|\[::1\])/i;
/** Types that are only there to be referred to; anything else may be an address that people know. */
const dependent = /^(image|font|audio|video)\/|^text\/(css|javascript)$|^application\/(javascript|wasm)$/;

/**
 * Everything that is wrong with a site, the findings of scanning included. Reads only files with a finding, for lines.
 * @param isExpected true for files that other software looks for by itself, so that no reference need reach them.
 */
export async function checkSite(
  graph: AssetGraph,
  isExpected: (path: LogicalPath) => boolean = () => false,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [...graph.problems];
  const reached = new Set<LogicalPath>();
  for (const asset of graph.assets.values()) {
    const findings: (Finding & { readonly offset: number })[] = [];
    for (const { reference, destination } of asset.edges) {
      if (destination.type === 'file' && destination.path !== asset.path) reached.add(destination.path);
      const finding = judge(asset, reference, destination, graph);
      if (finding !== undefined) findings.push({ ...finding, offset: reference.start });
    }
    if (findings.length === 0) continue;
    const locate = createLocator(await graph.site.read(asset));
    for (const { offset, ...finding } of findings) problems.push({ ...finding, file: asset.path, ...locate(offset) });
  }
  for (const { path, mediaType } of graph.assets.values())
    if (!reached.has(path) && dependent.test(mediaType) && !isExpected(path)) problems.push(describeUnreferenced(path));
  return problems;
}

function judge(asset: Asset, reference: Reference, destination: Destination, graph: AssetGraph): Finding | undefined {
  switch (destination.type) {
    case 'file':
      return undefined;
    case 'external':
      return isMixed(asset, reference) ? describeMixed(reference) : undefined;
    case 'missing':
      // A name in a script proves nothing, and what is relative to the loading page cannot be judged from the script.
      if (reference.treatment === 'evidence') return undefined;
      if (reference.relativeTo === 'document' && !reference.url.startsWith('/')) return undefined;
      if (reference.kind.startsWith('importmap') && isFolder(destination.path, graph)) return undefined;
      return describeMissing(reference, destination, graph);
  }
}

/** Import maps map whole folders (HTML, "import maps": keys and addresses that end in a slash). */
function isFolder(path: string, graph: AssetGraph): boolean {
  return path.endsWith('/') && [...graph.assets.keys()].some((name) => name.startsWith(path));
}

function describeMissing(
  reference: Reference,
  { path, miscased }: Extract<Destination, { type: 'missing' }>,
  graph: AssetGraph,
): Finding {
  const who = `${reference.kind} leads to ${JSON.stringify(reference.url)}`;
  if (miscased !== undefined) {
    const difference = path.toLowerCase() === miscased.toLowerCase() ? 'upper and lower case' : 'Unicode form';
    return {
      code: 'miscased-reference',
      severity: 'error',
      message: `${who}, but the file is called ${JSON.stringify(miscased)} (they differ in ${difference})`,
      hint: 'S3 tells them apart, whatever this computer does.',
    };
  }
  const page = graph.assets.has(`${path}.html` as LogicalPath) ? `${path}.html` : undefined;
  return {
    code: 'dangling-reference',
    severity: reference.use === 'source-map' ? 'note' : 'warning',
    message: `${who}, but the site has no ${path === '' ? 'index.html' : path}`,
    ...(page === undefined ? {} : { hint: `There is ${page}.` }),
  };
}

function isMixed({ mediaType }: Asset, { use, url }: Reference): boolean {
  return loaded.has(use) && insecure.test(url) && /html|css/.test(mediaType);
}

function describeMixed({ kind, url }: Reference): Finding {
  return {
    code: 'mixed-content',
    severity: 'warning',
    message: `${kind} loads ${JSON.stringify(url)} without encryption`,
    hint: 'Browsers block or upgrade it on an https page: use https.',
  };
}

function describeUnreferenced(path: LogicalPath): Problem {
  return {
    code: 'unreferenced',
    severity: 'note',
    message: 'no reference in the site leads to it',
    file: path,
  };
}
