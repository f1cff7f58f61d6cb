/** Sitemaps (sitemaps.org, Google's image and video extensions). They name pages, and stay as they are. */
import type { AddressRole } from './address.js';
import type { XmlRoles } from './xmlFile.js';

const kept = (kind: string, use: AddressRole['use']): AddressRole => ({ kind, use, treatment: 'keep' });

export const sitemapRoles: XmlRoles = new Map([
  ['loc', kept('sitemap loc', 'document')],
  ['xhtml:link@href', kept('sitemap xhtml:link@href', 'document')],
  ['image:loc', kept('sitemap image:loc', 'image')],
  ['video:thumbnail_loc', kept('sitemap video:thumbnail_loc', 'image')],
  ['video:content_loc', kept('sitemap video:content_loc', 'media')],
  ['video:player_loc', kept('sitemap video:player_loc', 'document')],
]);
