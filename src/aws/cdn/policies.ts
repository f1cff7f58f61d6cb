/**
 * Origin access control, cache policies and response headers policies: small documents with a name and a version, found
 * by name, changed under the condition that nobody else has changed them.
 */
import type {
  CachePolicyConfig,
  OriginAccessControlConfig,
  ResponseHeadersPolicyConfig,
} from '@aws-sdk/client-cloudfront';
import type { Live, Shelf, ShelfReader } from '../../provision/cdn/ports.js';
import type { AccessControlWish, CachePolicyWish, HeadersPolicyWish } from '../../provision/cdn/wishes.js';
import type { Difference } from '../../provision/resource.js';
import { compareDocuments } from './facts.js';
import { listForeignHeaders, mergeHeadersPolicy } from './headersPolicy.js';
import { findInPages } from './pages.js';
import type { Services } from './services.js';

interface LiveDocument<Config> extends Live {
  readonly config: Config;
  /** ETag. */
  readonly version: string | undefined;
}

/** What differs between the kinds. */
interface Kind<Wish extends { readonly name: string }, Config> {
  findId(name: string): Promise<string | undefined>;
  get(id: string): Promise<{ config: Config | undefined; version: string | undefined }>;
  create(config: Config, name: string): Promise<string | undefined>;
  update(id: string, config: Config, version: string | undefined): Promise<void>;
  /** The document that should be there, given the one that is. */
  merge(wish: Wish, now: Config | null): Config;
  listForeign?(now: Config, wish: Wish): readonly Difference[];
}

type Document<Config> = LiveDocument<Config>;

function readDocuments<Wish extends { readonly name: string }, Config>(
  kind: Kind<Wish, Config>,
): ShelfReader<Wish, Document<Config>> {
  return {
    async find({ name }) {
      const id = await kind.findId(name);
      return id === undefined ? null : load(kind, id);
    },
    compare: ({ config }, wish) => [
      ...compareDocuments(config, kind.merge(wish, config)),
      ...(kind.listForeign?.(config, wish) ?? []),
    ],
  };
}

function openDocuments<Wish extends { readonly name: string }, Config>(
  kind: Kind<Wish, Config>,
): Shelf<Wish, Document<Config>> {
  return {
    ...readDocuments(kind),
    create: async (wish) => load(kind, (await kind.create(kind.merge(wish, null), wish.name)) ?? ''),
    async update({ id, config, version }, wish) {
      await kind.update(id, kind.merge(wish, config), version);
      return load(kind, id);
    },
  };
}

async function load<Wish extends { readonly name: string }, Config>(
  kind: Kind<Wish, Config>,
  id: string,
): Promise<Document<Config>> {
  const { config, version } = await kind.get(id);
  if (config === undefined) throw new Error(`CloudFront has no document for ${id}`);
  return { id, config, version };
}

function accessControlKind(service: Services): Kind<AccessControlWish, OriginAccessControlConfig> {
  const { cloudfront, send } = service;
  return {
    findId: async (name) =>
      (
        await findInPages(
          async (Marker) =>
            (
              await cloudfront('ListOriginAccessControls', name, ({ client, sdk }) =>
                client.send(new sdk.ListOriginAccessControlsCommand({ Marker }), send),
              )
            ).OriginAccessControlList,
          ({ Name }) => Name === name,
        )
      )?.Id,
    async get(Id) {
      const { OriginAccessControl, ETag } = await cloudfront('GetOriginAccessControl', Id, ({ client, sdk }) =>
        client.send(new sdk.GetOriginAccessControlCommand({ Id }), send),
      );
      return { config: OriginAccessControl?.OriginAccessControlConfig, version: ETag };
    },
    create: async (config, name) =>
      (
        await cloudfront('CreateOriginAccessControl', name, ({ client, sdk }) =>
          client.send(new sdk.CreateOriginAccessControlCommand({ OriginAccessControlConfig: config }), send),
        )
      ).OriginAccessControl?.Id,
    async update(Id, config, IfMatch) {
      await cloudfront('UpdateOriginAccessControl', Id, ({ client, sdk }) =>
        client.send(new sdk.UpdateOriginAccessControlCommand({ Id, IfMatch, OriginAccessControlConfig: config }), send),
      );
    },
    merge: mergeAccessControl,
  };
}

export function mergeAccessControl(
  { name, description }: AccessControlWish,
  now: OriginAccessControlConfig | null,
): OriginAccessControlConfig {
  return {
    Name: name,
    Description: now?.Description ?? description,
    OriginAccessControlOriginType: 's3',
    SigningBehavior: 'always',
    SigningProtocol: 'sigv4',
  };
}

/** `s-maxage` and `max-age` of the object count between these, in seconds. */
const lifetimes = { MinTTL: 0, DefaultTTL: 86_400, MaxTTL: 31_536_000 } as const;

