/** What a configuration leaves out: the site folder, the origins, the encodings, the cache folder. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { originNames, type OriginName } from '../build/build.js';
import type { Config, DirectoryOrigin, OriginConfig } from '../config.js';
import { PublishError } from '../errors.js';
import { edgeUrl } from '../local/hosts.js';

/** Where generators put what they build, in no order: only a single one that has an index.html is taken. */
const outputFolders = [
  'dist', // Vite, Astro, Parcel
  'build', // Create React App, Docusaurus
  'public', // Hugo, Gatsby
  '_site', // Jekyll, Eleventy
  'out', // Next.js
  'output', // Pelican
  'www', // Stencil, Ionic
  'site', // MkDocs
  'book', // mdBook
  '.output/public', // Nuxt
  'docs/.vitepress/dist',
  '.vitepress/dist',
];

type Origins = Readonly<Record<OriginName, OriginConfig>>;
type OriginsInput = Readonly<
  Record<
    OriginName,
    | (Pick<DirectoryOrigin, 'directory' | 'host'> & { readonly url?: string | undefined })
    | Extract<OriginConfig, { bucket: string }>
  >
>;

/**
 * The one folder that looks like a finished site.
 * @throws PublishError `usage` when there is none or several.
 */
export function findSiteFolder(base: string): string {
  const found = outputFolders.filter((folder) => existsSync(join(base, folder, 'index.html')));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (found.length === 0)
    throw new PublishError('usage', 'no site folder was named, and none of the usual ones has an index.html', {
      hint: 'Build the site, then name its folder: twinorigin publish <folder>, or "site" in twinorigin.config.json.',
    });
  throw new PublishError('usage', `no site folder was named, and several could be meant: ${found.join(', ')}`, {
    hint: 'Name one: twinorigin publish <folder>, or "site" in twinorigin.config.json.',
  });
}

/** Origins with absolute folders and addresses. Without any, folders under `.twinorigin` behind the local edge. */
export function resolveOrigins(origins: OriginsInput | undefined, base: string, port: number): Origins {
  const entries = originNames.map((name): [OriginName, OriginConfig] => {
    const origin = origins?.[name] ?? { directory: join('.twinorigin', name) };
    if (!('directory' in origin)) return [name, origin];
    const edge = origin.url === undefined;
    const { host } = origin;
    return [
      name,
      {
        directory: resolve(base, origin.directory),
        url: origin.url ?? edgeUrl(name, port),
        edge,
        ...(host && { host }),
      },
    ];
  });
  return Object.fromEntries(entries) as Origins;
}

/**
 * The local edge negotiates; CloudFront does once its function is set up; a plain web server over a folder
 * neither negotiates nor knows that a file is compressed.
 */
export function chooseEncodings(origins: Origins): Config['encodings'] {
  // Pages on a server of their own have their own encodings.
  const all = Object.values(origins).filter(({ host }) => host === undefined);
  if (all.every((origin) => 'edge' in origin && origin.edge)) return 'negotiate';
  return all.some((origin) => 'edge' in origin && !origin.edge) ? 'none' : 'gzip';
}

/** Beside the project's other caches, else where the operating system keeps a user's. */
export function chooseCacheFolder(base: string, env: Readonly<Record<string, string | undefined>>): string {
  if (existsSync(join(base, 'node_modules'))) return join(base, 'node_modules', '.cache', 'twinorigin');
  const home = env.HOME ?? homedir();
  const caches =
    process.platform === 'win32'
      ? (env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'))
      : process.platform === 'darwin'
        ? join(home, 'Library', 'Caches')
        : (env.XDG_CACHE_HOME ?? join(home, '.cache'));
  return join(caches, 'twinorigin');
}

/**
 * Refuses places that would swallow each other.
 * @throws PublishError `config-invalid`.
 */
export function refuseOverlaps(site: string, origins: Origins): void {
  const places = new Map<string, OriginName>();
  for (const name of originNames) {
    const origin = origins[name];
    const place = 'bucket' in origin ? `s3://${origin.bucket}/${origin.prefix ?? ''}` : origin.directory;
    const other = places.get(place);
    if (other !== undefined)
      throw new PublishError('config-invalid', `origins.${other} and origins.${name} are the same place: ${place}`, {
        hint: 'Give every origin a bucket, a prefix or a folder of its own.',
      });
    places.set(place, name);
    if (!('bucket' in origin) && isPublishedInside(origin.directory, site))
      throw new PublishError('config-invalid', `the folder of origins.${name} lies inside the site: ${place}`, {
        hint: 'Put it beside the site folder: it would be published as part of the site the next time.',
      });
  }
}

/** Dot folders are never part of a site. */
function isPublishedInside(folder: string, site: string): boolean {
  const path = relative(site, folder);
  return !path.split(/[\\/]/).some((segment) => segment.startsWith('.')) && resolve(path) !== path;
}
