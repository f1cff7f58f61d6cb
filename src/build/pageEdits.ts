/** The edits of a file that stays on the pages origin: addresses, loading attributes, policies. */
import type { Asset } from '../site/graph.js';
import type { LogicalPath } from '../site/site.js';
import { decideRewrite } from './decideRewrite.js';
import { addressOf, type NamedAsset, type Naming } from './fingerprint.js';
import { allowSources, escapePolicy, type Need } from './policy.js';
import { openPreloadBase } from './preloadBase.js';
import { splice, type Edit } from './rewrite.js';
import { hashExpression, type Served } from './served.js';

export interface PageOptions {
  /** Write `integrity` for scripts and stylesheets that moved. */
  readonly integrity: boolean;
  /** What any page of the site may load from the CDN, through stylesheets too. */
  readonly needs: readonly Need[];
  /** Files that stay on the pages origin and are edited there, as far as they are known. */
  readonly edited: ReadonlyMap<LogicalPath, Served>;
}

/** Decides every edit of one page. */
export async function editPage(
  naming: Naming,
  named: ReadonlyMap<LogicalPath, NamedAsset>,
  page: Asset,
  options: PageOptions,
): Promise<Edit[]> {
  const from = naming.routes.get(page.path);
  if (from === undefined) return [];
  const edits: Edit[] = [];
  for (const edge of page.edges) {
    const rewrite = decideRewrite(edge, from, (path) => naming.routes.get(path));
    const target = rewrite.type === 'name' ? named.get(rewrite.target) : undefined;
    const { start, end, slot } = edge.reference;
    if (target === undefined) {
      const kept = edge.destination.type === 'file' ? options.edited.get(edge.destination.path) : undefined;
      if (kept === undefined || !slot?.integrity) continue;
      const text = await naming.server.integrityOf(kept, slot.integrity.value);
      edits.push({ start: slot.integrity.start, end: slot.integrity.end, text });
      continue;
    }
    edits.push({ start, end, text: addressOf(naming.urls, target) });
    if (slot === undefined) continue;
    const { crossorigin, integrity } = slot;
    const changed = target.served.edits.length > 0;
    const wanted = integrity === null ? options.integrity : changed;
    const value = wanted ? await naming.server.integrityOf(target.served, integrity?.value) : '';
    // Without crossorigin the browser can neither check integrity nor give scripts their base address (whatwg/html#5751).
    let attributes = crossorigin === null ? ' crossorigin="anonymous"' : '';
    if (integrity === null && options.integrity) attributes += ` integrity="${value}"`;
    if (attributes !== '') edits.push({ start: slot.insertAt, end: slot.insertAt, text: attributes });
    // A hash of bytes that we changed would block the file; one of bytes that we kept is still right.
    if (integrity !== null && changed) edits.push({ start: integrity.start, end: integrity.end, text: value });
  }
  if (naming.preloads) edits.push(...openPreloadBase(page));
  edits.sort((a, b) => a.start - b.start || a.end - b.end);
  return edits.length === 0 ? edits : addPolicyEdits(naming, page, edits, options.needs);
}

/** A page that now loads from the CDN must be allowed to, and hashes of edited inline styles must follow. */
async function addPolicyEdits(naming: Naming, page: Asset, edits: Edit[], needs: readonly Need[]): Promise<Edit[]> {
  const policies = page.found.policies ?? [];
  if (policies.length === 0) return edits;
  const bytes = await naming.server.read({ file: page, edits: [], digest: page.digest, size: page.size });
  const replaced = rehashBlocks(page, bytes, edits);
  for (const policy of policies) {
    let value = allowSources(policy.value, needs);
    for (const [before, after] of replaced) value = value.replaceAll(before, after);
    if (value === policy.value) continue;
    edits.push({ start: policy.start, end: policy.end, text: escapePolicy(value, policy.quote) });
  }
  return edits.sort((a, b) => a.start - b.start || a.end - b.end);
}

function rehashBlocks(page: Asset, bytes: Buffer, edits: readonly Edit[]): Map<string, string> {
  const replaced = new Map<string, string>();
  for (const { start, end } of page.found.blocks ?? []) {
    const inside = edits
      .filter((edit) => edit.start >= start && edit.end <= end)
      .map((edit) => ({ start: edit.start - start, end: edit.end - start, text: edit.text }));
    if (inside.length === 0) continue;
    const before = bytes.subarray(start, end);
    const after = splice(before, inside);
    for (const algorithm of ['sha256', 'sha384', 'sha512'])
      replaced.set(`'${hashExpression(algorithm, before)}'`, `'${hashExpression(algorithm, after)}'`);
  }
  return replaced;
}
