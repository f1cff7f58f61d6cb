/** Sites written inline, so that a test reads as an example. */
import { charsetOf, mediaTypeOf } from '../src/site/mediaType.js';
import { compareBytewise, digestOf, logicalPath } from '../src/site/names.js';
import type { LogicalPath, Site, SiteFile } from '../src/site/site.js';

/** A site in memory: `siteOf({ 'index.html': '<img src=a.png>', 'a.png': bytes })`. */
export function siteOf(contents: Readonly<Record<string, string | Uint8Array>>): Site {
  const bytesOf = new Map<LogicalPath, Buffer>();
  const files = new Map<LogicalPath, SiteFile>();
  for (const name of Object.keys(contents).sort(compareBytewise)) {
    const bytes = Buffer.from(contents[name]!);
    const path = logicalPath(name);
    const mediaType = mediaTypeOf(name, () => bytes);
    const charset = charsetOf(mediaType, bytes);
    bytesOf.set(path, bytes);
    files.set(path, { path, size: bytes.length, digest: digestOf(bytes), mediaType, ...(charset && { charset }) });
  }
  return {
    root: 'memory',
    files,
    problems: [],
    locate: () => undefined,
    read: (file) => Promise.resolve(bytesOf.get(file.path)!),
  };
}
