/** Files that other software looks for at one address, whatever refers to them. */
import { posix } from 'node:path';

const anywhere: readonly (readonly [RegExp, string])[] = [
  [
    /^(sw|service-?worker|ngsw-worker|firebase-messaging-sw|OneSignalSDKWorker)(\.min)?\.m?js$/i,
    'a service worker must come from the page’s own origin',
  ],
  [/^workbox-.*\.js$/i, 'a service worker’s library stays beside it'],
  [/^sitemap.*\.xml(\.gz)?$/i, 'search engines read sitemaps at the site’s own address'],
  [/^(rss|atom|feed|index)\.(xml|rss|atom|json)$/i, 'feed readers keep a feed’s address for years'],
  [/\.(rss|atom)$/i, 'feed readers keep a feed’s address for years'],
  [/\.webmanifest$|^manifest\.json$/i, 'a web app manifest must come from the page’s own origin'],
  [/\.appcache$/i, 'an application cache manifest must come from the page’s own origin'],
  [/^(browserconfig|crossdomain|opensearch|clientaccesspolicy)\.xml$/i, 'its readers look for it at this address'],
  [
    /^(_headers|_redirects|_routes\.json|netlify\.toml|vercel\.json|web\.config|staticwebapp\.config\.json|CNAME|BUILD_ID)$/,
    'it is configuration that hosts read at this address',
  ],
];

const atRoot: readonly (readonly [RegExp, string])[] = [
  [/^favicon\.ico$/i, 'browsers ask for /favicon.ico by themselves'],
  [/^apple-touch-icon.*\.png$/i, 'iOS asks for this address by itself'],
  [/^(robots|humans|ads|app-ads|security|llms|llms-full)\.txt$/i, 'robots look for it at this address'],
  [
    /^google[0-9a-f]{16}\.html$|^BingSiteAuth\.xml$|^yandex_[0-9a-f]+\.(html|txt)$/i,
    'it proves the ownership of the site at this address',
  ],
];

/** Why a file must keep its address on the pages origin; undefined when nothing demands it. */
export function fixedAddressReason(path: string): string | undefined {
  if (path.startsWith('.well-known/')) return 'well-known addresses are fixed (RFC 8615)';
  const name = posix.basename(path);
  const table = name === path ? [...atRoot, ...anywhere] : anywhere;
  return table.find(([pattern]) => pattern.test(name))?.[1];
}
