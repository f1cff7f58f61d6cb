/** The headers CloudFront adds to every answer. */
import type { CdnSettings } from './settings.js';
import type { HeadersPolicyWish } from './wishes.js';

/** Stored variants differ by `Accept-Encoding`; where CloudFront compresses, it says so itself. */
const vary = { name: 'Vary', value: 'Accept-Encoding' };

/** Any site may use an asset: scripts, fonts and everything with `integrity` need that to be said. */
export function assetHeaders({ name, encodings }: CdnSettings): HeadersPolicyWish {
  return {
    name: `${name}-assets`,
    comment: `${name}: assets, open to pages of every origin`,
    cors: true,
    security: { hsts: null, noSniff: true, frameOptions: null, referrerPolicy: null },
    custom: [
      { name: 'Cross-Origin-Resource-Policy', value: 'cross-origin' },
      { name: 'Timing-Allow-Origin', value: '*' },
      ...(encodings === 'negotiate' ? [vary] : []),
    ],
  };
}

export function pageHeaders({ name, encodings, hsts, frameOptions }: CdnSettings): HeadersPolicyWish {
  return {
    name: `${name}-pages`,
    comment: `${name}: pages`,
    cors: false,
    security: { hsts, noSniff: true, frameOptions, referrerPolicy: 'strict-origin-when-cross-origin' },
    custom: encodings === 'negotiate' ? [vary] : [],
  };
}