function cachePolicyKind(service: Services): Kind<CachePolicyWish, CachePolicyConfig> {
  const { cloudfront, send } = service;
  return {
    findId: async (name) =>
      (
        await findInPages(
          async (Marker) =>
            (
              await cloudfront('ListCachePolicies', name, ({ client, sdk }) =>
                client.send(new sdk.ListCachePoliciesCommand({ Type: 'custom', Marker }), send),
              )
            ).CachePolicyList,
          ({ CachePolicy }) => CachePolicy?.CachePolicyConfig?.Name === name,
        )
      )?.CachePolicy?.Id,
    async get(Id) {
      const { CachePolicy, ETag } = await cloudfront('GetCachePolicy', Id, ({ client, sdk }) =>
        client.send(new sdk.GetCachePolicyCommand({ Id }), send),
      );
      return { config: CachePolicy?.CachePolicyConfig, version: ETag };
    },
    create: async (config, name) =>
      (
        await cloudfront('CreateCachePolicy', name, ({ client, sdk }) =>
          client.send(new sdk.CreateCachePolicyCommand({ CachePolicyConfig: config }), send),
        )
      ).CachePolicy?.Id,
    async update(Id, config, IfMatch) {
      await cloudfront('UpdateCachePolicy', Id, ({ client, sdk }) =>
        client.send(new sdk.UpdateCachePolicyCommand({ Id, IfMatch, CachePolicyConfig: config }), send),
      );
    },
    merge: mergeCachePolicy,
    listForeign(now) {
      const kept = Object.keys(keptCacheKey(now));
      return kept.map((setting) => ({ setting: `cache key: ${setting}`, from: 'part of the key', owner: 'foreign' }));
    },
  };
}

export function mergeCachePolicy(
  { name, comment, compresses }: CachePolicyWish,
  now: CachePolicyConfig | null,
): CachePolicyConfig {
  return {
    ...lifetimes,
    Name: name,
    Comment: now?.Comment ?? comment,
    ParametersInCacheKeyAndForwardedToOrigin: {
      EnableAcceptEncodingGzip: compresses,
      EnableAcceptEncodingBrotli: compresses,
      HeadersConfig: { HeaderBehavior: 'none' },
      CookiesConfig: { CookieBehavior: 'none' },
      QueryStringsConfig: { QueryStringBehavior: 'none' },
      // What somebody added to the cache key stays: taking it away could mix what must be kept apart.
      ...keptCacheKey(now),
    },
  };
}

type CacheKey = NonNullable<CachePolicyConfig['ParametersInCacheKeyAndForwardedToOrigin']>;

function keptCacheKey(now: CachePolicyConfig | null): Partial<CacheKey> {
  const key = now?.ParametersInCacheKeyAndForwardedToOrigin;
  if (key === undefined) return {};
  const { HeadersConfig, CookiesConfig, QueryStringsConfig } = key;
  return {
    ...(HeadersConfig?.HeaderBehavior === 'none' ? {} : { HeadersConfig }),
    ...(CookiesConfig?.CookieBehavior === 'none' ? {} : { CookiesConfig }),
    ...(QueryStringsConfig?.QueryStringBehavior === 'none' ? {} : { QueryStringsConfig }),
  };
}

function headersPolicyKind(service: Services): Kind<HeadersPolicyWish, ResponseHeadersPolicyConfig> {
  const { cloudfront, send } = service;
  return {
    findId: async (name) =>
      (
        await findInPages(
          async (Marker) =>
            (
              await cloudfront('ListResponseHeadersPolicies', name, ({ client, sdk }) =>
                client.send(new sdk.ListResponseHeadersPoliciesCommand({ Type: 'custom', Marker }), send),
              )
            ).ResponseHeadersPolicyList,
          ({ ResponseHeadersPolicy }) => ResponseHeadersPolicy?.ResponseHeadersPolicyConfig?.Name === name,
        )
      )?.ResponseHeadersPolicy?.Id,
    async get(Id) {
      const { ResponseHeadersPolicy, ETag } = await cloudfront('GetResponseHeadersPolicy', Id, ({ client, sdk }) =>
        client.send(new sdk.GetResponseHeadersPolicyCommand({ Id }), send),
      );
      return { config: ResponseHeadersPolicy?.ResponseHeadersPolicyConfig, version: ETag };
    },
    create: async (config, name) =>
      (
        await cloudfront('CreateResponseHeadersPolicy', name, ({ client, sdk }) =>
          client.send(new sdk.CreateResponseHeadersPolicyCommand({ ResponseHeadersPolicyConfig: config }), send),
        )
      ).ResponseHeadersPolicy?.Id,
    async update(Id, config, IfMatch) {
      await cloudfront('UpdateResponseHeadersPolicy', Id, ({ client, sdk }) =>
        client.send(
          new sdk.UpdateResponseHeadersPolicyCommand({ Id, IfMatch, ResponseHeadersPolicyConfig: config }),
          send,
        ),
      );
    },
    merge: mergeHeadersPolicy,
    listForeign: listForeignHeaders,
  };
}

export const readAccessControls = (service: Services) => readDocuments(accessControlKind(service));
export const openAccessControls = (service: Services) => openDocuments(accessControlKind(service));
export const readCachePolicies = (service: Services) => readDocuments(cachePolicyKind(service));
export const openCachePolicies = (service: Services) => openDocuments(cachePolicyKind(service));
export const readHeadersPolicies = (service: Services) => readDocuments(headersPolicyKind(service));
export const openHeadersPolicies = (service: Services) => openDocuments(headersPolicyKind(service));
