/** The checks of `doctor`, in the order in which their failures follow from each other. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type * as AwsRoom from '../aws/index.js';
import { originNames, type OriginName } from '../build/build.js';
import { urlPath } from '../build/keys.js';
import type { BucketOrigin, Config } from '../config.js';
import { PublishError } from '../errors.js';
import type { Fetched, ReadingWorld } from '../release/ports.js';
import { isDead, readLock } from '../release/lock.js';
import { readPointer, readRecord } from '../release/record.js';
import { formatDuration } from '../report/amounts.js';
import type { DoctorDocument } from '../report/setupDocuments.js';
import { identifyProcess } from './processIdentity.js';

export type Finding = DoctorDocument['checks'][number];
type Result = Omit<Finding, 'name'>;

/** What is asked of an AWS account. */
interface Account {
  readonly findCredentials: () => Promise<{ readonly expiration: Date | null }>;
  readonly findRegion: () => Promise<string>;
  readonly findBucketRegion: (bucket: string) => Promise<string | null>;
  readonly findDistribution: (id: string) => Promise<AwsRoom.FoundDistribution>;
}

export interface Patient {
  readonly config: Config;
  readonly world: ReadingWorld;
  /** Null where no origin is a bucket. */
  readonly account: Account | null;
  readonly fetch: (url: string, headers: Readonly<Record<string, string>>) => Promise<Fetched>;
}

/** AWS refuses requests that are older or newer than this (IAM User Guide, "Signature Version 4"). */
const mostSkew = 15 * 60_000;
const warnSkew = 5 * 60_000;
const nodeVersion = [20, 19] as const;

/** Runs without a configuration too. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNew = major > nodeVersion[0] || (major === nodeVersion[0] && minor >= nodeVersion[1]);
  const needed = `${nodeVersion[0]}.${nodeVersion[1]}`;
  if (isNew) return { name: 'node', status: 'ok', message: `Node.js ${version}` };
  return {
    name: 'node',
    status: 'failed',
    message: `Node.js ${version} is too old`,
    fix: `Install Node.js ${needed} or newer.`,
  };
}

/** Everything that needs a configuration; a check that throws has failed. */
export async function* examine(patient: Patient): AsyncGenerator<Finding> {
  yield await report('site', () => checkSite(patient.config));
  if (patient.account !== null) {
    const credentials = await report('credentials', () => checkCredentials(patient));
    yield credentials;
    if (credentials.status === 'failed') return;
    yield await report('region', () => checkRegion(patient));
  }
  for (const name of originNames) yield await report(`store ${name}`, () => checkStore(name, patient));
  for (const name of originNames) {
    const origin = patient.config.origins[name];
    if ('bucket' in origin) yield await report(`distribution ${name}`, () => checkDistribution(origin, patient));
  }
  yield await report('clock', () => checkClock(patient));
  for (const name of ['images', 'resources'] as const)
    yield await report(`cors ${name}`, () => checkCors(name, patient));
  yield await report('lock', () => checkLock(patient));
}

async function report(name: string, check: () => Promise<Result>): Promise<Finding> {
  try {
    return { name, ...(await check()) };
  } catch (error) {
    if (!(error instanceof PublishError)) throw error;
    return { name, status: 'failed', message: error.message, fix: error.hint };
  }
}

async function checkSite({ site }: Config): Promise<Result> {
  const isThere = await stat(join(site, 'index.html')).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isThere) return { status: 'ok', message: site };
  return { status: 'warning', message: `${site} has no index.html`, fix: 'Build the site, or correct "site".' };
}

async function checkCredentials({ account }: Patient): Promise<Result> {
  if (account === null) return { status: 'skipped', message: 'no origin is a bucket' };
  const { expiration } = await account.findCredentials();
  if (expiration === null) return { status: 'ok', message: 'found; they do not expire' };
  const left = expiration.getTime() - Date.now();
  const message = `found; they expire in ${formatDuration(left)}`;
  if (left > 10 * 60_000) return { status: 'ok', message };
  return { status: 'warning', message, fix: 'Renew them before a long publish (aws sso login).' };
}

async function checkRegion({ config, account }: Patient): Promise<Result> {
  if (account === null) return { status: 'skipped', message: 'no origin is a bucket' };
  const usual = await account.findRegion();
  let told = 0;
  for (const name of originNames) {
    const origin = config.origins[name];
    if (!('bucket' in origin)) continue;
    const used = origin.region ?? usual;
    const region = await account.findBucketRegion(origin.bucket);
    if (region === null) continue;
    told++;
    if (region === used) continue;
    return {
      status: 'failed',
      message: `${origin.bucket} is in ${region}, but ${used} is asked for it`,
      fix: `Set "region": "${region}" for origins.${name}, or AWS_REGION=${region} where all are there.`,
    };
  }
  if (told === 0) return { status: 'skipped', message: `${usual}; the server does not say where its buckets are` };
  return { status: 'ok', message: `${usual}, where the buckets are` };
}

