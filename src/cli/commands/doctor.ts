/** `doctor`: a list of named checks, each with what to do about it. Reads, never writes. */
import type { Config } from '../../config.js';
import { PublishError, exitCodes } from '../../errors.js';
import { fetchAddress } from '../../local/fetch.js';
import { renderDoctor } from '../../report/doctorText.js';
import type { DoctorDocument } from '../../report/setupDocuments.js';
import type { Invocation } from '../action.js';
import { checkNode, examine, type Finding } from '../doctor.js';
import { openReadingWorld } from '../world.js';

export async function run(invocation: Invocation): Promise<number> {
  const { options, terminal, signal } = invocation;
  const checks: Finding[] = [checkNode(process.versions.node)];
  const config = await loadConfig(invocation, checks);
  if (config !== undefined) {
    const account = await openAccount(config, options);
    const { world, close } = await openReadingWorld(config, invocation);
    try {
      for await (const finding of examine({ config, world, account, fetch: fetchAddress })) {
        signal.throwIfAborted();
        checks.push(finding);
      }
    } finally {
      account?.close();
      await close();
    }
  }
  const healthy = checks.every(({ status }) => status !== 'failed');
  const document: DoctorDocument = { version: 1, healthy, checks };
  invocation.report(
    () => document,
    () => renderDoctor(document, terminal.look),
  );
  return healthy ? exitCodes.done : exitCodes.refused;
}

async function loadConfig(invocation: Invocation, checks: Finding[]): Promise<Config | undefined> {
  try {
    const config = await invocation.loadConfig({ needsSite: true });
    checks.push({ name: 'config', status: 'ok', message: 'valid' });
    return config;
  } catch (error) {
    if (!(error instanceof PublishError)) throw error;
    const place = error.file === undefined ? '' : `${error.file}${error.line === undefined ? '' : `:${error.line}`}: `;
    const message = [`${place}${error.message}`, ...error.items].join('; ');
    checks.push({ name: 'config', status: 'failed', message, fix: error.hint });
    return undefined;
  }
}

async function openAccount({ origins }: Config, { profile, region, endpointUrl }: Invocation['options']) {
  if (!Object.values(origins).some((origin) => 'bucket' in origin)) return null;
  const { openAws, findBucketRegion, findCredentials, findDistribution, findRegion } =
    await import('../../aws/index.js');
  const aws = openAws({ profile, region, endpointUrl, attempts: 2 });
  return {
    findCredentials: () => findCredentials(aws),
    findRegion: () => findRegion(aws),
    findBucketRegion: (bucket: string) => findBucketRegion(aws, bucket),
    findDistribution: (id: string) => findDistribution(aws, id),
    close: () => {
      aws.close();
    },
  };
}
