/**
 * What can be known of a store without the SDK. Region, credentials and endpoint in the environment (as in CI) need no
 * file and no request; everything else (profiles, SSO, roles, instance metadata) is the SDK's own chain.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Credentials } from './signature.js';

export interface KnownStore {
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly credentials: Credentials;
}

type Env = Readonly<Record<string, string | undefined>>;

interface Settings {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly endpointUrl?: string | undefined;
}

/** Undefined where the SDK has to be asked. */
export function readKnownStore(settings: Settings, env: Env): KnownStore | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  // A profile goes before keys in the environment.
  if (isSet(settings.profile) || isSet(env.AWS_PROFILE) || !isSet(accessKeyId) || !isSet(secretAccessKey))
    return undefined;
  const region = settings.region ?? env.AWS_REGION;
  if (!isSet(region)) return undefined;
  const ignores = env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true';
  const named = ignores ? undefined : (env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL);
  const endpoint = settings.endpointUrl ?? (isSet(named) ? named : undefined);
  if (endpoint === undefined && !isPlain(env)) return undefined;
  const token = env.AWS_SESSION_TOKEN;
  return {
    region,
    endpoint,
    credentials: { accessKeyId, secretAccessKey, ...(isSet(token) && { sessionToken: token }) },
  };
}

/** No setting changes where AWS itself is: other endpoints, dual-stack or FIPS hosts. */
function isPlain(env: Env): boolean {
  if (isSet(env.AWS_USE_DUALSTACK_ENDPOINT) || isSet(env.AWS_USE_FIPS_ENDPOINT)) return false;
  const file = env.AWS_CONFIG_FILE ?? join(env.HOME ?? homedir(), '.aws', 'config');
  const shared = env.AWS_SHARED_CREDENTIALS_FILE ?? join(env.HOME ?? homedir(), '.aws', 'credentials');
  return [file, shared].every((path) => !/endpoint/i.test(read(path)));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // None: nothing is set there.
  }
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
