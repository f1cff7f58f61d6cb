/** What a `<link>` means, by the tokens of its `rel`. */
import type { Treatment, Use } from './reference.js';

export interface LinkRole {
  /** The token that decided. */
  readonly rel: string;
  readonly use: Use;
  readonly treatment: Treatment;
  /** Whether `crossorigin` and `integrity` mean something on it. */
  readonly loads: boolean;
}

const iconRels = new Set(
  'icon apple-touch-icon apple-touch-icon-precomposed apple-touch-startup-image mask-icon fluid-icon'.split(' '),
);
const pageRels = new Set(
  (
    'canonical alternate next prev previous first last start contents index up author license copyright me help search ' +
    'amphtml shortlink shorturl pingback webmention privacy-policy terms-of-service bookmark prerender archives EditURI ' +
    'wlwmanifest publisher profile made glossary chapter section subsection appendix top toc home'
  )
    .toLowerCase()
    .split(' '),
);
/** Origins to warm up, nothing to fetch. */
const hintRels = new Set(['dns-prefetch', 'preconnect']);

/** `itemprop` values that name images (schema.org). */
export const imageProperties: ReadonlySet<string> = new Set(
  'image logo screenshot thumbnail thumbnailurl contenturl photo primaryimageofpage'.split(' '),
);

/**
 * The first that fits decides, in the order in which a browser cares: a `preload stylesheet` is a stylesheet.
 * Undefined where nothing is fetched.
 */
export function linkRole(rel: string, as: string, itemprop: string): LinkRole | undefined {
  const tokens = rel.toLowerCase().split(/[\t\n\f\r ]+/);
  const has = (token: string) => tokens.includes(token);
  if (has('stylesheet')) return { rel: 'stylesheet', use: 'style', treatment: 'rewrite', loads: true };
  if (has('modulepreload')) return { rel: 'modulepreload', use: 'module', treatment: 'rewrite', loads: true };
  if (has('preload')) return preloadRole('preload', as);
  if (has('prefetch')) return preloadRole('prefetch', as);
  if (has('manifest')) return { rel: 'manifest', use: 'same-origin', treatment: 'keep', loads: false };
  const icon = tokens.find((token) => iconRels.has(token));
  if (icon !== undefined) return { rel: icon, use: 'image', treatment: 'rewrite', loads: false };
  if (has('image_src')) return { rel: 'image_src', use: 'metadata', treatment: 'rewrite', loads: false };
  if (imageProperties.has(itemprop.toLowerCase())) {
    return { rel: itemprop, use: 'metadata', treatment: 'rewrite', loads: false };
  }
  const page = tokens.find((token) => pageRels.has(token));
  if (page !== undefined) return { rel: page, use: 'document', treatment: 'keep', loads: false };
  if (tokens.some((token) => hintRels.has(token)) || (tokens.length === 1 && tokens[0] === '')) return undefined;
  // HTML imports, stylesheet/less, compression dictionaries: fetched by somebody, from the page's own origin.
  return { rel: tokens.join(' ').trim(), use: 'same-origin', treatment: 'keep', loads: false };
}

function preloadRole(rel: string, as: string): LinkRole {
  const page = /^(?:document|iframe|frame)$/i.test(as);
  return page
    ? { rel, use: 'document', treatment: 'keep', loads: false }
    : { rel, use: 'preload', treatment: 'rewrite', loads: /^(?:script|style|font)$/i.test(as) };
}
