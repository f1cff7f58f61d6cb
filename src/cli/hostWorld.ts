/** Joins the host wing with AWS and DNS; both are loaded only when a host is configured. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Config } from '../config.js';
import { PublishError } from '../errors.js';
import { fetchAddress } from '../local/fetch.js';
import type { ProvisionWorld } from '../provision/apply.js';
import type { HostParts } from '../provision/host/parts.js';
import type { DnsSettings } from '../provision/host/settings.js';
import type { Probe } from '../provision/host/world.js';
import type { Invocation } from './action.js';

/** How long one resource is waited for: a load balancer takes minutes, a first boot with its packages too. */
const patience = 900_000;

interface OpenedHost {
  /** Enough to plan and to tell. */
  readonly reading: HostParts;
  readonly close: () => void;
}

interface OpenedWritingHost extends OpenedHost {
  readonly parts: HostParts;
  readonly world: ProvisionWorld;
}

/** @throws PublishError `host-missing` when the configuration has no host. */
export async function openHost(config: Config, invocation: Invocation): Promise<OpenedHost> {
  const { reading, close } = await open(config, invocation);
  return { reading, close };
}

/** The same, and what can write. */
export async function openWritingHost(config: Config, invocation: Invocation): Promise<OpenedWritingHost> {
  const { reading, writers, close } = await open(config, invocation);
  const { terminal, signal } = invocation;
  return {
    reading,
    parts: { ...reading, writers: writers() },
    world: { clock: now, sleep: sleeper(signal), emit: terminal.listen, signal, patience },
    close,
  };
}

async function open(config: Config, { options, signal, env, terminal }: Invocation) {
  const { host, base } = config;
  if (host === undefined) throw new PublishError('host-missing', 'the configuration has no "host"');
  const setup = host.instance.setup === undefined ? '' : await readSetup(resolve(base, host.instance.setup));
  const [{ openAws }, room, { askNameServer }] = await Promise.all([
    import('../aws/index.js'),
    import('../aws/host/index.js'),
    import('../dns/index.js'),
  ]);
  const { profile, region, endpointUrl } = options;
  const aws = openAws({ profile, region, endpointUrl });
  const services = room.openHostServices(aws);
  const sleep = sleeper(signal);
  const settings = { services, host: host.name, sleep, clock: now };
  const dns =
    host.dns === undefined
      ? undefined
      : host.dns.provider === 'route53'
        ? room.openHostedZone(services, host.dns.zone)
        : await openUpdatedZone(host.dns, base, env);
  const checks = room.openHealthChecks(services, host.name);
  const reading: HostParts = {
    host,
    world: { cloud: room.openCloudReader(settings), dns, checks, ask: askNameServer, probe, clock: now, setup },
  };
  terminal.note(`host ${host.name}: ${host.count} x ${host.instance.type}`);
  return {
    reading,
    writers: () => ({ cloud: room.openCloud(settings), dns, checks, sleep }),
    close: () => aws.close(),
  };
}

async function openUpdatedZone(
  dns: Extract<DnsSettings, { provider: 'rfc2136' }>,
  base: string,
  env: Invocation['env'],
) {
  const { makeKey, openDynamicZone, parseServer, readKeyFile } = await import('../dns/index.js');
  const { zone, keyFile, key } = dns;
  const server = parseServer(dns.server);
  if (keyFile !== undefined) return openDynamicZone({ zone, server, key: await readKeyFile(resolve(base, keyFile)) });
  if (key === undefined)
    throw new PublishError(
      'config-invalid',
      'host.dns needs a key: "keyFile", or "key" with the variable of its secret',
    );
  const secret = env[key.secretEnv];
  if (secret === undefined || secret === '')
    throw new PublishError('config-invalid', `the variable ${key.secretEnv} with the secret of the DNS key is not set`);
  return openDynamicZone({ zone, server, key: makeKey(key.name, key.algorithm, secret) });
}

async function readSetup(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new PublishError('config-invalid', 'the setup script of the host cannot be read', { file, cause });
  }
}

const probe: Probe = async (url) => {
  try {
    const { status } = await fetchAddress(url, { 'cache-control': 'no-cache' });
    return { status };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
};

function now(): Date {
  return new Date();
}

function sleeper(signal: AbortSignal): (milliseconds: number) => Promise<void> {
  return (milliseconds) => wait(milliseconds, undefined, { signal });
}
