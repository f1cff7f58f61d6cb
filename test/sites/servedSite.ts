/** The pages origin of a build as a site of its own: what a second run would find there. */
import type { SiteBuild } from '../../src/build/build.js';
import { splice } from '../../src/build/rewrite.js';
import type { AssetGraph } from '../../src/site/graph.js';
import { digestOf } from '../../src/site/names.js';
import type { LogicalPath, Site, SiteFile } from '../../src/site/site.js';

/** Edited files as they are served, all others as they were. */
export async function servedSite(graph: AssetGraph, build: SiteBuild): Promise<Site> {
  const edited = new Map<LogicalPath, Buffer>();
  const files = new Map<LogicalPath, SiteFile>();
  for (const [path, file] of graph.site.files) {
    const served = build.served(path);
    const moved = build.addressOf(path) !== undefined;
    if (served === undefined || moved || served.edits.length === 0) {
      files.set(path, file);
      continue;
    }
    const bytes = splice(await graph.site.read(file), served.edits);
    edited.set(path, bytes);
    files.set(path, { ...file, size: bytes.length, digest: digestOf(bytes) });
  }
  return {
    ...graph.site,
    files,
    read: (file) => {
      const bytes = edited.get(file.path);
      return bytes === undefined ? graph.site.read(file) : Promise.resolve(bytes);
    },
  };
}
