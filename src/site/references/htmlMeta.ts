/** Addresses in `<meta content>`, by what the element is called. */
import type { AddressRole } from './address.js';
import { imageProperties } from './htmlLink.js';

/** Read by other machines, which take absolute addresses only. */
const metadata =
  /^(?:og:(?:image|video|audio)(?::url|:secure_url)?|vk:image|twitter:image(?::src|\d)?|twitter:player:stream|thumbnail)$/i;
const tile = /^msapplication-(?:tileimage|(?:square|wide)\d+x\d+logo)$/i;

export interface MetaNames {
  readonly name?: string | undefined;
  readonly property?: string | undefined;
  readonly itemprop?: string | undefined;
  readonly httpEquiv?: string | undefined;
}

/** What the `content` is; `pattern` finds the address where it is only part of it (as its last group). */
export function metaRole(names: MetaNames): (AddressRole & { readonly pattern?: RegExp }) | undefined {
  const { name = '', property = '', itemprop = '', httpEquiv = '' } = names;
  const kind = (attribute: string, value: string) => `meta[${attribute}=${value.trim().toLowerCase()}]@content`;
  if (httpEquiv.toLowerCase() === 'refresh') {
    // HTML, "shared declarative refresh steps".
    const pattern = /^\s*[\d.]*\s*[;,\s]\s*(?:url\s*=\s*)?(?:"([^"]*)|'([^']*)|(.*))/is;
    return { kind: kind('http-equiv', httpEquiv), use: 'document', treatment: 'keep', pattern };
  }
  for (const [attribute, value] of Object.entries({ property, name })) {
    if (metadata.test(value.trim())) return { kind: kind(attribute, value), use: 'metadata', treatment: 'rewrite' };
  }
  if (imageProperties.has(itemprop.trim().toLowerCase())) {
    return { kind: kind('itemprop', itemprop), use: 'metadata', treatment: 'rewrite' };
  }
  if (tile.test(name)) return { kind: kind('name', name), use: 'image', treatment: 'rewrite' };
  if (/^msapplication-task$/i.test(name)) {
    const pattern = /(?:^|;)\s*icon-uri\s*=([^;]*)/i;
    return { kind: kind('name', name), use: 'image', treatment: 'rewrite', pattern };
  }
  if (/^msapplication-config$/i.test(name)) {
    return { kind: kind('name', name), use: 'same-origin', treatment: 'keep', pattern: /^(?!\s*none\s*$)(.*)$/is };
  }
  return undefined;
}
