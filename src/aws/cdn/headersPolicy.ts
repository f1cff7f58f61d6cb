/** The document of a response headers policy; what somebody added to it by hand stays. */
import type { ResponseHeadersPolicyConfig } from '@aws-sdk/client-cloudfront';
import type { HeadersPolicyWish } from '../../provision/cdn/wishes.js';
import type { Difference } from '../../provision/resource.js';
import { foreign } from './facts.js';

type Security = NonNullable<ResponseHeadersPolicyConfig['SecurityHeadersConfig']>;
type CustomHeader = NonNullable<NonNullable<ResponseHeadersPolicyConfig['CustomHeadersConfig']>['Items']>[number];

export function mergeHeadersPolicy(
  wish: HeadersPolicyWish,
  now: ResponseHeadersPolicyConfig | null,
): ResponseHeadersPolicyConfig {
  const custom = mergeCustom(wish, now);
  return {
    ...now,
    Name: wish.name,
    Comment: now?.Comment ?? wish.comment,
    ...(wish.cors ? { CorsConfig: openCors } : {}),
    SecurityHeadersConfig: { ...now?.SecurityHeadersConfig, ...securityOf(wish) },
    CustomHeadersConfig: { Quantity: custom.length, Items: custom },
  };
}

export function listForeignHeaders(now: ResponseHeadersPolicyConfig, wish: HeadersPolicyWish): readonly Difference[] {
  const own = new Set(wish.custom.map(({ name }) => name.toLowerCase()));
  const headers = (now.CustomHeadersConfig?.Items ?? [])
    .filter(({ Header }) => !own.has((Header ?? '').toLowerCase()))
    .map(({ Header, Value }) => foreign(`header ${Header}`, Value ?? ''));
  const added = Object.keys(now.SecurityHeadersConfig ?? {}).filter(
    (name) => now.SecurityHeadersConfig?.[name as keyof Security] !== undefined && !(name in securityOf(wish)),
  );
  const removed = (now.RemoveHeadersConfig?.Items ?? []).map(({ Header }) => foreign(`takes away ${Header}`, 'yes'));
  return [...headers, ...added.map((name) => foreign(`security header ${name}`, 'set')), ...removed];
}

/** Every origin, without credentials; a preflight is good for a day. */
const openCors: NonNullable<ResponseHeadersPolicyConfig['CorsConfig']> = {
  AccessControlAllowOrigins: { Quantity: 1, Items: ['*'] },
  AccessControlAllowHeaders: { Quantity: 1, Items: ['*'] },
  AccessControlAllowMethods: { Quantity: 3, Items: ['GET', 'HEAD', 'OPTIONS'] },
  AccessControlAllowCredentials: false,
  AccessControlMaxAgeSec: 86_400,
  OriginOverride: true,
};

function securityOf({ security: { hsts, noSniff, frameOptions, referrerPolicy } }: HeadersPolicyWish): Security {
  return {
    ...(noSniff ? { ContentTypeOptions: { Override: true } } : {}),
    ...(hsts === null
      ? {}
      : {
          StrictTransportSecurity: {
            Override: true,
            AccessControlMaxAgeSec: hsts.seconds,
            IncludeSubdomains: hsts.includeSubdomains,
            Preload: hsts.preload,
          },
        }),
    // A header that a page brings itself (through _headers) says more about that page than we can.
    ...(frameOptions === null ? {} : { FrameOptions: { Override: false, FrameOption: frameOptions } }),
    ...(referrerPolicy === null
      ? {}
      : { ReferrerPolicy: { Override: false, ReferrerPolicy: referrerPolicy as 'no-referrer' } }),
  };
}

function mergeCustom(wish: HeadersPolicyWish, now: ResponseHeadersPolicyConfig | null): CustomHeader[] {
  const own = wish.custom.map(({ name, value }) => ({ Header: name, Value: value, Override: true }));
  const names = new Set(own.map(({ Header }) => Header.toLowerCase()));
  const others = (now?.CustomHeadersConfig?.Items ?? []).filter(
    ({ Header }) => !names.has((Header ?? '').toLowerCase()),
  );
  return [...own, ...others];
}
