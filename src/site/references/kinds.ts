/** Which media types can hold references: known without loading the finders, of which an unchanged site needs none. */
import type { MediaType } from '../site.js';

const referenceTypes = [
  'text/html',
  'application/xhtml+xml',
  'text/css',
  'text/javascript',
  'application/json',
  'application/ld+json',
  'application/manifest+json',
  'image/svg+xml',
  'application/xml',
  'text/xml',
  'application/rss+xml',
  'application/atom+xml',
  'application/opensearchdescription+xml',
] as const;

export type ReferenceType = (typeof referenceTypes)[number];

const known: ReadonlySet<string> = new Set(referenceTypes);

export function isReferenceType(mediaType: MediaType): mediaType is ReferenceType {
  return known.has(mediaType);
}
