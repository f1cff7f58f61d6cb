/** The only way to AWS: shared clients, made and loaded at first use. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type * as CloudFront from '@aws-sdk/client-cloudfront';
import type * as KeyValueStore from '@aws-sdk/client-cloudfront-keyvaluestore';
import type * as S3 from '@aws-sdk/client-s3';
import type { KnownConditions } from './conditions.js';
import { lookupHost } from './lookup.js';
import { openPace, type Pace } from './pace.js';
import { isPlainBucket, openLean } from './lean/index.js';
import { readKnownStore } from './lean/environment.js';
import { openTransport } from './lean/transport.js';
import type { S3Requests, S3Route } from './requests.js';
import { retryUpTo } from './retry.js';
import { openSdkRequests } from './sdkRequests.js';

/** What the user may say; everything else (profiles, environment, SSO, roles) is the SDK's own standard chain. */
export interface AwsSettings {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  /** Another S3 (and CloudFront) than AWS's. `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_S3` work as well. */
  readonly endpointUrl?: string | undefined;
  /** How many requests one store has under way at once; sockets are kept for as many. */
  readonly width?: number | undefined;
  /** Tries of one request, the first included. */
  readonly attempts?: number | undefined;
  readonly timeouts?: Partial<Timeouts> | undefined;
  /** Ends every request under way. */
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds. */
interface Timeouts {
  readonly connect: number;
  /** Silence on the socket, in both directions. */
  readonly idle: number;
  /** From the start of a request to the head of its answer: 16 MiB on a slow line must fit in. */
  readonly request: number;
}

/** A client together with the module its commands come from. */
export interface S3Access {
  readonly client: S3.S3Client;
  readonly sdk: typeof S3;
  /** A custom endpoint as it was given. */
  readonly url: string | undefined;
  /** Host of a custom endpoint, without credentials; undefined for AWS itself. */
  readonly endpoint: string | undefined;
}
export interface CloudFrontAccess {
  readonly client: CloudFront.CloudFrontClient;
  readonly sdk: typeof CloudFront;
  readonly endpoint: string | undefined;
}

export interface KeyValueStoreAccess {
  readonly client: KeyValueStore.CloudFrontKeyValueStoreClient;
  readonly sdk: typeof KeyValueStore;
  readonly endpoint: string | undefined;
}

/** What every client of a service is made with. */
export type AwsClientConfig = Pick<
  S3.S3ClientConfig,
  'endpoint' | 'maxAttempts' | 'customUserAgent' | 'requestHandler' | 'retryStrategy'
> & { readonly profile?: string; readonly region?: string };

export interface Aws {
  /** The settings for a client of any other service, with the region it ends up in. */
  settle(
    open: (config: AwsClientConfig) => { readonly config: { region(): Promise<string> } },
  ): Promise<AwsClientConfig>;
  /** The client of a region; without one, that of the settings. */
  s3(region?: string): Promise<S3Access>;
  cloudfront(): Promise<CloudFrontAccess>;
  keyValueStore(): Promise<KeyValueStoreAccess>;
  /** The way to a bucket for the requests of which there are many. */
  route(bucket: string, region?: string): Promise<S3Route>;
  /** How fast a bucket is asked; one for all that use it. */
  pace(bucket: string): Pace;
  /** What is known of conditional writes at a host (undefined: AWS itself); one for all that use it. */
  conditions(endpoint: string | undefined): KnownConditions;
  readonly signal: AbortSignal | undefined;
  /** For messages. */
  readonly profile: string | undefined;
  /** Closes every connection. */
  close(): void;
}

const defaultTimeouts: Timeouts = { connect: 10_000, idle: 60_000, request: 300_000 };
const silent = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };

/**
 * Opens AWS. Nothing is loaded and no request is sent before the first use.
 * Where no region is configured it is us-east-1: a bucket elsewhere answers with the region it is in.
 */
