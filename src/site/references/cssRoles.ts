/** What the browser does with an address in CSS, by the property it stands in. */
import type { AddressRole } from './address.js';

/** An SVG element in another file, or code: browsers demand the page's own origin for these. */
const sameOrigin =
  /^(?:-webkit-)?(?:clip-path|filter|backdrop-filter|fill|stroke|marker|marker-start|marker-mid|marker-end|offset-path)$|^(?:-ms-)?behavior$|^-moz-binding$/;

/** Fetched with CORS (CSS Masking, CSS Shapes: "potentially CORS-enabled fetch, mode cors"). */
const cors =
  /^(?:-webkit-)?(?:mask|mask-image|mask-border|mask-border-source|mask-box-image|mask-box-image-source|shape-outside)$/;

/**
 * @param block name of the at-rule whose block holds the declaration, '' for ordinary rules
 * @param address raw text of the address
 * @param notation `url()`, `src()` or `image-set()`, for people
 */
export function cssRole(property: string, block: string, address: string, notation: string): AddressRole {
  const kind = `css ${notation}`;
  const name = property.startsWith('--') ? property : property.toLowerCase();
  if (block === 'font-face' && name === 'src') return { kind: 'css @font-face src', use: 'font', treatment: 'rewrite' };
  if (sameOrigin.test(name)) return { kind, use: 'same-origin', treatment: 'keep' };
  if (cors.test(name)) {
    // `mask: url(x.svg#id)` means the <mask> element in that file.
    if (address.includes('#')) return { kind, use: 'same-origin', treatment: 'keep' };
    return { kind, use: 'image-cors', treatment: 'rewrite' };
  }
  // Who uses a custom property is not known here: an element of an SVG file may be meant.
  if (name.startsWith('--') && /\.svg(?:\?[^#]*)?#/i.test(address))
    return { kind, use: 'same-origin', treatment: 'keep' };
  return { kind, use: 'image', treatment: 'rewrite' };
}
