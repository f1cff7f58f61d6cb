/** XML files: what they are is said by their root element, seldom by their media type. */
import type { EmbeddedFinder } from './embedded.js';
import type { AddressRole } from './address.js';
import { feedRoles } from './feed.js';
import { fileFinder, foundOf } from './finder.js';
import { browserConfigRoles } from './browserConfig.js';
import { openSearchRoles } from './openSearch.js';
import { findInXhtml } from './html.js';
import type { Finder, Reference } from './reference.js';
import { sitemapRoles } from './sitemap.js';
import { declaredInXml, localName, scanXml, xmlReference, type XmlElement } from './xml.js';

/** Where the addresses of a vocabulary are: attributes by `element@name`, text by `element` or `parent/element`. */
export type XmlRoles = ReadonlyMap<string, AddressRole>;

/** Vocabularies by the local name of their root element. */
const vocabularies: Readonly<Record<string, XmlRoles>> = {
  browserconfig: browserConfigRoles,
  rss: feedRoles,
  feed: feedRoles,
  RDF: feedRoles,
  urlset: sitemapRoles,
  sitemapindex: sitemapRoles,
  OpenSearchDescription: openSearchRoles,
};

const findInXmlText: EmbeddedFinder = (view, start, end, decode) => {
  const references: Reference[] = [];
  const path: XmlElement[] = [];
  let roles: XmlRoles | undefined;
  scanXml(view, start, end, {
    element(element) {
      if (path.length === 0)
        roles = Object.hasOwn(vocabularies, element.local) ? vocabularies[element.local] : undefined;
      path.push(element);
      for (const [name, span] of element.attributes) {
        const role = roles?.get(`${element.name}@${localName(name)}`);
        if (role !== undefined) references.push(...xmlReference(view, span, decode, role));
      }
    },
    text(span, parent) {
      const owner = path.at(-2);
      const role = parent && (roles?.get(`${owner?.name ?? ''}/${parent.name}`) ?? roles?.get(parent.name));
      if (role !== undefined) references.push(...xmlReference(view, span, decode, role));
    },
    close: () => path.pop(),
  });
  return foundOf({ references });
};

const findInVocabulary = fileFinder(findInXmlText, declaredInXml);

/** The finder for XML files other than SVG; browsers show XHTML as pages whatever the file is called. */
export const findInXml: Finder = (bytes, options) =>
  xhtml.test(bytes.toString('latin1', 0, 1024)) ? findInXhtml(bytes, options) : findInVocabulary(bytes, options);

const xhtml = /<html\s[^>]*xmlns\s*=\s*["']http:\/\/www\.w3\.org\/1999\/xhtml["']/;