async function checkStore(name: OriginName, { world }: Patient): Promise<Result> {
  const reader = world.readers[name];
  for await (const _ of reader.list('')) return { status: 'ok', message: `${reader.name} can be read` };
  return { status: 'ok', message: `${reader.name} can be read, and is empty` };
}

async function checkDistribution(origin: BucketOrigin, { account }: Patient): Promise<Result> {
  if (origin.distribution === undefined || account === null)
    return {
      status: 'warning',
      message: 'none is configured: nothing is invalidated',
      fix: 'Set "distribution" to the id of the one in front of the bucket.',
    };
  const found = await account.findDistribution(origin.distribution);
  const host = new URL(origin.url).hostname;
  const own = found.origins.find(({ bucket }) => bucket === origin.bucket);
  const fail = (message: string, fix: string): Result => ({ status: 'failed', message: `${found.id} ${message}`, fix });
  if (!found.enabled) return fail('is disabled', 'Enable it, or name another.');
  if (own === undefined)
    return fail(
      `has no origin for the bucket ${origin.bucket}`,
      'Correct "bucket" or "distribution": they belong together.',
    );
  if (own.prefix !== (origin.prefix ?? ''))
    return fail(
      `has the origin path "/${own.prefix}", but "prefix" is "${origin.prefix ?? ''}"`,
      'Make them equal: the origin path is "/" and the prefix.',
    );
  if (!found.hosts.includes(host))
    return fail(
      `does not answer for ${host}, but for ${found.hosts.join(', ')}`,
      'Add the host as an alias, or correct "url".',
    );
  if (own.access === 'none')
    return {
      status: 'warning',
      message: `${found.id} has no origin access control: the bucket has to be public for it`,
      fix: 'Add an origin access control, and block public access to the bucket.',
    };
  if (found.status !== 'Deployed')
    return {
      status: 'warning',
      message: `${found.id} is ${found.status}`,
      fix: 'Wait until its change has reached the edges.',
    };
  return { status: 'ok', message: `${found.id} serves ${origin.bucket} as ${host}, with ${own.access}` };
}

async function checkClock({ config, fetch }: Patient): Promise<Result> {
  const url = config.origins.pages.url;
  const answer = await fetch(`${url}/`, {}).catch(() => undefined);
  const date = Date.parse(answer?.headers.date ?? '');
  if (Number.isNaN(date)) return { status: 'skipped', message: `${url} does not answer with a time` };
  const skew = Math.abs(Date.now() - date);
  const message = `${formatDuration(skew)} from the clock of ${new URL(url).host}`;
  if (skew < warnSkew) return { status: 'ok', message };
  const fix = 'Set the clock (NTP): AWS refuses requests that are 15 minutes off.';
  return { status: skew < mostSkew ? 'warning' : 'failed', message, fix };
}

/** Fetched as a page of the site would: a font or a module without this header is refused by every browser. */
async function checkCors(name: 'images' | 'resources', { config, world, fetch }: Patient): Promise<Result> {
  const { pointer } = await readPointer(world.readers.pages);
  const record = pointer.live === null ? null : await readRecord(world.readers.pages, pointer.live);
  const object = record?.objects[name].find(({ key, immutable }) => immutable && !/\.(br|gz)$/.test(key));
  if (object === undefined) return { status: 'skipped', message: 'nothing has been published there yet' };
  const url = `${config.origins[name].url}/${urlPath(object.key)}`;
  const answer = await fetch(url, { origin: new URL(config.origins.pages.url).origin }).catch(() => undefined);
  if (answer === undefined)
    return {
      status: 'skipped',
      message: `${new URL(url).host} does not answer`,
      fix: 'twinorigin preview starts the local edge.',
    };
  if (answer.status !== 200)
    return {
      status: 'failed',
      message: `${url} answers ${answer.status}`,
      fix: 'twinorigin publish --reconcile puts it right.',
    };
  const allowed = answer.headers['access-control-allow-origin'];
  if (allowed === '*') return { status: 'ok', message: `${new URL(url).host} sends access-control-allow-origin: *` };
  return {
    status: 'failed',
    message: `${url} sends access-control-allow-origin: ${allowed ?? 'nothing'} instead of *`,
    fix: 'Give the distribution a response headers policy with CORS for every origin ("override origin").',
  };
}

async function checkLock({ world }: Patient): Promise<Result> {
  const held = await readLock(world.readers.pages);
  if (held === null) return { status: 'ok', message: 'free' };
  const { content } = held;
  if (content === null) return { status: 'warning', message: 'held by somebody unknown', fix: 'twinorigin unlock' };
  const who = `${content.user} on ${content.host}, since ${content.startedAt}`;
  if (isDead(content, { process: identifyProcess() }))
    return {
      status: 'warning',
      message: `left behind by ${who}`,
      fix: 'The next publish takes it; twinorigin unlock removes it now.',
    };
  return { status: 'warning', message: `held by ${who}`, fix: 'If nobody is publishing: twinorigin unlock.' };
}
