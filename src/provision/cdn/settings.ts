/** What the configuration says about the CDN, with every default filled in. */
import { originNames, type OriginName } from '../../build/build.js';
import { urlPath } from '../../build/keys.js';
import { missingPageOf, type Config, type OriginConfig } from '../../config.js';
import { PublishError } from '../../errors.js';
import type { EdgeEvent, SecurityHeaders, Tags } from './wishes.js';

export interface OriginSettings {
  readonly bucket: string;
  readonly prefix: string;
  readonly region: string | undefined;
  readonly distribution: string | undefined;
  /** Host name of the site's own; null for one of CloudFront's. */
  readonly alias: string | null;
}

/** A function of the edge: where it comes from is not the matter of this room. */
export interface EdgeFunction {
  /** `assets`, `pages`… */
  readonly part: string;
  readonly origins: readonly OriginName[];
  readonly event: EdgeEvent;
  readonly code: string;
  readonly needsKeys: boolean;
}

export interface CdnSettings {
  /** Part of every name we give: `twinorigin-www-acme-com`. */
  readonly name: string;
  readonly tags: Tags;
  readonly origins: Readonly<Partial<Record<OriginName, OriginSettings>>>;
  readonly encodings: Config['encodings'];
  readonly functions: readonly EdgeFunction[];
  readonly certificate: string | undefined;
  readonly minimumTls: string;
  readonly priceClass: string | undefined;
  readonly notFoundPage: string | null;
  readonly cacheTagHeader: string | null;
  readonly hsts: SecurityHeaders['hsts'];
  readonly frameOptions: SecurityHeaders['frameOptions'];
}

export interface CdnChoices {
  /** Pages come from a web server of one's own: nothing is made for them. */
  readonly pagesByServer: boolean;
  readonly functions: readonly EdgeFunction[];
}

/**
 * @throws PublishError `config-invalid` when there is no bucket to provision.
 */
export function readCdnSettings(config: Config, { pagesByServer, functions }: CdnChoices): CdnSettings {
  const { cdn, encodings } = config;
  const missingPage = missingPageOf(config);
  const origins: Partial<Record<OriginName, OriginSettings>> = {};
  for (const origin of originNames) {
    if (origin === 'pages' && pagesByServer) continue;
    const own = readOrigin(config.origins[origin]);
    if (own !== null) origins[origin] = own;
  }
  if (Object.keys(origins).length === 0)
    throw new PublishError('config-invalid', 'no origin has a bucket, so there is no CDN to set up', {
      hint: 'Give "origins" buckets and public addresses: { "bucket": "acme-images", "url": "https://images.acme.com" }.',
    });
  const name = cdn.name ?? nameAfter(config);
  return {
    name,
    tags: { ...cdn.tags, twinorigin: name },
    origins,
    encodings,
    functions: functions
      .map((one) => ({ ...one, origins: one.origins.filter((origin) => origins[origin] !== undefined) }))
      .filter((one) => one.origins.length > 0),
    certificate: cdn.certificate,
    minimumTls: cdn.minimumTls,
    priceClass: cdn.priceClass,
    notFoundPage: missingPage === null ? null : `/${urlPath(missingPage)}`,
    cacheTagHeader: cdn.cacheTags === false ? null : cdn.cacheTags,
    hsts:
      cdn.hsts === false
        ? null
        : {
            seconds: Math.round(cdn.hsts.days * 86_400),
            includeSubdomains: cdn.hsts.includeSubdomains,
            preload: cdn.hsts.preload,
          },
    frameOptions: cdn.frames === 'any' ? null : cdn.frames === 'none' ? 'DENY' : 'SAMEORIGIN',
  };
}

function readOrigin(origin: OriginConfig): OriginSettings | null {
  if (!('bucket' in origin)) return null;
  const { hostname } = new URL(origin.url);
  return {
    bucket: origin.bucket,
    prefix: origin.prefix ?? '',
    region: origin.region,
    distribution: origin.distribution,
    alias: hostname.endsWith('.cloudfront.net') ? null : hostname,
  };
}

/** Functions and access controls have at most 64 characters of this kind; room is left for `-pages-response`. */
function nameAfter({ origins }: Config): string {
  const host = new URL(origins.pages.url).hostname;
  return `twinorigin-${host.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 36)}`.replace(/-+$/, '');
}
