/** CloudFront's control plane: what there is, and the operations, put together from its parts. */
import { createHash } from 'node:crypto';
import type { FakeCertificate } from './certificates.js';
import { ServiceError } from './codec.js';
import { openDistributions, type FakeDistribution } from './distributions.js';
import { openNamed, type FakeDocument } from './documents.js';
import { openFakeFunctions, type FakeFunction } from './functions.js';
import { openInvalidations, type FakeInvalidation } from './invalidations.js';
import type { Handlers } from './server.js';

export interface FakeKeyValueStore {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  comment: string;
  status: 'PROVISIONING' | 'READY';
  version: string;
  dataVersion: string;
  readonly items: Map<string, string>;
}

export interface FakeCloudFrontState {
  readonly accessControls: Map<string, FakeDocument>;
  readonly cachePolicies: Map<string, FakeDocument>;
  readonly headersPolicies: Map<string, FakeDocument>;
  readonly originRequestPolicies: Map<string, FakeDocument>;
  readonly functions: Map<string, FakeFunction>;
  readonly keyValueStores: Map<string, FakeKeyValueStore>;
  readonly distributions: Map<string, FakeDistribution>;
  readonly invalidations: FakeInvalidation[];
  /** A distribution that was looked at this often is deployed. */
  deployAfterReads: number;
  /** Items in one page of a list. */
  pageSize: number;
  nextVersion(): string;
}

export function openCloudFront(certificates: ReadonlyMap<string, FakeCertificate>): {
  state: FakeCloudFrontState;
  handlers: Handlers;
} {
  let version = 0;
  const state: FakeCloudFrontState = {
    accessControls: new Map(),
    cachePolicies: new Map(),
    headersPolicies: new Map(),
    originRequestPolicies: new Map(),
    functions: new Map(),
    keyValueStores: new Map(),
    distributions: new Map(),
    invalidations: [],
    deployAfterReads: 1,
    pageSize: 2,
    nextVersion: () => `E${createHash('md5').update(String(++version)).digest('hex').slice(0, 12).toUpperCase()}`,
  };
  const isUsed = (id: string) =>
    [...state.distributions.values()].some(({ config }) => JSON.stringify(config).includes(`"${id}"`));
  const handlers: Handlers = {
    ...openNamed(state, isUsed, {
      noun: 'OriginAccessControl',
      config: 'OriginAccessControlConfig',
      list: 'OriginAccessControlList',
      plural: 'OriginAccessControls',
      things: state.accessControls,
      summarize: ({ id, config }) => ({ Id: id, Description: '', ...config }),
    }),
    ...openNamed(state, isUsed, {
      noun: 'CachePolicy',
      config: 'CachePolicyConfig',
      list: 'CachePolicyList',
      plural: 'CachePolicies',
      things: state.cachePolicies,
      summarize: ({ id, config }) => ({
        Type: 'custom',
        CachePolicy: { Id: id, LastModifiedTime: new Date(0), CachePolicyConfig: config },
      }),
    }),
    ...openNamed(state, isUsed, {
      noun: 'ResponseHeadersPolicy',
      config: 'ResponseHeadersPolicyConfig',
      list: 'ResponseHeadersPolicyList',
      plural: 'ResponseHeadersPolicies',
      things: state.headersPolicies,
      summarize: ({ id, config }) => ({
        Type: 'custom',
        ResponseHeadersPolicy: { Id: id, LastModifiedTime: new Date(0), ResponseHeadersPolicyConfig: config },
      }),
      check: checkHeaders,
    }),
    ...openNamed(state, isUsed, {
      noun: 'OriginRequestPolicy',
      config: 'OriginRequestPolicyConfig',
      list: 'OriginRequestPolicyList',
      plural: 'OriginRequestPolicies',
      things: state.originRequestPolicies,
      summarize: ({ id, config }) => ({
        Type: 'custom',
        OriginRequestPolicy: { Id: id, LastModifiedTime: new Date(0), OriginRequestPolicyConfig: config },
      }),
    }),
    ...openFakeFunctions(state),
    ...openDistributions(state, certificates),
    ...openInvalidations(state),
  };
  return { state, handlers };
}

/** CORS and security headers have places of their own; as custom headers they are refused. */
const reserved = [
  'access-control-allow-origin',
  'strict-transport-security',
  'x-content-type-options',
  'x-frame-options',
  'referrer-policy',
  'content-security-policy',
];

function checkHeaders(config: Record<string, unknown>): void {
  const custom = config.CustomHeadersConfig as { Items?: { Header: string }[] } | undefined;
  const names = (custom?.Items ?? []).map(({ Header }) => Header.toLowerCase());
  const wrong =
    names.find((name) => reserved.includes(name)) ?? names.find((name, index) => names.indexOf(name) !== index);
  if (wrong !== undefined)
    throw new ServiceError(
      400,
      'InvalidArgument',
      `The parameter Header contains ${wrong} that cannot be set as custom header.`,
    );
  if (names.length > 10) throw new ServiceError(400, 'TooManyCustomHeadersInResponseHeadersPolicy');
}
