/** Which finder reads which media type. */
import type { MediaType } from '../site.js';
import type { Finder } from './reference.js';

export type { Finder, FinderOptions, Found, Reference } from './reference.js';

const finders: Readonly<Record<string, Finder>> = {};

/** The finder for a media type (without parameters, lowercase); undefined for files that hold no references. */
export function finderFor(mediaType: MediaType): Finder | undefined {
  return Object.hasOwn(finders, mediaType) ? finders[mediaType] : undefined;
}
