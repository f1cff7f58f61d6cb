/**
 * RSS and Atom. Readers keep what they have read for years and compare addresses, so nothing is rewritten; the edges are
 * there for the check.
 */
import type { AddressRole } from './address.js';
import type { XmlRoles } from './xmlFile.js';

const media = (kind: string): AddressRole => ({ kind, use: 'media', treatment: 'keep' });
const image = (kind: string): AddressRole => ({ kind, use: 'image', treatment: 'keep' });
const page = (kind: string): AddressRole => ({ kind, use: 'document', treatment: 'keep' });

/** `guid` and `id` are names, not addresses. */
export const feedRoles: XmlRoles = new Map([
  ['enclosure@url', media('feed enclosure@url')],
  ['media:content@url', media('feed media:content@url')],
  ['media:thumbnail@url', image('feed media:thumbnail@url')],
  ['itunes:image@href', image('feed itunes:image@href')],
  ['image/url', image('feed image url')],
  ['logo', image('feed logo')],
  ['icon', image('feed icon')],
  ['link', page('feed link')],
  ['link@href', page('feed link@href')],
]);