export function openAws(settings: AwsSettings = {}): Aws {
  const width = settings.width ?? 64;
  const sockets = 4 * width; // three stores, and the parts of large objects
  const attempts = settings.attempts ?? 8; // at 10 % of 503 three lose objects, eight do not
  const timeouts = { ...defaultTimeouts, ...settings.timeouts };
  const agent = { keepAlive: true, maxSockets: sockets, maxFreeSockets: sockets, lookup: lookupHost };
  const httpAgent = new HttpAgent(agent);
  const httpsAgent = new HttpsAgent(agent);
  const common = {
    ...(settings.profile === undefined ? {} : { profile: settings.profile }),
    ...(settings.endpointUrl === undefined ? {} : { endpoint: settings.endpointUrl }),
    retryStrategy: retryUpTo(attempts),
    maxAttempts: attempts, // told to the server, and nothing else
    customUserAgent: 'twinorigin',
    requestHandler: {
      httpAgent,
      httpsAgent,
      connectionTimeout: timeouts.connect,
      socketTimeout: timeouts.idle,
      requestTimeout: timeouts.request,
      throwOnRequestTimeout: true,
      logger: silent,
    },
  };

  async function openS3(region: string | undefined): Promise<S3Access> {
    quietNodeWarning();
    const sdk = await import('@aws-sdk/client-s3');
    const wanted = region ?? settings.region;
    const probe = new sdk.S3Client({ ...common, ...(wanted === undefined ? {} : { region: wanted }) });
    const endpoint = settings.endpointUrl ?? (await probe.config.serviceConfiguredEndpoint?.());
    const client = new sdk.S3Client({
      ...common,
      region: await regionOf(probe),
      expectContinueHeader: false, // would open a connection per upload
      // Most other stores know neither bucket host names nor the SDK's checksum trailers.
      ...(endpoint === undefined
        ? {}
        : {
            forcePathStyle: true,
            requestChecksumCalculation: 'WHEN_REQUIRED' as const,
            responseChecksumValidation: 'WHEN_REQUIRED' as const,
          }),
    });
    tellPaces(client, pace);
    return { client, sdk, endpoint: hostOf(endpoint), url: endpoint };
  }

  async function openCloudFront(): Promise<CloudFrontAccess> {
    quietNodeWarning();
    const sdk = await import('@aws-sdk/client-cloudfront');
    const region = settings.region === undefined ? {} : { region: settings.region };
    const probe = new sdk.CloudFrontClient({ ...common, ...region });
    const endpoint = settings.endpointUrl ?? (await probe.config.serviceConfiguredEndpoint?.());
    const client = new sdk.CloudFrontClient({ ...common, region: await regionOf(probe) });
    return { client, sdk, endpoint: hostOf(endpoint) };
  }

  async function openKeyValueStore(): Promise<KeyValueStoreAccess> {
    quietNodeWarning();
    // Its requests are signed for all regions at once; the SDK takes the signer from this module.
    const [sdk] = await Promise.all([
      import('@aws-sdk/client-cloudfront-keyvaluestore'),
      import('@aws-sdk/signature-v4a'),
    ]);
    const client = new sdk.CloudFrontKeyValueStoreClient({ ...common, region: settings.region ?? 'us-east-1' });
    const endpoint = settings.endpointUrl ?? (await client.config.serviceConfiguredEndpoint?.());
    return { client, sdk, endpoint: hostOf(endpoint) };
  }

  const paces = new Map<string, Pace>();
  function pace(bucket: string): Pace {
    const known = paces.get(bucket) ?? openPace(width);
    paces.set(bucket, known);
    return known;
  }

  const servers = new Map<string | undefined, KnownConditions>();
  function conditions(endpoint: string | undefined): KnownConditions {
    // AWS: since November 2024 for both conditions.
    const known = servers.get(endpoint) ?? { writes: endpoint === undefined ? 'yes' : 'unknown', bare: false };
    servers.set(endpoint, known);
    return known;
  }

  const transport = openTransport({ timeouts, signal: settings.signal });

  /** Without the SDK where the environment tells all, else with what the SDK finds out, else through the SDK. */
  async function openRoute(bucket: string, region: string | undefined): Promise<S3Route> {
    const isLean = process.env.TWINORIGIN_S3_CLIENT !== 'sdk' && isPlainBucket(bucket);
    const known = isLean ? readKnownStore({ ...settings, region: region ?? settings.region }, process.env) : undefined;
    let lean: S3Requests | undefined;
    if (known !== undefined) {
      const credentials = () => Promise.resolve(known.credentials);
      lean = openLean({ ...known, credentials, attempts }, transport, aws);
      if (lean !== undefined) return { requests: lean, endpoint: hostOf(known.endpoint) };
    }
    const access = await aws.s3(region);
    const { config } = access.client;
    if (isLean && !(await config.useFipsEndpoint()) && !(await config.useDualstackEndpoint())) {
      const facts = { region: await config.region(), endpoint: access.url, credentials: config.credentials, attempts };
      lean = openLean(facts, transport, aws);
    }
    return { requests: lean ?? openSdkRequests(access, settings.signal), endpoint: access.endpoint };
  }

  const s3 = new Map<string | undefined, Promise<S3Access>>();
  const routes = new Map<string, Promise<S3Route>>();
  let cloudfront: Promise<CloudFrontAccess> | undefined;
  let keyValueStore: Promise<KeyValueStoreAccess> | undefined;
  const aws: Aws = {
    pace,
    conditions,
    route(bucket, region) {
      const name = `${region ?? ''} ${bucket}`;
      const route = routes.get(name) ?? openRoute(bucket, region);
      routes.set(name, route);
      return route;
    },
    signal: settings.signal,
    profile: settings.profile ?? process.env.AWS_PROFILE,
    async settle(open) {
      quietNodeWarning();
      const wanted = settings.region === undefined ? common : { ...common, region: settings.region };
      return { ...common, region: await regionOf(open(wanted)) };
    },
    s3(region) {
      const access = s3.get(region) ?? openS3(region);
      s3.set(region, access);
      return access;
    },
    cloudfront: () => (cloudfront ??= openCloudFront()),
    keyValueStore: () => (keyValueStore ??= openKeyValueStore()),
    close() {
      httpAgent.destroy();
      httpsAgent.destroy();
      transport.close();
    },
  };
  return aws;
}

/** Every attempt counts, also those that a retry makes good. */
function tellPaces(client: S3.S3Client, pace: (bucket: string) => Pace): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const bucket = 'Bucket' in args.input ? args.input.Bucket : undefined;
      const told = bucket === undefined ? undefined : pace(bucket);
      try {
        const result = await next(args);
        told?.tell(undefined);
        return result;
      } catch (error) {
        told?.tell(error);
        throw error;
      }
    },
    { step: 'finalizeRequest', priority: 'low', name: 'tellPaces' },
  );
}

/** The SDK warns on every run that it will leave Node 20; that is for this package to follow, not for its users. */
function quietNodeWarning(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
}

async function regionOf(client: { readonly config: { region(): Promise<string> } }): Promise<string> {
  try {
    return await client.config.region();
  } catch {
    return 'us-east-1';
  }
}

function hostOf(endpoint: string | undefined): string | undefined {
  if (endpoint === undefined) return undefined;
  return URL.canParse(endpoint) ? new URL(endpoint).host : endpoint.replace(/^.*@/, '');
}

function ignore(): void {
  // Retries and socket counts are not for the user's eyes.
}
