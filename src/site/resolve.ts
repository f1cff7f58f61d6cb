/** Where an address leads: to a file of this site, to another site, or to nothing. */
import type { Destination } from './graph.js';
import type { LogicalPath, SiteFile } from './site.js';

/** Any absolute address serves: only its path matters. `.invalid` never resolves (RFC 2606). */
const siteOrigin = 'http://site.invalid';

/** Unfilled placeholders of template languages: nobody knows what they will become. */
const templateLeftover = /\{\{|<%|\$\{|<\?|\{%/;

export interface Resolver {
  /**
   * Resolves an address as a browser would (WHATWG URL).
   * @param base path of the file it stands in, or an absolute address (`<base href>` already applied).
   */
  resolve(url: string, base: string): Destination;
}

/**
 * @param files the site's files.
 * @param siteUrls addresses under which the pages are served: absolute references to them are references to the site.
 */
export function createResolver(files: ReadonlyMap<LogicalPath, SiteFile>, siteUrls: readonly string[] = []): Resolver {
  const mounts = siteUrls.map((url) => new URL(url.endsWith('/') ? url : `${url}/`));
  let folded: Map<string, LogicalPath> | undefined;

  function findMiscased(path: string): LogicalPath | undefined {
    folded ??= new Map([...files.keys()].map((name) => [fold(name), name]));
    return folded.get(fold(path));
  }

  function findFile(path: string): LogicalPath | undefined {
    const own = files.get(path as LogicalPath);
    // The file's own name: a piece of an address keeps all of it in memory.
    if (own !== undefined) return own.path;
    // A folder is served by its index document.
    const index = path === '' || path.endsWith('/') ? `${path}index.html` : `${path}/index.html`;
    return files.get(index as LogicalPath)?.path;
  }

  function lookUp(pathname: string): Destination {
    const encoded = pathname.slice(1);
    const path = decodePath(encoded);
    // A name such as `logo-10%.png` is also written unencoded; some names really contain `%20`.
    const found = findFile(path) ?? findFile(encoded);
    if (found !== undefined) return { type: 'file', path: found };
    const miscased = findMiscased(path);
    return miscased === undefined ? { type: 'missing', path } : { type: 'missing', path, miscased };
  }

  return {
    resolve(url, base) {
      if (url === '' || url.startsWith('#') || templateLeftover.test(url)) return { type: 'external' };
      const target = parseUrl(url, base);
      if (target === undefined) return { type: 'external' };
      if (target.origin === siteOrigin) return lookUp(target.pathname);
      const mount = mounts.find((one) => one.host === target.host && target.pathname.startsWith(one.pathname));
      return mount === undefined ? { type: 'external' } : lookUp(target.pathname.slice(mount.pathname.length - 1));
    },
  };
}

/** The address of a site file as a base for relative references. */
export function baseOf(path: LogicalPath, baseHref?: string): string {
  const own = `${siteOrigin}/${path.split('/').map(encodeURIComponent).join('/')}`;
  if (baseHref === undefined) return own;
  return parseUrl(baseHref, own)?.href ?? own;
}

function parseUrl(url: string, base: string): URL | undefined {
  try {
    const parsed = new URL(url, base);
    return /^https?:$/.test(parsed.protocol) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Percent-decodes once; sequences that are not valid UTF-8 stay as they are. */
function decodePath(path: string): string {
  return path.replace(/(?:%[0-9a-f]{2})+/gi, (sequence) => {
    try {
      return decodeURIComponent(sequence);
    } catch {
      return sequence;
    }
  });
}

function fold(path: string): string {
  return path.normalize('NFC').toLowerCase();
}
