/** Which finder reads which media type. */
import type { MediaType } from '../site.js';
import { findInJavaScript } from './javascript.js';
import { findInJsonFile } from './jsonFile.js';
import { findInJsonLdFile } from './jsonLd.js';
import { findInCss } from './css.js';
import { findInHtml, findInXhtml } from './html.js';
import type { Finder } from './reference.js';
import { isReferenceType, type ReferenceType } from './kinds.js';
import { findInSvg } from './svg.js';
import { findInWebManifest } from './webManifest.js';
import { findInXml } from './xmlFile.js';

export { defaultLazyAttributes } from './htmlAttributes.js';
export type { Finder, FinderOptions, Found, Reference } from './reference.js';

const finders: Readonly<Record<ReferenceType, Finder>> = {
  'text/html': findInHtml,
  'application/xhtml+xml': findInXhtml,
  'text/css': findInCss,
  'text/javascript': findInJavaScript,
  'application/json': findInJsonFile,
  'application/ld+json': findInJsonLdFile,
  'application/manifest+json': findInWebManifest,
  'image/svg+xml': findInSvg,
  'application/xml': findInXml,
  'text/xml': findInXml,
  'application/rss+xml': findInXml,
  'application/atom+xml': findInXml,
  'application/opensearchdescription+xml': findInXml,
};

/** The finder for a media type (without parameters, lowercase); undefined for files that hold no references. */
export function finderFor(mediaType: MediaType): Finder | undefined {
  return isReferenceType(mediaType) ? finders[mediaType] : undefined;
}
